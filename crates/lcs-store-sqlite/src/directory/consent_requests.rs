//! What users ask administrators to consent to.

use jiff::Timestamp;
use lcs_directory::{
    model::{ConsentRequest, ConsentRequestState, Justification},
    store::{Added, Changed},
};
use lcs_types::{ConsentRequestId, TenantId, UserId};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed};
use crate::column::{instant, json, parsed};

pub(super) async fn add(
    pool: &SqlitePool,
    request: &ConsentRequest,
    expired_before: Timestamp,
) -> Result<Added, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    sqlx::query(
        "UPDATE consent_requests SET state = 'expired' \
         WHERE state = 'pending' AND requested_at <= $1",
    )
    .bind(expired_before.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    let (state, decided_at, decided_by) = columns(request.state);
    let result = sqlx::query(
        "INSERT INTO consent_requests (id, tenant_id, client_id, client_name, user_id, \
         permissions, justification, requested_at, state, decided_at, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
    )
    .bind(request.id.to_string())
    .bind(request.tenant.to_string())
    .bind(request.client.to_string())
    .bind(&request.client_name)
    .bind(request.user.to_string())
    .bind(serde_json::to_string(&request.permissions)?)
    .bind(request.justification.as_str())
    .bind(request.requested_at.as_microsecond())
    .bind(state)
    .bind(decided_at)
    .bind(decided_by)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(added(&result))
}

pub(super) async fn all(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<ConsentRequest>, BoxedError> {
    let rows = sqlx::query("SELECT * FROM consent_requests WHERE tenant_id = $1 ORDER BY ordinal")
        .bind(tenant.to_string())
        .fetch_all(pool)
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn decide(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ConsentRequestId,
    state: ConsentRequestState,
) -> Result<Changed, BoxedError> {
    let (state, decided_at, decided_by) = columns(state);
    let result = sqlx::query(
        "UPDATE consent_requests SET state = $3, decided_at = $4, decided_by = $5 \
         WHERE tenant_id = $1 AND id = $2 AND state = 'pending'",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(state)
    .bind(decided_at)
    .bind(decided_by)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

fn columns(state: ConsentRequestState) -> (&'static str, Option<i64>, Option<String>) {
    match state {
        ConsentRequestState::Pending => ("pending", None, None),
        ConsentRequestState::Completed { at } => ("completed", Some(at.as_microsecond()), None),
        ConsentRequestState::Denied { at, by } => {
            ("denied", Some(at.as_microsecond()), Some(by.to_string()))
        }
        ConsentRequestState::Expired => ("expired", None, None),
    }
}

fn read(row: &SqliteRow) -> Result<ConsentRequest, BoxedError> {
    let state: String = row.try_get("state")?;
    Ok(ConsentRequest {
        tenant: parsed(row, "tenant_id")?,
        id: parsed(row, "id")?,
        client: parsed(row, "client_id")?,
        client_name: row.try_get("client_name")?,
        user: parsed(row, "user_id")?,
        permissions: json(row, "permissions")?,
        justification: Justification::from_stored(row.try_get("justification")?),
        requested_at: instant(row, "requested_at")?,
        state: match state.as_str() {
            "pending" => ConsentRequestState::Pending,
            "completed" => ConsentRequestState::Completed {
                at: instant(row, "decided_at")?,
            },
            "denied" => ConsentRequestState::Denied {
                at: instant(row, "decided_at")?,
                by: parsed::<UserId>(row, "decided_by")?,
            },
            "expired" => ConsentRequestState::Expired,
            other => return Err(format!("column state: {other}").into()),
        },
    })
}
