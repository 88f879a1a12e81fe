//! Sealing: with a new key what is sealed, and for the first time what a version of before kept as it
//! was. It concerns signing keys and the secrets of authenticator apps; neither can be read by anything
//! else here before.

use jiff::Timestamp;
use lcs_directory::{
    model::{SealedTotpSecret, SigningKeyState, StoredSigningKey, TotpEnrolment},
    store::StoreError,
    totp::TotpSecret,
};
use lcs_tokens::{PrivateKeyBytes, SealedPrivateKey};
use lcs_types::{EncryptionKey, Randomness, Secret};
use serde::Deserialize;
use sqlx::{
    Connection as _, Row as _, Sqlite, SqlitePool, Transaction, pool::PoolConnection,
    sqlite::SqliteRow,
};

use super::{BEGIN, BoxedError, failed, signing_keys};
use crate::{
    SqliteStore,
    column::{instant, instant_option, json, parsed},
};

impl SqliteStore {
    /// Seals the signing keys that a version of before kept as they were, and overwrites those.
    /// Must have happened before the store's signing keys are used.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the file cannot be read or written; then all are as before.
    pub async fn seal_signing_keys(
        &self,
        with: &EncryptionKey,
        randomness: &dyn Randomness,
    ) -> Result<(), StoreError> {
        seal_keys(&self.pool, with, randomness)
            .await
            .map_err(failed("seal the signing keys"))
    }

    /// The same for the secrets of authenticator apps. Must have happened before users are read, and
    /// with a key that opens the signing keys.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the file cannot be read or written; then all are as before.
    pub async fn seal_totp_secrets(
        &self,
        with: &EncryptionKey,
        randomness: &dyn Randomness,
    ) -> Result<(), StoreError> {
        seal_secrets(&self.pool, with, randomness)
            .await
            .map_err(failed("seal the secrets of authenticator apps"))
    }

    /// Seals everything that is sealed anew, from one key to another: all of it, or nothing when any
    /// of it does not open. What was sealed with the old key is overwritten.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when something does not open, or the file cannot be read or written. When only
    /// overwriting failed, the new key counts already.
    pub async fn reseal(
        &self,
        from: &EncryptionKey,
        to: &EncryptionKey,
        randomness: &dyn Randomness,
    ) -> Result<(), StoreError> {
        reseal(&self.pool, from, to, randomness)
            .await
            .map_err(failed("seal anew what is sealed"))
    }
}

async fn seal_keys(
    pool: &SqlitePool,
    with: &EncryptionKey,
    randomness: &dyn Randomness,
) -> Result<(), BoxedError> {
    let rows = sqlx::query("SELECT * FROM unsealed_signing_keys")
        .fetch_all(pool)
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut connection = overwriting(pool).await?;
    let mut transaction = connection.begin_with(BEGIN).await?;
    for row in &rows {
        signing_keys::insert(&mut transaction, &sealed_key(row, with, randomness)?).await?;
    }
    sqlx::query("DELETE FROM unsealed_signing_keys")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    leave_nothing(connection).await
}

/// An enrolment as a version of before wrote it.
#[derive(Deserialize)]
struct UnsealedEnrolment {
    secret: Secret,
    enrolled_at: Timestamp,
}

async fn seal_secrets(
    pool: &SqlitePool,
    with: &EncryptionKey,
    randomness: &dyn Randomness,
) -> Result<(), BoxedError> {
    let rows = sqlx::query(
        "SELECT tenant_id, id, totp FROM users WHERE json_extract(totp, '$.secret') IS NOT NULL",
    )
    .fetch_all(pool)
    .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut connection = overwriting(pool).await?;
    let mut transaction = connection.begin_with(BEGIN).await?;
    for row in &rows {
        let (tenant, user) = (parsed(row, "tenant_id")?, parsed(row, "id")?);
        let before: UnsealedEnrolment = json(row, "totp")?;
        let secret = TotpSecret::from_base32(before.secret.expose())?;
        let sealed_secret = SealedTotpSecret::seal(&secret, tenant, user, with, randomness);
        let enrolment = TotpEnrolment {
            sealed_secret,
            last_used_step: None,
            enrolled_at: before.enrolled_at,
        };
        put_enrolment(&mut transaction, row, &enrolment).await?;
    }
    transaction.commit().await?;
    leave_nothing(connection).await
}

