//! Signing keys, sealed.

use jiff::Timestamp;
use lcs_directory::{
    model::{SigningKeyState, StoredSigningKey},
    store::{Added, Changed, SigningKeyRotation, StoreError},
};
use lcs_tokens::{PrivateKeyBytes, SealedPrivateKey};
use lcs_types::{EncryptionKey, Randomness};
use sqlx::{Connection as _, Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed, failed};
use crate::{
    SqliteStore,
    column::{instant, instant_option},
};

pub(super) async fn add(pool: &SqlitePool, key: &StoredSigningKey) -> Result<Added, BoxedError> {
    let mut connection = pool.acquire().await?;
    insert(&mut connection, key).await
}

async fn insert(
    connection: &mut SqliteConnection,
    key: &StoredSigningKey,
) -> Result<Added, BoxedError> {
    let (state, activated_at, published_until) = match key.state {
        SigningKeyState::Active { since } => ("active", Some(since), None),
        SigningKeyState::Next => ("next", None, None),
        SigningKeyState::Retired { published_until } => ("retired", None, Some(published_until)),
    };
    let result = sqlx::query(
        "INSERT INTO signing_keys (key_id, sealed_private_key, certificate, created_at, state, \
         activated_at, published_until) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(&key.key_id)
    .bind(key.private.as_stored())
    .bind(&key.certificate)
    .bind(key.created_at.as_microsecond())
    .bind(state)
    .bind(activated_at.map(Timestamp::as_microsecond))
    .bind(published_until.map(Timestamp::as_microsecond))
    .execute(connection)
    .await?;
    Ok(added(&result))
}

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<StoredSigningKey>, BoxedError> {
    let rows = sqlx::query("SELECT * FROM signing_keys ORDER BY created_at DESC, key_id")
        .fetch_all(pool)
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn rotate(
    pool: &SqlitePool,
    rotation: &SigningKeyRotation,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let retired = sqlx::query(
        "UPDATE signing_keys SET state = 'retired', activated_at = NULL, published_until = $2 \
         WHERE key_id = $1 AND state = 'active'",
    )
    .bind(&rotation.retiring)
    .bind(rotation.published_until.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    if changed(&retired) == Changed::NotFound {
        return Ok(Changed::NotFound);
    }
    let promoted = sqlx::query(
        "UPDATE signing_keys SET state = 'active', activated_at = $2 \
         WHERE key_id = $1 AND state = 'next'",
    )
    .bind(&rotation.promoted)
    .bind(rotation.at.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    if changed(&promoted) == Changed::NotFound
        || insert(&mut transaction, &rotation.successor).await? == Added::Conflict
    {
        return Ok(Changed::NotFound);
    }
    transaction.commit().await?;
    Ok(Changed::Yes)
}

pub(super) async fn forget(pool: &SqlitePool, now: Timestamp) -> Result<(), BoxedError> {
    sqlx::query("DELETE FROM signing_keys WHERE state = 'retired' AND published_until <= $1")
        .bind(now.as_microsecond())
        .execute(pool)
        .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<StoredSigningKey, BoxedError> {
    Ok(StoredSigningKey {
        key_id: row.try_get("key_id")?,
        private: SealedPrivateKey::from_stored(row.try_get("sealed_private_key")?),
        certificate: row.try_get("certificate")?,
        created_at: instant(row, "created_at")?,
        state: match row.try_get::<String, _>("state")?.as_str() {
            "active" => SigningKeyState::Active {
                since: instant(row, "activated_at")?,
            },
            "next" => SigningKeyState::Next,
            "retired" => SigningKeyState::Retired {
                published_until: instant(row, "published_until")?,
            },
            other => return Err(format!("column state: {other}").into()),
        },
    })
}

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
        seal(&self.pool, with, randomness)
            .await
            .map_err(failed("seal the signing keys"))
    }
}

async fn seal(
    pool: &SqlitePool,
    with: &EncryptionKey,
    randomness: &dyn Randomness,
) -> Result<(), BoxedError> {
    let mut connection = pool.acquire().await?;
    let rows = sqlx::query("SELECT * FROM unsealed_signing_keys")
        .fetch_all(&mut *connection)
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    // What is deleted is overwritten with zeros …
    sqlx::query("PRAGMA secure_delete = ON")
        .execute(&mut *connection)
        .await?;
    let mut transaction = connection.begin_with(BEGIN).await?;
    for row in &rows {
        insert(&mut transaction, &sealed(row, with, randomness)?).await?;
    }
    sqlx::query("DELETE FROM unsealed_signing_keys")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    // … and the pages from before stay neither in the file nor in the write-ahead log.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut *connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// The key of an unsealed row, sealed.
fn sealed(
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
