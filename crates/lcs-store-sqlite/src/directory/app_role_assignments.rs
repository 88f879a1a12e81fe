//! App role assignments.

use lcs_directory::{
    model::{AppRoleAssignment, AppRoleAssignmentId, Assignee},
    store::{Added, Changed},
};
use lcs_types::{ObjectId, TenantId, UserId};
use sqlx::{SqlitePool, sqlite::SqliteRow};

use super::{BoxedError, added, changed};
use crate::column::{instant, parsed, parsed_option};

pub(super) async fn add(
    pool: &SqlitePool,
    assignment: &AppRoleAssignment,
) -> Result<Added, BoxedError> {
    let (user, service_principal) = match assignment.assignee {
        Assignee::User(id) => (Some(id.to_string()), None),
        Assignee::ServicePrincipal(id) => (None, Some(id.to_string())),
    };
    let result = sqlx::query(
        "INSERT INTO app_role_assignments \
         (tenant_id, id, user_id, service_principal_id, resource_id, role_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(assignment.tenant.to_string())
    .bind(assignment.id().as_str())
    .bind(user)
    .bind(service_principal)
    .bind(assignment.resource.to_string())
    .bind(assignment.role.to_string())
    .bind(assignment.created_at.as_microsecond())
    .execute(pool)
    .await?;
    Ok(added(&result))
}

pub(super) async fn of_assignee(
    pool: &SqlitePool,
    tenant: TenantId,
    assignee: Assignee,
) -> Result<Vec<AppRoleAssignment>, BoxedError> {
    let (user, service_principal) = match assignee {
        Assignee::User(id) => (Some(id.to_string()), None),
        Assignee::ServicePrincipal(id) => (None, Some(id.to_string())),
    };
    let rows = sqlx::query(
        "SELECT * FROM live_app_role_assignments \
         WHERE tenant_id = $1 AND user_id IS $2 AND service_principal_id IS $3 \
         ORDER BY created_at, id",
    )
    .bind(tenant.to_string())
    .bind(user)
    .bind(service_principal)
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn on_resource(
    pool: &SqlitePool,
    tenant: TenantId,
    resource: ObjectId,
) -> Result<Vec<AppRoleAssignment>, BoxedError> {
    let rows = sqlx::query(
        "SELECT * FROM live_app_role_assignments WHERE tenant_id = $1 AND resource_id = $2 \
         ORDER BY created_at, id",
    )
    .bind(tenant.to_string())
    .bind(resource.to_string())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn remove(
    pool: &SqlitePool,
    tenant: TenantId,
    id: &AppRoleAssignmentId,
) -> Result<Changed, BoxedError> {
    let result = sqlx::query("DELETE FROM app_role_assignments WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.to_string())
        .bind(id.as_str())
        .execute(pool)
        .await?;
    Ok(changed(&result))
}

fn read(row: &SqliteRow) -> Result<AppRoleAssignment, BoxedError> {
    let user: Option<UserId> = parsed_option(row, "user_id")?;
    let assignee = match user {
        Some(id) => Assignee::User(id),
        None => Assignee::ServicePrincipal(parsed(row, "service_principal_id")?),
    };
    Ok(AppRoleAssignment {
        tenant: parsed(row, "tenant_id")?,
        assignee,
        resource: parsed(row, "resource_id")?,
        role: parsed(row, "role_id")?,
        created_at: instant(row, "created_at")?,
    })
}
