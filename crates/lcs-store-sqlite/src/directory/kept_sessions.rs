//! The browser sessions of people who chose to stay signed in.

use jiff::Timestamp;
use lcs_directory::{model::KeptSession, secret_hash::SecretHash, store::Changed};
use sqlx::SqlitePool;

use super::{BEGIN, BoxedError, changed};
use crate::column::{instant, json, parsed};

pub(super) async fn keep(
    pool: &SqlitePool,
    session: &KeptSession,
    now: Timestamp,
) -> Result<(), BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    sqlx::query("DELETE FROM kept_sessions WHERE expires_at <= $1")
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO kept_sessions (session, accounts, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (session) DO UPDATE SET accounts = $2, expires_at = $3",
    )
    .bind(session.session.to_string())
    .bind(serde_json::to_string(&session.accounts)?)
    .bind(session.expires_at.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

pub(super) async fn by_hash(
    pool: &SqlitePool,
    session: SecretHash,
    now: Timestamp,
) -> Result<Option<KeptSession>, BoxedError> {
    let row = sqlx::query("SELECT * FROM kept_sessions WHERE session = $1 AND expires_at > $2")
        .bind(session.to_string())
        .bind(now.as_microsecond())
        .fetch_optional(pool)
        .await?;
    row.map(|row| {
        Ok(KeptSession {
            session: parsed(&row, "session")?,
            accounts: json(&row, "accounts")?,
            expires_at: instant(&row, "expires_at")?,
        })
    })
    .transpose()
}

pub(super) async fn forget(pool: &SqlitePool, session: SecretHash) -> Result<Changed, BoxedError> {
    let result = sqlx::query("DELETE FROM kept_sessions WHERE session = $1")
        .bind(session.to_string())
        .execute(pool)
        .await?;
    Ok(changed(&result))
}
