-- What users ask administrators to consent to.

CREATE TABLE consent_requests (
    ordinal       INTEGER PRIMARY KEY,
    id            TEXT   NOT NULL UNIQUE,
    tenant_id     TEXT   NOT NULL REFERENCES tenants (id),
    client_id     TEXT   NOT NULL,
    client_name   TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    permissions   TEXT   NOT NULL,
    justification TEXT   NOT NULL,
    requested_at  BIGINT NOT NULL,
    state         TEXT   NOT NULL,
    decided_at    BIGINT,
    decided_by    TEXT
);

CREATE UNIQUE INDEX consent_requests_one_pending
    ON consent_requests (tenant_id, client_id, user_id) WHERE state = 'pending';

-- The browser sessions of people who chose to stay signed in.

CREATE TABLE kept_sessions (
    session    TEXT   PRIMARY KEY,
    accounts   TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
