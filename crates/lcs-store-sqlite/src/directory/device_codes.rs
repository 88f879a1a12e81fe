//! Device codes. Each step is one conditional statement, so that of several callers one wins.

use jiff::{SignedDuration, Timestamp};
use lcs_directory::{
    model::{DeviceApproval, DeviceCode, DeviceCodeState, DeviceDecision, RefreshToken},
    secret_hash::SecretHash,
    store::{Added, Changed},
};
use lcs_wire::entra::Endpoint;
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, changed, refresh_tokens};
use crate::column::{instant, json, parsed};

/// How long an ended request is remembered, so that a late poll hears why.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

pub(super) async fn add(
    pool: &SqlitePool,
    code: &DeviceCode,
    now: Timestamp,
) -> Result<Added, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    sqlx::query("DELETE FROM device_codes WHERE expires_at < $1")
        .bind((now - MEMORY).as_microsecond())
        .execute(&mut *transaction)
        .await?;
    let is_taken: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM device_codes WHERE user_code = $1 AND expires_at > $2)",
    )
    .bind(code.user_code.to_string())
    .bind(now.as_microsecond())
    .fetch_one(&mut *transaction)
    .await?;
    if is_taken {
        return Ok(Added::Conflict);
    }
    let (state, approval) = columns(&code.state);
    sqlx::query(
        "INSERT INTO device_codes (device_code, user_code, target, client_id, endpoint, scope, \
         expires_at, state, tenant_id, user_id, authentication) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(code.device_code.to_string())
    .bind(code.user_code.to_string())
    .bind(code.target.to_string())
    .bind(code.client.to_string())
    .bind(match code.endpoint {
        Endpoint::V1 => "v1",
        Endpoint::V2 => "v2",
    })
    .bind(&code.scope)
    .bind(code.expires_at.as_microsecond())
    .bind(state)
    .bind(approval.map(|approval| approval.tenant.to_string()))
    .bind(approval.map(|approval| approval.user.to_string()))
    .bind(approval.map(authentication_text).transpose()?)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Added::Yes)
}

pub(super) async fn by_device_code(
    pool: &SqlitePool,
    device_code: SecretHash,
) -> Result<Option<DeviceCode>, BoxedError> {
    let row = sqlx::query("SELECT * FROM device_codes WHERE device_code = $1")
        .bind(device_code.to_string())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_user_code(
    pool: &SqlitePool,
    user_code: SecretHash,
    now: Timestamp,
) -> Result<Option<DeviceCode>, BoxedError> {
    let row = sqlx::query("SELECT * FROM device_codes WHERE user_code = $1 AND expires_at > $2")
        .bind(user_code.to_string())
        .bind(now.as_microsecond())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn decide(
    pool: &SqlitePool,
    user_code: SecretHash,
    decision: DeviceDecision,
    now: Timestamp,
) -> Result<Changed, BoxedError> {
    let decided = DeviceCodeState::from(decision);
    let (state, approval) = columns(&decided);
    let result = sqlx::query(
        "UPDATE device_codes SET state = $3, tenant_id = $4, user_id = $5, authentication = $6 \
         WHERE user_code = $1 AND expires_at > $2 AND state = 'pending'",
    )
    .bind(user_code.to_string())
    .bind(now.as_microsecond())
    .bind(state)
    .bind(approval.map(|approval| approval.tenant.to_string()))
    .bind(approval.map(|approval| approval.user.to_string()))
    .bind(approval.map(authentication_text).transpose()?)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

pub(super) async fn redeem(
    pool: &SqlitePool,
    device_code: SecretHash,
    refresh_token: Option<&RefreshToken>,
    now: Timestamp,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let result = sqlx::query(
        "UPDATE device_codes SET state = 'redeemed', tenant_id = NULL, user_id = NULL, \
         authentication = NULL WHERE device_code = $1 AND expires_at > $2 AND state = 'approved'",
    )
    .bind(device_code.to_string())
    .bind(now.as_microsecond())
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

fn authentication_text(approval: &DeviceApproval) -> Result<String, serde_json::Error> {
    serde_json::to_string(&approval.authentication)
}

const fn columns(state: &DeviceCodeState) -> (&'static str, Option<&DeviceApproval>) {
    match state {
        DeviceCodeState::Pending => ("pending", None),
        DeviceCodeState::Approved(approval) => ("approved", Some(approval)),
        DeviceCodeState::Declined => ("declined", None),
        DeviceCodeState::Redeemed => ("redeemed", None),
    }
}

fn read(row: &SqliteRow) -> Result<DeviceCode, BoxedError> {
    let state: String = row.try_get("state")?;
    let endpoint: String = row.try_get("endpoint")?;
    Ok(DeviceCode {
        device_code: parsed(row, "device_code")?,
        user_code: parsed(row, "user_code")?,
        target: parsed(row, "target")?,
        client: parsed(row, "client_id")?,
        endpoint: match endpoint.as_str() {
            "v1" => Endpoint::V1,
            "v2" => Endpoint::V2,
            other => return Err(format!("column endpoint: {other}").into()),
        },
        scope: row.try_get("scope")?,
        expires_at: instant(row, "expires_at")?,
        state: match state.as_str() {
            "pending" => DeviceCodeState::Pending,
            "approved" => DeviceCodeState::Approved(DeviceApproval {
                tenant: parsed(row, "tenant_id")?,
                user: parsed(row, "user_id")?,
                authentication: json(row, "authentication")?,
            }),
            "declined" => DeviceCodeState::Declined,
            "redeemed" => DeviceCodeState::Redeemed,
            other => return Err(format!("column state: {other}").into()),
        },
    })
}
