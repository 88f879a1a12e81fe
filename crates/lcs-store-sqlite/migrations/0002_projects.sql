-- Projects, members, environments, backups. Times are microseconds since 1970, UTC.

CREATE TABLE projects (
    id              BIGINT NOT NULL PRIMARY KEY,
    name            TEXT   NOT NULL,
    organization_id BIGINT NOT NULL
);

CREATE TABLE project_members (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    tenant_id  TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    invitation TEXT   NOT NULL,
    PRIMARY KEY (project_id, tenant_id, user_id)
);

CREATE TABLE environments (
    id                         TEXT   NOT NULL PRIMARY KEY,
    project_id                 BIGINT NOT NULL REFERENCES projects (id),
    ordinal                    BIGINT NOT NULL,
    name                       TEXT   NOT NULL,
    environment_type           TEXT   NOT NULL,
    infrastructure             TEXT   NOT NULL,
    product                    TEXT   NOT NULL,
    base_url                   TEXT   NOT NULL,
    topology_display_name      TEXT   NOT NULL,
    application_build          TEXT   NOT NULL,
    application_release        TEXT   NOT NULL,
    platform_release           TEXT   NOT NULL,
    platform_version           TEXT   NOT NULL,
    deployed_on                BIGINT NOT NULL,
    cloud_location             TEXT   NOT NULL,
    disaster_recovery_location TEXT   NOT NULL,
    administrator              TEXT   NOT NULL,
    UNIQUE (project_id, ordinal)
);

CREATE TABLE backups (
    id             TEXT   NOT NULL PRIMARY KEY,
    project_id     BIGINT NOT NULL REFERENCES projects (id),
    name           TEXT   NOT NULL,
    artifact       TEXT   NOT NULL UNIQUE,
    size_bytes     BIGINT NOT NULL,
    md5            TEXT   NOT NULL,
    sha256         TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    environment_id TEXT   NOT NULL,
    operation_id   TEXT   NOT NULL UNIQUE
);

CREATE INDEX backups_by_project ON backups (project_id, created_at);
