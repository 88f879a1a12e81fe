-- Authorization codes, second factors, lockout, guests, the audit log; what tenants may set.
-- Structures that are only ever read as a whole stand as JSON.

ALTER TABLE tenants ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT '"Member"';
ALTER TABLE users ADD COLUMN password_state TEXT NOT NULL DEFAULT 'current';
ALTER TABLE users ADD COLUMN totp TEXT;
-- The time step of the last code that was accepted: one code counts once.
ALTER TABLE users ADD COLUMN totp_last_step BIGINT;
ALTER TABLE users ADD COLUMN lockout TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN deleted_at BIGINT;

-- They live for a quarter of an hour; sign-ins under way start again.
DELETE FROM device_codes;
ALTER TABLE device_codes ADD COLUMN authentication TEXT;

ALTER TABLE refresh_tokens ADD COLUMN family_started_at BIGINT;
ALTER TABLE refresh_tokens ADD COLUMN authentication TEXT;
ALTER TABLE refresh_tokens ADD COLUMN superseded_at BIGINT;
-- Whoever signed in before gave a password, and with that token went on.
UPDATE refresh_tokens SET
    family_started_at = issued_at,
    authentication = json_object(
        'at', strftime('%Y-%m-%dT%H:%M:%SZ', issued_at / 1000000, 'unixepoch'),
        'methods', json_array('password'),
        'second_factor_at', NULL,
        'session', family);

CREATE TABLE authorization_codes (
    code           TEXT   NOT NULL PRIMARY KEY,
    family         TEXT   NOT NULL,
    tenant_id      TEXT   NOT NULL,
    user_id        TEXT   NOT NULL,
    binding        TEXT   NOT NULL,
    authentication TEXT   NOT NULL,
    issued_at      BIGINT NOT NULL,
    is_redeemed    BIGINT NOT NULL
);

CREATE INDEX authorization_codes_by_age ON authorization_codes (issued_at);

ALTER TABLE sign_ins ADD COLUMN trace_id TEXT NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE sign_ins ADD COLUMN client_name TEXT;
ALTER TABLE sign_ins ADD COLUMN conditional_access TEXT NOT NULL DEFAULT 'notApplied';

CREATE TABLE audits (
    number    INTEGER PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    event     TEXT NOT NULL
);

CREATE INDEX audits_of_tenant ON audits (tenant_id, number);
