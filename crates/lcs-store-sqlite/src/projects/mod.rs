//! The projects port: projects, members, environments, backups.

use async_trait::async_trait;
use lcs_projects::{
    Backup, Environment, Member, NewProject, Power, Project, ProjectStore, StoreError,
};
use lcs_types::{EnvironmentId, ProjectId, TenantId, UserId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use crate::{
    SqliteStore,
    column::{bytes, hexadecimal, instant, parsed},
};

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) fn failed<E: Into<BoxedError>>(action: &'static str) -> impl FnOnce(E) -> StoreError {
    move |source| StoreError::new(action, source)
}

#[async_trait]
impl ProjectStore for SqliteStore {
    async fn create_project(&self, new: &NewProject) -> Result<(), StoreError> {
        let action = "add a project";
        let mut transaction = self.pool.begin().await.map_err(failed(action))?;
        if insert_project(&mut transaction, &new.project)
            .await
            .map_err(failed(action))?
        {
            for member in &new.members {
                insert_member(&mut transaction, new.project.id, member)
                    .await
                    .map_err(failed(action))?;
            }
            for (ordinal, environment) in (0i64..).zip(&new.environments) {
                insert_environment(&mut transaction, ordinal, environment)
                    .await
                    .map_err(failed(action))?;
            }
        }
        transaction.commit().await.map_err(failed(action))
    }

    async fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        let action = "read a project";
        let row = sqlx::query("SELECT * FROM projects WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(action))?;
        row.as_ref()
            .map(read_project)
            .transpose()
            .map_err(failed(action))
    }

    async fn member(
        &self,
        project: ProjectId,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Member>, StoreError> {
        let action = "read a member of a project";
        let row = sqlx::query(
            "SELECT * FROM project_members \
             WHERE project_id = $1 AND tenant_id = $2 AND user_id = $3",
        )
        .bind(project.0)
        .bind(tenant.to_string())
        .bind(user.to_string())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(action))?;
        row.as_ref()
            .map(read_member)
            .transpose()
            .map_err(failed(action))
    }

    async fn environments(&self, project: ProjectId) -> Result<Vec<Environment>, StoreError> {
        let action = "read the environments of a project";
        let rows = sqlx::query("SELECT * FROM environments WHERE project_id = $1 ORDER BY ordinal")
            .bind(project.0)
            .fetch_all(&self.pool)
            .await
            .map_err(failed(action))?;
        rows.iter()
            .map(read_environment)
            .collect::<Result<_, _>>()
            .map_err(failed(action))
    }

    async fn environment(
        &self,
        project: ProjectId,
        id: EnvironmentId,
    ) -> Result<Option<Environment>, StoreError> {
        let action = "read an environment";
        let row = sqlx::query("SELECT * FROM environments WHERE project_id = $1 AND id = $2")
            .bind(project.0)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(action))?;
        row.as_ref()
            .map(read_environment)
            .transpose()
            .map_err(failed(action))
    }

    async fn set_power(
        &self,
        project: ProjectId,
        id: EnvironmentId,
        from: Power,
        to: Power,
    ) -> Result<bool, StoreError> {
        let action = "write the power state of an environment";
        let result = sqlx::query(
            "UPDATE environments SET power_state = $5, power_since = $6 \
             WHERE project_id = $1 AND id = $2 AND power_state = $3 AND power_since = $4",
        )
        .bind(project.0)
        .bind(id.to_string())
        .bind(from.state.as_str())
        .bind(from.since.as_microsecond())
        .bind(to.state.as_str())
        .bind(to.since.as_microsecond())
        .execute(&self.pool)
        .await
        .map_err(failed(action))?;
        Ok(result.rows_affected() == 1)
    }

    async fn backups(&self, project: ProjectId) -> Result<Vec<Backup>, StoreError> {
        let action = "read the backups of a project";
        let rows =
            sqlx::query("SELECT * FROM backups WHERE project_id = $1 ORDER BY created_at DESC, id")
                .bind(project.0)
                .fetch_all(&self.pool)
                .await
                .map_err(failed(action))?;
        rows.iter()
            .map(read_backup)
            .collect::<Result<_, _>>()
            .map_err(failed(action))
    }
}

