//! Signing keys.

use lcs_directory::{
    model::{SigningKeyState, StoredSigningKey},
    store::Added,
};
use lcs_tokens::PrivateKeyBytes;
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

use super::{BoxedError, added};
use crate::column::instant;

pub(super) async fn add(pool: &SqlitePool, key: &StoredSigningKey) -> Result<Added, BoxedError> {
    let (state, published_until) = match key.state {
        SigningKeyState::Active => ("active", None),
        SigningKeyState::Next => ("next", None),
        SigningKeyState::Retired { published_until } => ("retired", Some(published_until)),
    };
    let result = sqlx::query(
        "INSERT INTO signing_keys \
         (key_id, private_key, certificate, created_at, state, published_until) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(&key.key_id)
    .bind(key.private.expose())
    .bind(&key.certificate)
    .bind(key.created_at.as_microsecond())
    .bind(state)
    .bind(published_until.map(jiff::Timestamp::as_microsecond))
    .execute(pool)
    .await?;
    Ok(added(&result))
}

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<StoredSigningKey>, BoxedError> {
    let rows = sqlx::query("SELECT * FROM signing_keys ORDER BY created_at DESC, key_id")
        .fetch_all(pool)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<StoredSigningKey, BoxedError> {
    let state: String = row.try_get("state")?;
    Ok(StoredSigningKey {
        key_id: row.try_get("key_id")?,
        private: PrivateKeyBytes::new(row.try_get("private_key")?),
        certificate: row.try_get("certificate")?,
        created_at: instant(row, "created_at")?,
        state: match state.as_str() {
            "active" => SigningKeyState::Active,
            "next" => SigningKeyState::Next,
            "retired" => SigningKeyState::Retired {
                published_until: instant(row, "published_until")?,
            },
            other => return Err(format!("column state: {other}").into()),
        },
    })
}
