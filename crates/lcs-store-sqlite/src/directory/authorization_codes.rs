//! Authorization codes. Redemption is one conditional statement, so that of several callers one wins.

use jiff::SignedDuration;
use lcs_directory::{
    model::{AuthorizationCode, RefreshToken},
    secret_hash::SecretHash,
    store::Changed,
};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, changed, refresh_tokens};
use crate::column::{instant, json, parsed};

/// How long a code is remembered, so that a late second use hears why and revokes what it led to.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

pub(super) async fn add(pool: &SqlitePool, code: &AuthorizationCode) -> Result<(), BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    sqlx::query("DELETE FROM authorization_codes WHERE issued_at < $1")
        .bind((code.issued_at - MEMORY).as_microsecond())
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO authorization_codes (code, family, tenant_id, user_id, binding, \
         authentication, issued_at, is_redeemed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(code.code.to_string())
    .bind(code.family.to_string())
    .bind(code.tenant.to_string())
    .bind(code.user.to_string())
    .bind(serde_json::to_string(&code.binding)?)
    .bind(serde_json::to_string(&code.authentication)?)
    .bind(code.issued_at.as_microsecond())
    .bind(i64::from(code.is_redeemed))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

pub(super) async fn by_hash(
    pool: &SqlitePool,
    code: SecretHash,
) -> Result<Option<AuthorizationCode>, BoxedError> {
    let row = sqlx::query("SELECT * FROM authorization_codes WHERE code = $1")
        .bind(code.to_string())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn redeem(
    pool: &SqlitePool,
    code: SecretHash,
    refresh_token: Option<&RefreshToken>,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let result = sqlx::query(
        "UPDATE authorization_codes SET is_redeemed = 1 WHERE code = $1 AND is_redeemed = 0",
    )
    .bind(code.to_string())
    .execute(&mut *transaction)
    .await?;
    if changed(&result) == Changed::NotFound {
        return Ok(Changed::NotFound);
    }
    if let Some(token) = refresh_token {
        refresh_tokens::insert(&mut transaction, token).await?;
    }
    transaction.commit().await?;
    Ok(Changed::Yes)
}

fn read(row: &SqliteRow) -> Result<AuthorizationCode, BoxedError> {
    Ok(AuthorizationCode {
        code: parsed(row, "code")?,
        family: parsed(row, "family")?,
        tenant: parsed(row, "tenant_id")?,
        user: parsed(row, "user_id")?,
        binding: json(row, "binding")?,
        authentication: json(row, "authentication")?,
        issued_at: instant(row, "issued_at")?,
        is_redeemed: row.try_get::<i64, _>("is_redeemed")? != 0,
    })
}
