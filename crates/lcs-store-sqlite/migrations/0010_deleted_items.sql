-- Applications and service principals that were deleted and can be restored.

ALTER TABLE applications ADD COLUMN deleted_at BIGINT;
ALTER TABLE users ADD COLUMN mail_nickname TEXT;

-- A deleted service principal leaves its place to another one, so that a constraint of the table
-- becomes an index of those that live. The tables that refer to it are made anew with it: dropping
-- what is referred to would empty them.
CREATE TABLE service_principals_new (
    id         TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    client_id  TEXT NOT NULL,
    settings   TEXT NOT NULL,
    deleted_at BIGINT
);
INSERT INTO service_principals_new SELECT id, tenant_id, client_id, settings, NULL
    FROM service_principals;

CREATE TABLE permission_grants_new (
    tenant_id    TEXT NOT NULL REFERENCES tenants (id),
    id           TEXT NOT NULL,
    client_id    TEXT NOT NULL REFERENCES service_principals_new (id) ON DELETE CASCADE,
    resource_id  TEXT NOT NULL REFERENCES service_principals_new (id) ON DELETE CASCADE,
    principal_id TEXT,
    scope        TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
INSERT INTO permission_grants_new
    SELECT tenant_id, id, client_id, resource_id, principal_id, scope FROM permission_grants;

CREATE TABLE app_role_assignments_new (
    tenant_id            TEXT   NOT NULL REFERENCES tenants (id),
    id                   TEXT   NOT NULL,
    user_id              TEXT,
    service_principal_id TEXT   REFERENCES service_principals_new (id) ON DELETE CASCADE,
    resource_id          TEXT   NOT NULL REFERENCES service_principals_new (id) ON DELETE CASCADE,
    role_id              TEXT   NOT NULL,
    created_at           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((user_id IS NULL) <> (service_principal_id IS NULL))
);
INSERT INTO app_role_assignments_new
    SELECT tenant_id, id, user_id, service_principal_id, resource_id, role_id, created_at
    FROM app_role_assignments;

DROP TABLE permission_grants;
DROP TABLE app_role_assignments;
DROP TABLE service_principals;
ALTER TABLE service_principals_new RENAME TO service_principals;
ALTER TABLE permission_grants_new RENAME TO permission_grants;
ALTER TABLE app_role_assignments_new RENAME TO app_role_assignments;

CREATE UNIQUE INDEX one_service_principal ON service_principals (tenant_id, client_id)
    WHERE deleted_at IS NULL;
CREATE INDEX service_principals_by_client ON service_principals (client_id);
CREATE INDEX permission_grants_between ON permission_grants (client_id, resource_id);
CREATE INDEX permission_grants_of_resource ON permission_grants (resource_id);
CREATE INDEX app_role_assignments_of_resource ON app_role_assignments (resource_id);
CREATE INDEX app_role_assignments_of_service_principal
    ON app_role_assignments (service_principal_id);

-- What refers to a deleted object is out of sight until it is restored.
CREATE VIEW live_permission_grants AS
    SELECT * FROM permission_grants AS g
    WHERE NOT EXISTS (SELECT 1 FROM service_principals AS s
        WHERE s.id IN (g.client_id, g.resource_id) AND s.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM users AS u
        WHERE u.tenant_id = g.tenant_id AND u.id = g.principal_id AND u.deleted_at IS NOT NULL);

CREATE VIEW live_app_role_assignments AS
    SELECT * FROM app_role_assignments AS a
    WHERE NOT EXISTS (SELECT 1 FROM service_principals AS s
        WHERE s.id IN (a.service_principal_id, a.resource_id) AND s.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM users AS u
        WHERE u.tenant_id = a.tenant_id AND u.id = a.user_id AND u.deleted_at IS NOT NULL);
