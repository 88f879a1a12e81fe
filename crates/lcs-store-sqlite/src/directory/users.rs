//! Users.

use lcs_directory::{model::User, password_hash::PasswordHash, store::Changed};
use lcs_types::{TenantId, UserId, UserPrincipalName};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BoxedError, changed};
use crate::column::{instant, parsed};

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    user: &User,
) -> Result<(), BoxedError> {
    sqlx::query(
        "INSERT INTO users (tenant_id, id, user_principal_name, display_name, given_name, surname, \
         roles, is_enabled, multifactor, password, tokens_valid_from) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(user.tenant.to_string())
    .bind(user.id.to_string())
    .bind(user.user_principal_name.as_str())
    .bind(&user.display_name)
    .bind(&user.given_name)
    .bind(&user.surname)
    .bind(serde_json::to_string(&user.roles)?)
    .bind(i64::from(user.is_enabled))
    .bind(user.multifactor.to_string())
    .bind(user.password.as_ref().map(PasswordHash::as_stored))
    .bind(user.tokens_valid_from.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn by_id(
    pool: &SqlitePool,
    tenant: TenantId,
    id: UserId,
) -> Result<Option<User>, BoxedError> {
    let row = sqlx::query("SELECT * FROM users WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.to_string())
        .bind(id.to_string())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_name(
    pool: &SqlitePool,
    tenant: TenantId,
    name: &UserPrincipalName,
) -> Result<Option<User>, BoxedError> {
    let row = sqlx::query("SELECT * FROM users WHERE tenant_id = $1 AND user_principal_name = $2")
        .bind(tenant.to_string())
        .bind(name.as_str())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn all(pool: &SqlitePool, tenant: TenantId) -> Result<Vec<User>, BoxedError> {
    let rows = sqlx::query("SELECT * FROM users WHERE tenant_id = $1 ORDER BY user_principal_name")
        .bind(tenant.to_string())
        .fetch_all(pool)
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn replace(pool: &SqlitePool, user: &User) -> Result<Changed, BoxedError> {
    let result = sqlx::query(
        "UPDATE users SET user_principal_name = $3, display_name = $4, given_name = $5, \
         surname = $6, roles = $7, is_enabled = $8, multifactor = $9, password = $10, \
         tokens_valid_from = $11 WHERE tenant_id = $1 AND id = $2",
    )
    .bind(user.tenant.to_string())
    .bind(user.id.to_string())
    .bind(user.user_principal_name.as_str())
    .bind(&user.display_name)
    .bind(&user.given_name)
    .bind(&user.surname)
    .bind(serde_json::to_string(&user.roles)?)
    .bind(i64::from(user.is_enabled))
    .bind(user.multifactor.to_string())
    .bind(user.password.as_ref().map(PasswordHash::as_stored))
    .bind(user.tokens_valid_from.as_microsecond())
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

fn read(row: &SqliteRow) -> Result<User, BoxedError> {
    let roles: String = row.try_get("roles")?;
    let password: Option<String> = row.try_get("password")?;
    Ok(User {
        tenant: parsed(row, "tenant_id")?,
        id: parsed(row, "id")?,
        user_principal_name: parsed(row, "user_principal_name")?,
        display_name: row.try_get("display_name")?,
        given_name: row.try_get("given_name")?,
        surname: row.try_get("surname")?,
        roles: serde_json::from_str(&roles)?,
        is_enabled: row.try_get::<i64, _>("is_enabled")? != 0,
        multifactor: parsed(row, "multifactor")?,
        password: password.map(PasswordHash::from_stored),
        tokens_valid_from: instant(row, "tokens_valid_from")?,
    })
}
