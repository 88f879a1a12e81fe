//! Signing keys, sealed.

use jiff::Timestamp;
use lcs_directory::{
    model::{SigningKeyState, StoredSigningKey},
    store::{Added, Changed, SigningKeyRotation},
};
use lcs_tokens::SealedPrivateKey;
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed};
use crate::column::instant;

pub(super) async fn add(pool: &SqlitePool, key: &StoredSigningKey) -> Result<Added, BoxedError> {
    let mut connection = pool.acquire().await?;
    insert(&mut connection, key).await
}

pub(super) async fn insert(
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
