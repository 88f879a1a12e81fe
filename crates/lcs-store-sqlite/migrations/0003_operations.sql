-- The journal of operations. Times are microseconds since 1970, UTC.

CREATE TABLE operations (
    id                    TEXT   NOT NULL PRIMARY KEY,
    project_id            BIGINT NOT NULL REFERENCES projects (id),
    environment_id        TEXT   NOT NULL REFERENCES environments (id),
    source_environment_id TEXT   REFERENCES environments (id),
    kind                  TEXT   NOT NULL,
    started_by_tenant     TEXT   NOT NULL,
    started_by_user       TEXT   NOT NULL,
    started_at            BIGINT NOT NULL,
    state                 TEXT   NOT NULL,
    ended_at              BIGINT,
    attempts              BIGINT NOT NULL,
    journal               TEXT   NOT NULL
);

CREATE INDEX operations_by_environment ON operations (environment_id, started_at);
CREATE INDEX operations_unfinished ON operations (started_at) WHERE ended_at IS NULL;
