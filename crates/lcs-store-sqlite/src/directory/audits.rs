//! The audit log.

use lcs_directory::model::AuditEvent;
use lcs_types::TenantId;
use sqlx::SqlitePool;

use super::BoxedError;
use crate::column::json;

pub(super) async fn record(pool: &SqlitePool, event: &AuditEvent) -> Result<(), BoxedError> {
    sqlx::query("INSERT INTO audits (tenant_id, event) VALUES ($1, $2)")
        .bind(event.tenant.to_string())
        .bind(serde_json::to_string(event)?)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn latest(
    pool: &SqlitePool,
    tenant: TenantId,
    limit: u32,
) -> Result<Vec<AuditEvent>, BoxedError> {
    let rows =
        sqlx::query("SELECT * FROM audits WHERE tenant_id = $1 ORDER BY number DESC LIMIT $2")
            .bind(tenant.to_string())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
    rows.iter().map(|row| json(row, "event")).collect()
}
