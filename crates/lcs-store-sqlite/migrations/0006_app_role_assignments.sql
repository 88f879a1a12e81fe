-- Who has which role of a resource: a user or an application's service principal.

CREATE TABLE app_role_assignments (
    tenant_id            TEXT   NOT NULL REFERENCES tenants (id),
    id                   TEXT   NOT NULL,
    user_id              TEXT,
    service_principal_id TEXT   REFERENCES service_principals (id) ON DELETE CASCADE,
    resource_id          TEXT   NOT NULL REFERENCES service_principals (id) ON DELETE CASCADE,
    role_id              TEXT   NOT NULL,
    created_at           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((user_id IS NULL) <> (service_principal_id IS NULL))
);

CREATE INDEX app_role_assignments_of_resource ON app_role_assignments (resource_id);
CREATE INDEX app_role_assignments_of_service_principal ON app_role_assignments (service_principal_id);
