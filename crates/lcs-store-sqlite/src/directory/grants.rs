//! Permission grants.

use lcs_directory::{
    model::{PermissionGrant, PermissionGrantId, scope_values},
    store::{Added, Changed},
};
use lcs_types::{ObjectId, TenantId};
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, added, changed};
use crate::column::{parsed, parsed_option};

pub(super) async fn add(pool: &SqlitePool, grant: &PermissionGrant) -> Result<Added, BoxedError> {
    let mut connection = pool.acquire().await?;
    insert(&mut connection, grant).await
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    grant: &PermissionGrant,
) -> Result<Added, BoxedError> {
    let result = sqlx::query(
        "INSERT INTO permission_grants \
         (tenant_id, id, client_id, resource_id, principal_id, scope) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(grant.tenant.to_string())
    .bind(grant.id().as_str())
    .bind(grant.client.to_string())
    .bind(grant.resource.to_string())
    .bind(grant.principal.map(|user| user.to_string()))
    .bind(grant.scope())
    .execute(connection)
    .await?;
    Ok(added(&result))
}

pub(super) async fn merge(pool: &SqlitePool, grant: &PermissionGrant) -> Result<(), BoxedError> {
    let id = grant.id();
    let mut transaction = pool.begin_with(BEGIN).await?;
    if insert(&mut transaction, grant).await? == Added::Conflict {
        let row =
            sqlx::query("SELECT scope FROM permission_grants WHERE tenant_id = $1 AND id = $2")
                .bind(grant.tenant.to_string())
                .bind(id.as_str())
                .fetch_one(&mut *transaction)
                .await?;
        let present: String = row.try_get("scope")?;
        let merged = scope_values(&format!("{present} {}", grant.scope()));
        sqlx::query("UPDATE permission_grants SET scope = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(grant.tenant.to_string())
            .bind(id.as_str())
            .bind(merged.join(" "))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

pub(super) async fn by_id(
    pool: &SqlitePool,
    tenant: TenantId,
    id: &PermissionGrantId,
) -> Result<Option<PermissionGrant>, BoxedError> {
    let row = sqlx::query("SELECT * FROM live_permission_grants WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.to_string())
        .bind(id.as_str())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn all(
    pool: &SqlitePool,
    tenant: TenantId,
) -> Result<Vec<PermissionGrant>, BoxedError> {
    let rows = sqlx::query("SELECT * FROM live_permission_grants WHERE tenant_id = $1 ORDER BY id")
        .bind(tenant.to_string())
        .fetch_all(pool)
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn between(
    pool: &SqlitePool,
    tenant: TenantId,
    client: ObjectId,
    resource: ObjectId,
) -> Result<Vec<PermissionGrant>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM live_permission_grants \
         WHERE tenant_id = $1 AND client_id = $2 AND resource_id = $3 ORDER BY id",
    )
    .bind(tenant.to_string())
    .bind(client.to_string())
    .bind(resource.to_string())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn change(
    pool: &SqlitePool,
    tenant: TenantId,
    id: &PermissionGrantId,
    values: &[String],
) -> Result<Changed, BoxedError> {
    let result =
        sqlx::query("UPDATE permission_grants SET scope = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.to_string())
            .bind(id.as_str())
            .bind(values.join(" "))
            .execute(pool)
            .await?;
    Ok(changed(&result))
}

pub(super) async fn remove(
    pool: &SqlitePool,
    tenant: TenantId,
    id: &PermissionGrantId,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query("DELETE FROM permission_grants WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.to_string())
        .bind(id.as_str())
        .execute(pool)
        .await?;
    Ok(changed(&result))
}

fn read(row: &SqliteRow) -> Result<PermissionGrant, BoxedError> {
    let scope: String = row.try_get("scope")?;
    Ok(PermissionGrant {
        tenant: parsed(row, "tenant_id")?,
        client: parsed(row, "client_id")?,
        resource: parsed(row, "resource_id")?,
        principal: parsed_option(row, "principal_id")?,
        values: scope_values(&scope),
    })
}
