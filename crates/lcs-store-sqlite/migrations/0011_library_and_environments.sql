-- The asset library, and what else there is to know of an environment. Times are microseconds
-- since 1970, UTC.

ALTER TABLE environments ADD COLUMN lifecycle TEXT NOT NULL DEFAULT 'Active';
ALTER TABLE environments ADD COLUMN power_state TEXT NOT NULL DEFAULT 'Finished';
ALTER TABLE environments ADD COLUMN power_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE environments ADD COLUMN is_live BIGINT NOT NULL DEFAULT 1;
ALTER TABLE environments ADD COLUMN financial_reporting TEXT;
ALTER TABLE environments ADD COLUMN database_capacity_bytes BIGINT;
ALTER TABLE environments ADD COLUMN database_backup_location TEXT;

-- Whether its start counts towards the three a day.
ALTER TABLE operations ADD COLUMN is_movement BIGINT NOT NULL DEFAULT 1;

CREATE TABLE assets (
    id                TEXT   NOT NULL PRIMARY KEY,
    -- None for the library that all projects share.
    project_id        BIGINT REFERENCES projects (id),
    name              TEXT   NOT NULL,
    file_name         TEXT   NOT NULL,
    description       TEXT,
    file_type         BIGINT NOT NULL,
    artifact          TEXT   NOT NULL UNIQUE,
    state             TEXT   NOT NULL,
    finding           TEXT,
    size_bytes        BIGINT,
    created_at        BIGINT NOT NULL,
    modified_at       BIGINT NOT NULL,
    created_by_tenant TEXT,
    created_by_user   TEXT
);

CREATE INDEX assets_by_project ON assets (project_id, file_type, created_at);
