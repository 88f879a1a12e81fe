//! Applications.

use jiff::Timestamp;
use lcs_directory::{
    model::{Application, ApplicationSettings},
    store::{Added, Changed, Deleted},
};
use lcs_types::{ClientId, ObjectId, TenantId};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed};
use crate::column::{instant, parsed};

pub(super) async fn add(pool: &SqlitePool, application: &Application) -> Result<Added, BoxedError> {
    let result = sqlx::query(
        "INSERT INTO applications (id, tenant_id, client_id, unique_name, created_at, settings) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(application.id.to_string())
    .bind(application.tenant.to_string())
    .bind(application.client_id.to_string())
    .bind(&application.unique_name)
    .bind(application.created_at.as_microsecond())
    .bind(serde_json::to_string(&application.settings)?)
    .execute(pool)
    .await?;
    Ok(added(&result))
}

pub(super) async fn by_id(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
) -> Result<Option<Application>, BoxedError> {
    let row = sqlx::query(
        "SELECT * FROM applications WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_client(
    pool: &SqlitePool,
    client: ClientId,
) -> Result<Option<Application>, BoxedError> {
    let row = sqlx::query("SELECT * FROM applications WHERE client_id = $1 AND deleted_at IS NULL")
        .bind(client.to_string())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_unique_name(
    pool: &SqlitePool,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Application>, BoxedError> {
    let row = sqlx::query(
        "SELECT * FROM applications \
         WHERE tenant_id = $1 AND unique_name = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(name)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn all(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<Application>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM applications WHERE tenant_id = $1 AND deleted_at IS NULL \
             ORDER BY created_at, id",
    )
    .bind(tenant.to_string())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn change(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
    settings: &ApplicationSettings,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query(
        "UPDATE applications SET settings = $3 \
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(serde_json::to_string(settings)?)
    .execute(pool)
    .await?;
    Ok(changed(&result))
}

/// Its service principal at home goes with it, at the same instant: by that it is found again.
pub(super) async fn delete(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
    at: Timestamp,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let row = sqlx::query(
        "UPDATE applications SET deleted_at = $3 \
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING client_id",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(at.as_microsecond())
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(row) = row else {
        return Ok(Changed::NotFound);
    };
    sqlx::query(
        "UPDATE service_principals SET deleted_at = $3 \
         WHERE tenant_id = $1 AND client_id = $2 AND deleted_at IS NULL",
    )
    .bind(tenant.to_string())
    .bind(row.try_get::<String, _>("client_id")?)
    .bind(at.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Changed::Yes)
}

pub(super) async fn deleted(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<Deleted<Application>>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM applications WHERE tenant_id = $1 AND deleted_at IS NOT NULL \
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
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    // A second one of the application cannot have been made meanwhile.
    sqlx::query(
        "UPDATE OR IGNORE service_principals SET deleted_at = NULL \
         WHERE tenant_id = $1 AND (client_id, deleted_at) IN \
         (SELECT client_id, deleted_at FROM applications WHERE tenant_id = $1 AND id = $2)",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .execute(&mut *transaction)
    .await?;
    let result = sqlx::query(
        "UPDATE applications SET deleted_at = NULL \
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(changed(&result))
}

/// Service principals of such an application go with it, in every tenant.
pub(super) async fn forget_deleted(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> Result<(), BoxedError> {
    for sql in [
        "DELETE FROM service_principals WHERE deleted_at < $1 OR client_id IN \
         (SELECT client_id FROM applications WHERE deleted_at < $1)",
        "DELETE FROM applications WHERE deleted_at < $1",
    ] {
        let query = sqlx::query(sql).bind(before.as_microsecond());
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn remove(
    pool: &SqlitePool,
    tenant: TenantId,
    id: ObjectId,
) -> Result<Changed, BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let row = sqlx::query(
        "DELETE FROM applications WHERE tenant_id = $1 AND id = $2 RETURNING client_id",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(row) = row else {
        return Ok(Changed::NotFound);
    };
    // Grants go with the service principals that they refer to.
    sqlx::query("DELETE FROM service_principals WHERE client_id = $1")
        .bind(row.try_get::<String, _>("client_id")?)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Changed::Yes)
}

fn read(row: &SqliteRow) -> Result<Application, BoxedError> {
    let settings: String = row.try_get("settings")?;
    Ok(Application {
        tenant: parsed(row, "tenant_id")?,
        id: parsed(row, "id")?,
        client_id: parsed(row, "client_id")?,
        unique_name: row.try_get("unique_name")?,
        created_at: instant(row, "created_at")?,
        settings: serde_json::from_str(&settings)?,
    })
}
