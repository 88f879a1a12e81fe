-- Signing keys are sealed from here on. Those of before wait until the program that opens the store
-- brings the key to seal them with, and then leave `unsealed_signing_keys` empty for good.

DROP INDEX one_active_signing_key;
ALTER TABLE signing_keys RENAME TO unsealed_signing_keys;

CREATE TABLE signing_keys (
    key_id             TEXT   NOT NULL PRIMARY KEY,
    sealed_private_key BLOB   NOT NULL,
    certificate        BLOB   NOT NULL,
    created_at         BIGINT NOT NULL,
    state              TEXT   NOT NULL,
    activated_at       BIGINT,
    published_until    BIGINT
);

CREATE UNIQUE INDEX one_signing_key_is_active_and_one_is_next ON signing_keys (state)
    WHERE state <> 'retired';
