//! Refresh tokens.

use jiff::Timestamp;
use lcs_directory::{
    model::{RefreshToken, RefreshTokenReuse},
    secret_hash::SecretHash,
    store::Renewed,
};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;

use super::{BEGIN, BoxedError};
use crate::column::{instant, instant_option, json, parsed};

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
         issued_at, used_at, is_revoked, family_started_at, authentication, superseded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
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
    .bind(token.family_started_at.as_microsecond())
    .bind(serde_json::to_string(&token.authentication)?)
    .bind(token.superseded_at.map(Timestamp::as_microsecond))
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
    reuse: RefreshTokenReuse,
    now: Timestamp,
) -> Result<Renewed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let row =
        sqlx::query("SELECT superseded_at FROM refresh_tokens WHERE token = $1 AND is_revoked = 0")
            .bind(old.to_string())
            .fetch_optional(&mut *transaction)
            .await?;
    let Some(row) = row else {
        return Ok(Renewed::NotFound);
    };
    let is_second_use = instant_option(&row, "superseded_at")?.is_some();
    if is_second_use && reuse == RefreshTokenReuse::RevokesFamily {
        sqlx::query("UPDATE refresh_tokens SET is_revoked = 1 WHERE family = $1")
            .bind(successor.family.to_string())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        return Ok(Renewed::Reused);
    }
    sqlx::query(
        "UPDATE refresh_tokens SET used_at = $2, superseded_at = COALESCE(superseded_at, $2) \
         WHERE token = $1",
    )
    .bind(old.to_string())
    .bind(now.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    insert(&mut transaction, successor).await?;
    transaction.commit().await?;
    Ok(Renewed::Yes)
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
        family_started_at: instant(row, "family_started_at")?,
        tenant: parsed(row, "tenant_id")?,
        user: parsed(row, "user_id")?,
        client: parsed(row, "client_id")?,
        flow: parsed(row, "flow")?,
        authentication: json(row, "authentication")?,
        scope: row.try_get("scope")?,
        issued_at: instant(row, "issued_at")?,
        used_at: instant(row, "used_at")?,
        superseded_at: instant_option(row, "superseded_at")?,
        is_revoked: row.try_get::<i64, _>("is_revoked")? != 0,
    })
}
