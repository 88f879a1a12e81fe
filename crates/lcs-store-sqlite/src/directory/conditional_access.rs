//! Conditional access policies.

use lcs_directory::{
    model::ConditionalAccessPolicy,
    store::{Added, Changed},
};
use lcs_types::{ConditionalAccessPolicyId, TenantId};
use sqlx::SqlitePool;

use super::{BoxedError, added, changed};
use crate::column::json;

pub(super) async fn all(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<ConditionalAccessPolicy>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM conditional_access_policies WHERE tenant_id = $1 ORDER BY ordinal",
    )
    .bind(tenant.to_string())
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| json(row, "policy")).collect()
}

pub(super) async fn add(
    pool: &SqlitePool,
    tenant: TenantId,
    policy: &ConditionalAccessPolicy,
) -> Result<Added, BoxedError> {
    let result = sqlx::query(
        "INSERT INTO conditional_access_policies (tenant_id, id, policy) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant.to_string())
    .bind(policy.id.to_string())
    .bind(serde_json::to_string(policy)?)
    .execute(pool)
    .await?;
    Ok(added(&result))
}

pub(super) async fn replace(
    pool: &SqlitePool,
    tenant: TenantId,
    policy: &ConditionalAccessPolicy,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query(
        "UPDATE conditional_access_policies SET policy = $3 WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.to_string())
    .bind(policy.id.to_string())
    .bind(serde_json::to_string(policy)?)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

pub(super) async fn remove(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ConditionalAccessPolicyId,
) -> Result<Changed, BoxedError> {
    let result =
        sqlx::query("DELETE FROM conditional_access_policies WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.to_string())
            .bind(id.to_string())
            .execute(pool)
            .await?;
    Ok(changed(&result))
}
