-- Tenants, users, applications, grants, codes, tokens, keys, the sign-in log.
-- Times are microseconds since 1970, UTC. Codes and tokens are SHA-256 in hexadecimal digits.

CREATE TABLE tenants (
    id           TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL
);

CREATE TABLE tenant_domains (
    domain    TEXT   NOT NULL PRIMARY KEY,
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    ordinal   BIGINT NOT NULL,
    UNIQUE (tenant_id, ordinal)
);

CREATE TABLE users (
    tenant_id           TEXT   NOT NULL REFERENCES tenants (id),
    id                  TEXT   NOT NULL,
    user_principal_name TEXT   NOT NULL,
    display_name        TEXT   NOT NULL,
    given_name          TEXT,
    surname             TEXT,
    roles               TEXT   NOT NULL,
    is_enabled          BIGINT NOT NULL,
    multifactor         TEXT   NOT NULL,
    password            TEXT,
    tokens_valid_from   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, user_principal_name)
);

CREATE TABLE applications (
    id          TEXT   NOT NULL PRIMARY KEY,
    tenant_id   TEXT   NOT NULL REFERENCES tenants (id),
    client_id   TEXT   NOT NULL UNIQUE,
    unique_name TEXT,
    created_at  BIGINT NOT NULL,
    settings    TEXT   NOT NULL,
    UNIQUE (tenant_id, unique_name)
);

CREATE TABLE service_principals (
    id        TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    client_id TEXT NOT NULL,
    settings  TEXT NOT NULL,
    UNIQUE (tenant_id, client_id)
);

CREATE INDEX service_principals_by_client ON service_principals (client_id);

CREATE TABLE permission_grants (
    tenant_id    TEXT NOT NULL REFERENCES tenants (id),
    id           TEXT NOT NULL,
    client_id    TEXT NOT NULL REFERENCES service_principals (id) ON DELETE CASCADE,
    resource_id  TEXT NOT NULL REFERENCES service_principals (id) ON DELETE CASCADE,
    principal_id TEXT,
    scope        TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX permission_grants_between ON permission_grants (client_id, resource_id);
CREATE INDEX permission_grants_of_resource ON permission_grants (resource_id);

CREATE TABLE device_codes (
    device_code TEXT   NOT NULL PRIMARY KEY,
    user_code   TEXT   NOT NULL,
    target      TEXT   NOT NULL,
    client_id   TEXT   NOT NULL,
    endpoint    TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    expires_at  BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    tenant_id   TEXT,
    user_id     TEXT
);

CREATE INDEX device_codes_by_user_code ON device_codes (user_code);
CREATE INDEX device_codes_by_expiry ON device_codes (expires_at);

CREATE TABLE refresh_tokens (
    token      TEXT   NOT NULL PRIMARY KEY,
    family     TEXT   NOT NULL,
    tenant_id  TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    client_id  TEXT   NOT NULL,
    flow       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    issued_at  BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    is_revoked BIGINT NOT NULL
);

CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);

CREATE TABLE signing_keys (
    key_id          TEXT   NOT NULL PRIMARY KEY,
    private_key     BLOB   NOT NULL,
    certificate     BLOB   NOT NULL,
    created_at      BIGINT NOT NULL,
    state           TEXT   NOT NULL,
    published_until BIGINT
);

CREATE UNIQUE INDEX one_active_signing_key ON signing_keys (state) WHERE state = 'active';

CREATE TABLE sign_ins (
    number         INTEGER PRIMARY KEY,
    at             BIGINT NOT NULL,
    correlation_id TEXT   NOT NULL,
    client_address TEXT   NOT NULL,
    grant_type     TEXT   NOT NULL,
    tenant_id      TEXT,
    client_id      TEXT,
    user_name      TEXT,
    user_id        TEXT,
    resource       TEXT,
    refused_with   BIGINT
);

CREATE INDEX sign_ins_of_tenant ON sign_ins (tenant_id, number);
