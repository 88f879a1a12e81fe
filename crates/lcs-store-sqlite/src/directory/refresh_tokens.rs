//! Refresh tokens.

use jiff::Timestamp;
use lcs_directory::{model::RefreshToken, secret_hash::SecretHash, store::Changed};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;

use super::{BEGIN, BoxedError, changed};
use crate::column::{instant, parsed};

pub(super) async fn add(pool: &SqlitePool, token: &RefreshToken) -> Result<(), BoxedError> {
    let mut connection = pool.acquire().await?;
    insert(&mut connection, token).await
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    token: &RefreshToken,
) -> Result<(), BoxedError> {
    sqlx::query(
        "INSERT INTO refresh_tokens (token, family, tenant_id, user_id, client_id, flow, scope, \
         issued_at, used_at, is_revoked) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(token.token.to_string())
    .bind(token.family.to_string())
    .bind(token.tenant.to_string())
    .bind(token.user.to_string())
    .bind(token.client.to_string())
    .bind(token.flow.as_str())
    .bind(&token.scope)
    .bind(token.issued_at.as_microsecond())
    .bind(token.used_at.as_microsecond())
    .bind(i64::from(token.is_revoked))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn by_hash(
    pool: &SqlitePool,
    token: SecretHash,
) -> Result<Option<RefreshToken>, BoxedError> {
    let row = sqlx::query("SELECT * FROM refresh_tokens WHERE token = $1")
        .bind(token.to_string())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn renew(
    pool: &SqlitePool,
    old: SecretHash,
    successor: &RefreshToken,
    now: Timestamp,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let result =
        sqlx::query("UPDATE refresh_tokens SET used_at = $2 WHERE token = $1 AND is_revoked = 0")
            .bind(old.to_string())
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
    if changed(&result) == Changed::NotFound {
        return Ok(Changed::NotFound);
    }
    insert(&mut transaction, successor).await?;
    transaction.commit().await?;
    Ok(Changed::Yes)
}

pub(super) async fn revoke_family(pool: &SqlitePool, family: Uuid) -> Result<(), BoxedError> {
    sqlx::query("UPDATE refresh_tokens SET is_revoked = 1 WHERE family = $1")
        .bind(family.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<RefreshToken, BoxedError> {
    Ok(RefreshToken {
        token: parsed(row, "token")?,
        family: parsed(row, "family")?,
        tenant: parsed(row, "tenant_id")?,
        user: parsed(row, "user_id")?,
        client: parsed(row, "client_id")?,
        flow: parsed(row, "flow")?,
        scope: row.try_get("scope")?,
        issued_at: instant(row, "issued_at")?,
        used_at: instant(row, "used_at")?,
        is_revoked: row.try_get::<i64, _>("is_revoked")? != 0,
    })
}
