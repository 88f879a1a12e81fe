//! The asset library's port.

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_projects::{Asset, AssetState, AssetStore, Backup, StoreError, UserKey};
use lcs_types::{AssetId, ProjectId};
use lcs_wire::lcs::AssetFileType;
use sqlx::{Row as _, sqlite::SqliteRow};

use crate::{
    SqliteStore,
    column::{instant, parsed, parsed_option},
    projects::{failed, read_backup},
};

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

#[async_trait]
impl AssetStore for SqliteStore {
    async fn add_asset(&self, asset: &Asset) -> Result<(), StoreError> {
        let action = "add an asset";
        let size = asset.size_bytes.map(i64::try_from).transpose();
        sqlx::query(
            "INSERT INTO assets (id, project_id, name, file_name, description, file_type, \
             artifact, state, finding, size_bytes, created_at, modified_at, created_by_tenant, \
             created_by_user) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(asset.id.to_string())
        .bind(asset.project.map(|project| project.0))
        .bind(&asset.name)
        .bind(&asset.file_name)
        .bind(&asset.description)
        .bind(i64::from(asset.file_type.number()))
        .bind(&asset.artifact)
        .bind(asset.state.as_str())
        .bind(asset.state.finding())
        .bind(size.map_err(failed(action))?)
        .bind(asset.created_at.as_microsecond())
        .bind(asset.modified_at.as_microsecond())
        .bind(asset.created_by.map(|user| user.tenant.to_string()))
        .bind(asset.created_by.map(|user| user.user.to_string()))
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(failed(action))
    }

    async fn asset(&self, project: ProjectId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let action = "read an asset";
        let row = sqlx::query(
            "SELECT * FROM assets WHERE id = $1 AND (project_id = $2 OR project_id IS NULL)",
        )
        .bind(id.to_string())
        .bind(project.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(action))?;
        row.as_ref().map(read).transpose().map_err(failed(action))
    }

    async fn assets(
        &self,
        project: Option<ProjectId>,
        file_type: AssetFileType,
    ) -> Result<Vec<Asset>, StoreError> {
        let action = "read the assets of a library";
        let rows = sqlx::query(
            "SELECT * FROM assets WHERE project_id IS $1 AND file_type = $2 \
             ORDER BY created_at DESC, id",
        )
        .bind(project.map(|project| project.0))
        .bind(i64::from(file_type.number()))
        .fetch_all(&self.pool)
        .await
        .map_err(failed(action))?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(failed(action))
    }

    async fn change_asset(
        &self,
        id: AssetId,
        from: &AssetState,
        to: &AssetState,
        size_bytes: Option<u64>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let action = "change the state of an asset";
        let size = size_bytes.map(i64::try_from).transpose();
        let result = sqlx::query(
            "UPDATE assets SET state = $3, finding = $4, modified_at = $5, \
             size_bytes = COALESCE($6, size_bytes) WHERE id = $1 AND state = $2",
        )
        .bind(id.to_string())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(to.finding())
        .bind(now.as_microsecond())
        .bind(size.map_err(failed(action))?)
        .execute(&self.pool)
        .await
        .map_err(failed(action))?;
        Ok(result.rows_affected() == 1)
    }

    async fn assets_in_validation(&self) -> Result<Vec<Asset>, StoreError> {
        let action = "read the assets that are being checked";
        let rows = sqlx::query("SELECT * FROM assets WHERE state = $1 ORDER BY modified_at, id")
            .bind(AssetState::Validating.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(failed(action))?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(failed(action))
    }

    async fn remove_asset(&self, project: ProjectId, id: AssetId) -> Result<bool, StoreError> {
        let action = "remove an asset";
        let result = sqlx::query("DELETE FROM assets WHERE id = $1 AND project_id = $2")
            .bind(id.to_string())
            .bind(project.0)
            .execute(&self.pool)
            .await
            .map_err(failed(action))?;
        Ok(result.rows_affected() == 1)
    }

    async fn remove_backup(
        &self,
        project: ProjectId,
        id: AssetId,
    ) -> Result<Option<Backup>, StoreError> {
        let action = "remove a backup";
        let row = sqlx::query("DELETE FROM backups WHERE id = $1 AND project_id = $2 RETURNING *")
            .bind(id.to_string())
            .bind(project.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(action))?;
        row.as_ref()
            .map(read_backup)
            .transpose()
            .map_err(failed(action))
    }
}

fn read(row: &SqliteRow) -> Result<Asset, BoxedError> {
    let state: String = row.try_get("state")?;
    let created_by = match (
        parsed_option(row, "created_by_tenant")?,
        parsed_option(row, "created_by_user")?,
    ) {
        (Some(tenant), Some(user)) => Some(UserKey { tenant, user }),
        _ => None,
    };
    Ok(Asset {
        id: parsed(row, "id")?,
        project: row.try_get::<Option<i64>, _>("project_id")?.map(ProjectId),
        name: row.try_get("name")?,
        file_name: row.try_get("file_name")?,
        description: row.try_get("description")?,
        file_type: AssetFileType::from_number(u32::try_from(row.try_get::<i64, _>("file_type")?)?),
        artifact: row.try_get("artifact")?,
        state: AssetState::from_stored(&state, row.try_get("finding")?)
            .ok_or_else(|| format!("unknown state of an asset: {state}"))?,
        size_bytes: row
            .try_get::<Option<i64>, _>("size_bytes")?
            .map(u64::try_from)
            .transpose()?,
        created_at: instant(row, "created_at")?,
        modified_at: instant(row, "modified_at")?,
        created_by,
    })
}
