//! Tenants and their domains.

use lcs_directory::{
    model::{Tenant, TenantSettings},
    store::{Added, Changed, TenantContents},
};
use lcs_types::{Domain, TenantId};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

use super::{BEGIN, BoxedError, changed, grants, service_principals, users};
use crate::column::{json, parsed};

pub(super) async fn create(
    pool: &SqlitePool,
    contents: &TenantContents,
) -> Result<Added, BoxedError> {
    let tenant = &contents.tenant;
    let id = tenant.id.to_string();
    // Dropped without commit, the transaction takes everything back.
    let mut transaction = pool.begin_with(BEGIN).await?;
    let result = sqlx::query(
        "INSERT INTO tenants (id, display_name, settings) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
    )
    .bind(&id)
    .bind(&tenant.display_name)
    .bind(serde_json::to_string(&tenant.settings)?)
    .execute(&mut *transaction)
    .await?;
    if result.rows_affected() == 0 {
        return Ok(Added::Conflict);
    }
    for (ordinal, domain) in (0i64..).zip(&tenant.domains) {
        let result = sqlx::query(
            "INSERT INTO tenant_domains (domain, tenant_id, ordinal) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind(domain.as_str())
        .bind(&id)
        .bind(ordinal)
        .execute(&mut *transaction)
        .await?;
        if result.rows_affected() == 0 {
            return Ok(Added::Conflict);
        }
    }
    for user in &contents.users {
        users::insert(&mut transaction, user).await?;
    }
    for principal in &contents.service_principals {
        service_principals::insert(&mut transaction, principal).await?;
    }
    for grant in &contents.grants {
        grants::insert(&mut transaction, grant).await?;
    }
    transaction.commit().await?;
    Ok(Added::Yes)
}

pub(super) async fn by_id(pool: &SqlitePool, id: TenantId) -> Result<Option<Tenant>, BoxedError> {
    let row = sqlx::query("SELECT * FROM tenants WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(pool)
        .await?;
    match row {
        Some(row) => Ok(Some(read(pool, &row).await?)),
        None => Ok(None),
    }
}

pub(super) async fn by_domain(
    pool: &SqlitePool,
    domain: &Domain,
) -> Result<Option<Tenant>, BoxedError> {
    let row = sqlx::query(
        "SELECT tenants.* FROM tenants JOIN tenant_domains ON tenant_id = id WHERE domain = $1",
    )
    .bind(domain.as_str())
    .fetch_optional(pool)
    .await?;
    match row {
        Some(row) => Ok(Some(read(pool, &row).await?)),
        None => Ok(None),
    }
}

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<Tenant>, BoxedError> {
    let rows = sqlx::query("SELECT * FROM tenants ORDER BY id")
        .fetch_all(pool)
        .await?;
    let mut tenants = Vec::with_capacity(rows.len());
    for row in &rows {
        tenants.push(read(pool, row).await?);
    }
    Ok(tenants)
}

pub(super) async fn change_settings(
    pool: &SqlitePool,
    id: TenantId,
    settings: &TenantSettings,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query("UPDATE tenants SET settings = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(serde_json::to_string(settings)?)
        .execute(pool)
        .await?;
    Ok(changed(&result))
}

async fn read(pool: &SqlitePool, row: &SqliteRow) -> Result<Tenant, BoxedError> {
    let id: TenantId = parsed(row, "id")?;
    let domains =
        sqlx::query("SELECT domain FROM tenant_domains WHERE tenant_id = $1 ORDER BY ordinal")
            .bind(id.to_string())
            .fetch_all(pool)
            .await?;
    Ok(Tenant {
        id,
        display_name: row.try_get("display_name")?,
        domains: domains
            .iter()
            .map(|row| parsed(row, "domain"))
            .collect::<Result<_, _>>()?,
        settings: json(row, "settings")?,
    })
}
