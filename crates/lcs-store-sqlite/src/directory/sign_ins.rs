//! The sign-in log.

use lcs_directory::model::{SignInEvent, SignInOutcome};
use lcs_types::TenantId;
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

use super::BoxedError;
use crate::column::{instant, parsed, parsed_option};

pub(super) async fn record(pool: &SqlitePool, event: &SignInEvent) -> Result<(), BoxedError> {
    sqlx::query(
        "INSERT INTO sign_ins (at, correlation_id, client_address, grant_type, tenant_id, \
         client_id, user_name, user_id, resource, refused_with, trace_id, client_name, \
         conditional_access) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(event.at.as_microsecond())
    .bind(event.correlation_id.to_string())
    .bind(event.client_address.to_string())
    .bind(&event.grant)
    .bind(event.tenant.map(|tenant| tenant.to_string()))
    .bind(&event.client)
    .bind(&event.user_name)
    .bind(event.user.map(|user| user.to_string()))
    .bind(&event.resource)
    .bind(match event.outcome {
        SignInOutcome::Granted => None,
        SignInOutcome::Refused(code) => Some(i64::from(code)),
    })
    .bind(event.trace_id.to_string())
    .bind(&event.client_name)
    .bind(event.conditional_access.as_str())
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn latest(
    pool: &SqlitePool,
    tenant: TenantId,
    limit: u32,
) -> Result<Vec<SignInEvent>, BoxedError> {
    let rows =
        sqlx::query("SELECT * FROM sign_ins WHERE tenant_id = $1 ORDER BY number DESC LIMIT $2")
            .bind(tenant.to_string())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<SignInEvent, BoxedError> {
    let refused_with: Option<i64> = row.try_get("refused_with")?;
    Ok(SignInEvent {
        at: instant(row, "at")?,
        correlation_id: parsed(row, "correlation_id")?,
        trace_id: parsed(row, "trace_id")?,
        client_address: parsed(row, "client_address")?,
        grant: row.try_get("grant_type")?,
        tenant: parsed_option(row, "tenant_id")?,
        client: row.try_get("client_id")?,
        client_name: row.try_get("client_name")?,
        user_name: row.try_get("user_name")?,
        user: parsed_option(row, "user_id")?,
        resource: row.try_get("resource")?,
        outcome: match refused_with {
            None => SignInOutcome::Granted,
            Some(code) => SignInOutcome::Refused(u32::try_from(code)?),
        },
        conditional_access: parsed(row, "conditional_access")?,
    })
}