/// Whether it was added; `false` when it was there.
async fn insert_project(
    connection: &mut SqliteConnection,
    project: &Project,
) -> Result<bool, sqlx::Error> {
    let result = sqlx::query(
        "INSERT INTO projects (id, name, organization_id) VALUES ($1, $2, $3) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(project.id.0)
    .bind(&project.name)
    .bind(project.organization_id)
    .execute(connection)
    .await?;
    Ok(result.rows_affected() == 1)
}

async fn insert_member(
    connection: &mut SqliteConnection,
    project: ProjectId,
    member: &Member,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO project_members (project_id, tenant_id, user_id, role, invitation) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(project.0)
    .bind(member.tenant.to_string())
    .bind(member.user.to_string())
    .bind(member.role.as_str())
    .bind(member.invitation.as_str())
    .execute(connection)
    .await
    .map(drop)
}

async fn insert_environment(
    connection: &mut SqliteConnection,
    ordinal: i64,
    environment: &Environment,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO environments (id, project_id, ordinal, name, environment_type, \
         infrastructure, product, base_url, topology_display_name, application_build, \
         application_release, platform_release, platform_version, deployed_on, cloud_location, \
         disaster_recovery_location, administrator, lifecycle, power_state, power_since, is_live, \
         financial_reporting, database_capacity_bytes, database_backup_location) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20, $21, $22, $23, $24)",
    )
    .bind(environment.id.to_string())
    .bind(environment.project.0)
    .bind(ordinal)
    .bind(&environment.name)
    .bind(environment.environment_type.as_str())
    .bind(environment.infrastructure.as_str())
    .bind(&environment.product)
    .bind(&environment.base_url)
    .bind(&environment.topology_display_name)
    .bind(&environment.application_build)
    .bind(&environment.application_release)
    .bind(&environment.platform_release)
    .bind(&environment.platform_version)
    .bind(environment.deployed_on.as_microsecond())
    .bind(&environment.cloud_location)
    .bind(&environment.disaster_recovery_location)
    .bind(&environment.administrator)
    .bind(environment.lifecycle.as_str())
    .bind(environment.power.state.as_str())
    .bind(environment.power.since.as_microsecond())
    .bind(environment.is_live)
    .bind(&environment.financial_reporting)
    .bind(
        environment
            .database_capacity_bytes
            .map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
    )
    .bind(&environment.database_backup_location)
    .execute(connection)
    .await
    .map(drop)
}

/// Adds a backup; part of the transaction that ends its export.
pub(crate) async fn insert_backup(
    connection: &mut SqliteConnection,
    backup: &Backup,
) -> Result<(), BoxedError> {
    sqlx::query(
        "INSERT INTO backups (id, project_id, name, artifact, size_bytes, md5, sha256, \
         created_at, environment_id, operation_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(backup.id.to_string())
    .bind(backup.project.0)
    .bind(backup.name.as_str())
    .bind(&backup.artifact)
    .bind(i64::try_from(backup.size_bytes)?)
    .bind(hexadecimal(&backup.md5))
    .bind(hexadecimal(&backup.sha256))
    .bind(backup.created_at.as_microsecond())
    .bind(backup.environment.to_string())
    .bind(backup.operation.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

fn read_project(row: &SqliteRow) -> Result<Project, BoxedError> {
    Ok(Project {
        id: ProjectId(row.try_get("id")?),
        name: row.try_get("name")?,
        organization_id: row.try_get("organization_id")?,
    })
}

fn read_member(row: &SqliteRow) -> Result<Member, BoxedError> {
    Ok(Member {
        tenant: parsed(row, "tenant_id")?,
        user: parsed(row, "user_id")?,
        role: parsed(row, "role")?,
        invitation: parsed(row, "invitation")?,
    })
}

fn read_environment(row: &SqliteRow) -> Result<Environment, BoxedError> {
    Ok(Environment {
        id: parsed(row, "id")?,
        project: ProjectId(row.try_get("project_id")?),
        name: row.try_get("name")?,
        environment_type: parsed(row, "environment_type")?,
        infrastructure: parsed(row, "infrastructure")?,
        product: row.try_get("product")?,
        base_url: row.try_get("base_url")?,
        topology_display_name: row.try_get("topology_display_name")?,
        application_build: row.try_get("application_build")?,
        application_release: row.try_get("application_release")?,
        platform_release: row.try_get("platform_release")?,
        platform_version: row.try_get("platform_version")?,
        deployed_on: instant(row, "deployed_on")?,
        cloud_location: row.try_get("cloud_location")?,
        disaster_recovery_location: row.try_get("disaster_recovery_location")?,
        administrator: row.try_get("administrator")?,
        lifecycle: parsed(row, "lifecycle")?,
        power: Power {
            state: parsed(row, "power_state")?,
            since: instant(row, "power_since")?,
        },
        is_live: row.try_get("is_live")?,
        financial_reporting: row.try_get("financial_reporting")?,
        database_capacity_bytes: row
            .try_get::<Option<i64>, _>("database_capacity_bytes")?
            .map(u64::try_from)
            .transpose()?,
        database_backup_location: row.try_get("database_backup_location")?,
    })
}

pub(crate) fn read_backup(row: &SqliteRow) -> Result<Backup, BoxedError> {
    Ok(Backup {
        id: parsed(row, "id")?,
        project: ProjectId(row.try_get("project_id")?),
        name: parsed(row, "name")?,
        artifact: row.try_get("artifact")?,
        size_bytes: u64::try_from(row.try_get::<i64, _>("size_bytes")?)?,
        md5: bytes(row, "md5")?,
        sha256: bytes(row, "sha256")?,
        created_at: instant(row, "created_at")?,
        environment: parsed(row, "environment_id")?,
        operation: parsed(row, "operation_id")?,
    })
}
