//! Users.

use jiff::Timestamp;
use lcs_directory::{
    lockout::Lockout,
    model::{TotpEnrolment, User},
    password_hash::PasswordHash,
    store::{Added, Changed},
    totp::TimeStep,
};
use lcs_types::{TenantId, UserId, UserPrincipalName};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed};
use crate::column::{instant, instant_option, json, json_option, parsed};

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    user: &User,
) -> Result<Added, BoxedError> {
    let result = sqlx::query(
        "INSERT INTO users (tenant_id, id, user_principal_name, display_name, given_name, surname, \
         roles, is_enabled, multifactor, password, tokens_valid_from, kind, password_state, totp, \
         lockout, created_at, deleted_at, mail_nickname) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT DO NOTHING",
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
    .bind(serde_json::to_string(&user.kind)?)
    .bind(user.password_state.to_string())
    .bind(totp_text(user)?)
    .bind(serde_json::to_string(&user.lockout)?)
    .bind(user.created_at.as_microsecond())
    .bind(user.deleted_at.map(Timestamp::as_microsecond))
    .bind(&user.mail_nickname)
    .execute(connection)
    .await?;
    Ok(added(&result))
}

pub(super) async fn add(pool: &SqlitePool, user: &User) -> Result<Added, BoxedError> {
    insert(&mut *pool.acquire().await?, user).await
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
    // A new enrolment starts without a used code; what wrong passwords led to is not replaced here.
    let result = sqlx::query(
        "UPDATE users SET user_principal_name = $3, display_name = $4, given_name = $5, \
         surname = $6, roles = $7, is_enabled = $8, multifactor = $9, password = $10, \
         tokens_valid_from = $11, kind = $12, password_state = $13, \
         totp_last_step = CASE WHEN totp IS $14 THEN totp_last_step END, totp = $14, \
         deleted_at = $15, mail_nickname = $16 \
         WHERE tenant_id = $1 AND id = $2",
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
    .bind(serde_json::to_string(&user.kind)?)
    .bind(user.password_state.to_string())
    .bind(totp_text(user)?)
    .bind(user.deleted_at.map(Timestamp::as_microsecond))
    .bind(&user.mail_nickname)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

pub(super) async fn rename(
    pool: &SqlitePool,
    tenant: TenantId,
    id: UserId,
    name: &UserPrincipalName,
) -> Result<Added, BoxedError> {
    let result = sqlx::query(
        "UPDATE OR IGNORE users SET user_principal_name = $3 WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(name.as_str())
    .execute(pool)
    .await?;
    Ok(added(&result))
}

/// Without foreign keys to users, what refers to one is removed beside it.
pub(super) async fn remove(
    pool: &SqlitePool,
    tenant: TenantId,
    id: UserId,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let removed = remove_in(&mut transaction, &tenant.to_string(), &id.to_string()).await?;
    transaction.commit().await?;
    Ok(removed)
}

/// The same for all who were deleted before an instant.
pub(super) async fn forget_deleted(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> Result<(), BoxedError> {
    let rows = sqlx::query("SELECT tenant_id, id FROM users WHERE deleted_at < $1")
        .bind(before.as_microsecond())
        .fetch_all(&mut *connection)
        .await?;
    for row in rows {
        let (tenant, id): (String, String) = (row.try_get("tenant_id")?, row.try_get("id")?);
        remove_in(&mut *connection, &tenant, &id).await?;
    }
    Ok(())
}

async fn remove_in(
    connection: &mut SqliteConnection,
    tenant: &str,
    id: &str,
) -> Result<Changed, BoxedError> {
    for sql in [
        "DELETE FROM permission_grants WHERE tenant_id = $1 AND principal_id = $2",
        "DELETE FROM app_role_assignments WHERE tenant_id = $1 AND user_id = $2",
        "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND user_id = $2",
    ] {
        let query = sqlx::query(sql).bind(tenant).bind(id);
        query.execute(&mut *connection).await?;
    }
    let result = sqlx::query("DELETE FROM users WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    Ok(changed(&result))
}

/// The lockout changes only from the state that the caller saw, so that guesses made at once are
/// all counted.
pub(super) async fn change_lockout(
    pool: &SqlitePool,
    tenant: TenantId,
    id: UserId,
    seen: &Lockout,
    lockout: &Lockout,
) -> Result<Changed, BoxedError> {
    let seen = serde_json::to_string(seen)?;
    let result = sqlx::query(
        "UPDATE users SET lockout = $4 WHERE tenant_id = $1 AND id = $2 \
         AND (lockout = $3 OR lockout = '{}' AND $3 = $5)",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(seen)
    .bind(serde_json::to_string(lockout)?)
    .bind(serde_json::to_string(&Lockout::default())?)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

/// Of several that present one code at once, one passes.
pub(super) async fn use_totp_step(
    pool: &SqlitePool,
    tenant: TenantId,
    id: UserId,
    step: TimeStep,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query(
        "UPDATE users SET totp_last_step = $3 WHERE tenant_id = $1 AND id = $2 \
         AND totp IS NOT NULL AND (totp_last_step IS NULL OR totp_last_step < $3)",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(i64::try_from(step.0)?)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

/// Without the last step, which has a column of its own.
fn totp_text(user: &User) -> Result<Option<String>, BoxedError> {
    let enrolment = user.totp.as_ref().map(|enrolment| TotpEnrolment {
        last_used_step: None,
        ..enrolment.clone()
    });
    Ok(enrolment
        .map(|enrolment| serde_json::to_string(&enrolment))
        .transpose()?)
}

fn read(row: &SqliteRow) -> Result<User, BoxedError> {
    let roles: String = row.try_get("roles")?;
    let password: Option<String> = row.try_get("password")?;
    let mut totp: Option<TotpEnrolment> = json_option(row, "totp")?;
    if let Some(enrolment) = &mut totp {
        let step: Option<i64> = row.try_get("totp_last_step")?;
        enrolment.last_used_step = step.map(u64::try_from).transpose()?.map(TimeStep);
    }
    Ok(User {
        tenant: parsed(row, "tenant_id")?,
        id: parsed(row, "id")?,
        user_principal_name: parsed(row, "user_principal_name")?,
        display_name: row.try_get("display_name")?,
        given_name: row.try_get("given_name")?,
        surname: row.try_get("surname")?,
        mail_nickname: row.try_get("mail_nickname")?,
        roles: serde_json::from_str(&roles)?,
        is_enabled: row.try_get::<i64, _>("is_enabled")? != 0,
        kind: json(row, "kind")?,
        multifactor: parsed(row, "multifactor")?,
        password: password.map(PasswordHash::from_stored),
        password_state: parsed(row, "password_state")?,
        totp,
        lockout: json(row, "lockout")?,
        created_at: instant(row, "created_at")?,
        deleted_at: instant_option(row, "deleted_at")?,
        tokens_valid_from: instant(row, "tokens_valid_from")?,
    })
}