async fn reseal(
    pool: &SqlitePool,
    from: &EncryptionKey,
    to: &EncryptionKey,
    randomness: &dyn Randomness,
) -> Result<(), BoxedError> {
    let mut connection = overwriting(pool).await?;
    let mut transaction = connection.begin_with(BEGIN).await?;
    let keys = sqlx::query("SELECT key_id, sealed_private_key FROM signing_keys")
        .fetch_all(&mut *transaction)
        .await?;
    for row in keys {
        let key_id: String = row.try_get("key_id")?;
        let sealed = SealedPrivateKey::from_stored(row.try_get("sealed_private_key")?);
        let private = sealed.open(&key_id, from)?;
        let sealed = SealedPrivateKey::seal(&private, &key_id, to, randomness);
        sqlx::query("UPDATE signing_keys SET sealed_private_key = $2 WHERE key_id = $1")
            .bind(&key_id)
            .bind(sealed.as_stored())
            .execute(&mut *transaction)
            .await?;
    }
    let users = sqlx::query("SELECT tenant_id, id, totp FROM users WHERE totp IS NOT NULL")
        .fetch_all(&mut *transaction)
        .await?;
    for row in &users {
        let (tenant, user) = (parsed(row, "tenant_id")?, parsed(row, "id")?);
        let before: TotpEnrolment = json(row, "totp")?;
        let secret = before.sealed_secret.open(tenant, user, from)?;
        let enrolment = TotpEnrolment {
            sealed_secret: SealedTotpSecret::seal(&secret, tenant, user, to, randomness),
            ..before
        };
        put_enrolment(&mut transaction, row, &enrolment).await?;
    }
    transaction.commit().await?;
    leave_nothing(connection).await
}

/// Writes the enrolment of the user in this row; what the last code was stands elsewhere.
async fn put_enrolment(
    transaction: &mut Transaction<'_, Sqlite>,
    user: &SqliteRow,
    enrolment: &TotpEnrolment,
) -> Result<(), BoxedError> {
    sqlx::query("UPDATE users SET totp = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(user.try_get::<String, _>("tenant_id")?)
        .bind(user.try_get::<String, _>("id")?)
        .bind(serde_json::to_string(enrolment)?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// A connection on which what is deleted or replaced is overwritten with zeros.
async fn overwriting(pool: &SqlitePool) -> Result<PoolConnection<Sqlite>, BoxedError> {
    let mut connection = pool.acquire().await?;
    sqlx::query("PRAGMA secure_delete = ON")
        .execute(&mut *connection)
        .await?;
    Ok(connection)
}

/// Leaves what was there before neither in the file nor in the write-ahead log. The file is written
/// anew: its pages may hold copies from when rows were moved, which nothing overwrites.
async fn leave_nothing(mut connection: PoolConnection<Sqlite>) -> Result<(), BoxedError> {
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut *connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// The key of an unsealed row, sealed.
fn sealed_key(
    row: &SqliteRow,
    with: &EncryptionKey,
    randomness: &dyn Randomness,
) -> Result<StoredSigningKey, BoxedError> {
    let key_id: String = row.try_get("key_id")?;
    let private = PrivateKeyBytes::new(row.try_get("private_key")?);
    let created_at = instant(row, "created_at")?;
    Ok(StoredSigningKey {
        private: SealedPrivateKey::seal(&private, &key_id, with, randomness),
        key_id,
        certificate: row.try_get("certificate")?,
        created_at,
        // The version of before never made another.
        state: match instant_option(row, "published_until")? {
            None => SigningKeyState::Active { since: created_at },
            Some(published_until) => SigningKeyState::Retired { published_until },
        },
    })
}
