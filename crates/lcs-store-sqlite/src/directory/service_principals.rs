//! Service principals.

use jiff::Timestamp;
use lcs_directory::{
    model::{ServicePrincipal, ServicePrincipalSettings},
    store::{Added, Changed, Deleted, Restored},
};
use lcs_types::{ClientId, ObjectId, TenantId};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed};
use crate::column::{instant, parsed};

pub(super) async fn add(
    pool: &SqlitePool,
    principal: &ServicePrincipal,
) -> Result<Added, BoxedError> {
    let mut connection = pool.acquire().await?;
    insert(&mut connection, principal).await
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    principal: &ServicePrincipal,
) -> Result<Added, BoxedError> {
    let result = sqlx::query(
        "INSERT INTO service_principals (id, tenant_id, client_id, settings) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(principal.id.to_string())
    .bind(principal.tenant.to_string())
    .bind(principal.client_id.to_string())
    .bind(serde_json::to_string(&principal.settings)?)
    .execute(connection)
    .await?;
    Ok(added(&result))
}

pub(super) async fn by_id(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
) -> Result<Option<ServicePrincipal>, BoxedError> {
    let row = sqlx::query(
        "SELECT * FROM service_principals \
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_client(
    pool: &SqlitePool,
    tenant: TenantId,
    client: ClientId,
) -> Result<Option<ServicePrincipal>, BoxedError> {
    let row = sqlx::query(
        "SELECT * FROM service_principals \
         WHERE tenant_id = $1 AND client_id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(client.to_string())
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn all(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<ServicePrincipal>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM service_principals \
         WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY client_id",
    )
    .bind(tenant.to_string())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn presences(
    pool: &SqlitePool,
    client: ClientId,
) -> Result<Vec<ServicePrincipal>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM service_principals \
         WHERE client_id = $1 AND deleted_at IS NULL ORDER BY tenant_id",
    )
    .bind(client.to_string())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn change(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
    settings: &ServicePrincipalSettings,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query(
        "UPDATE service_principals SET settings = $3 \
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(serde_json::to_string(settings)?)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

pub(super) async fn delete(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
    at: Timestamp,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query(
        "UPDATE service_principals SET deleted_at = $3 \
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(at.as_microsecond())
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

pub(super) async fn deleted(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<Deleted<ServicePrincipal>>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM service_principals WHERE tenant_id = $1 AND deleted_at IS NOT NULL \
         ORDER BY deleted_at DESC, id",
    )
    .bind(tenant.to_string())
    .fetch_all(pool)
    .await?;
    let read = |row| {
        Ok(Deleted {
            object: read(row)?,
            at: instant(row, "deleted_at")?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn restore(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
) -> Result<Restored, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let is_deleted: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM service_principals \
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL)",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .fetch_one(&mut *transaction)
    .await?;
    if !is_deleted {
        return Ok(Restored::NotFound);
    }
    let result = sqlx::query(
        "UPDATE OR IGNORE service_principals SET deleted_at = NULL \
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(match changed(&result) {
        Changed::Yes => Restored::Yes,
        Changed::NotFound => Restored::Conflict,
    })
}

/// Grants go with it, by their foreign keys.
pub(super) async fn remove(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query("DELETE FROM service_principals WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.to_string())
        .bind(id.to_string())
        .execute(pool)
        .await?;
    Ok(changed(&result))
}

fn read(row: &SqliteRow) -> Result<ServicePrincipal, BoxedError> {
    let settings: String = row.try_get("settings")?;
    Ok(ServicePrincipal {
        tenant: parsed(row, "tenant_id")?,
        id: parsed(row, "id")?,
        client_id: parsed(row, "client_id")?,
        settings: serde_json::from_str(&settings)?,
    })
}
