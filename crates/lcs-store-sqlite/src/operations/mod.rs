//! The operations port: the journal.

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_operations::{Operation, OperationJournal, OperationKind, OperationState, StartOutcome};
use lcs_projects::{Backup, StoreError, UserKey, limits};
use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use crate::{
    SqliteStore,
    column::{instant, instant_option, parsed, parsed_option},
    projects::{failed, insert_backup},
};

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

#[async_trait]
impl OperationJournal for SqliteStore {
    async fn start(&self, new: &Operation) -> Result<StartOutcome, StoreError> {
        let action = "record a new operation";
        // Immediate: the write lock is taken before the checks, so nobody starts in between.
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed(action))?;
        let obstacle = obstacle(&mut transaction, new)
            .await
            .map_err(failed(action))?;
        if let Some(obstacle) = obstacle {
            return Ok(obstacle);
        }
        insert(&mut transaction, new)
            .await
            .map_err(failed(action))?;
        transaction.commit().await.map_err(failed(action))?;
        Ok(StartOutcome::Started)
    }

    async fn save(&self, operation: &Operation) -> Result<(), StoreError> {
        let action = "write the journal of an operation";
        let mut connection = self.pool.acquire().await.map_err(failed(action))?;
        update(&mut connection, operation)
            .await
            .map_err(failed(action))
    }

    async fn publish(&self, operation: &Operation, backup: &Backup) -> Result<(), StoreError> {
        let action = "publish a backup";
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed(action))?;
        update(&mut transaction, operation)
            .await
            .map_err(failed(action))?;
        insert_backup(&mut transaction, backup)
            .await
            .map_err(failed(action))?;
        transaction.commit().await.map_err(failed(action))
    }

    async fn find(
        &self,
        project: ProjectId,
        id: OperationActivityId,
    ) -> Result<Option<Operation>, StoreError> {
        let action = "read an operation";
        let row = sqlx::query("SELECT * FROM operations WHERE project_id = $1 AND id = $2")
            .bind(project.0)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(action))?;
        row.as_ref().map(read).transpose().map_err(failed(action))
    }

    async fn unfinished(&self) -> Result<Vec<Operation>, StoreError> {
        let action = "read the unfinished operations";
        let rows = sqlx::query(
            "SELECT * FROM operations WHERE ended_at IS NULL ORDER BY started_at, rowid",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed(action))?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(failed(action))
    }

    async fn history(&self, environment: EnvironmentId) -> Result<Vec<Operation>, StoreError> {
        let action = "read the history of an environment";
        let rows = sqlx::query(
            "SELECT * FROM operations WHERE environment_id = $1 ORDER BY started_at DESC, rowid DESC",
        )
        .bind(environment.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(failed(action))?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(failed(action))
    }
}

/// What forbids the start, if anything does.
async fn obstacle(
    connection: &mut SqliteConnection,
    new: &Operation,
) -> Result<Option<StartOutcome>, BoxedError> {
    // An environment whose database is replaced or exported is busy for everybody; one that is
    // only read may be read by others too.
    let environment = new.kind.environment().to_string();
    let source = new.kind.source().map(|source| source.to_string());
    let busy = sqlx::query(
        "SELECT id, \
           CASE WHEN environment_id IN ($1, $2) THEN environment_id ELSE $1 END AS environment \
         FROM operations \
         WHERE ended_at IS NULL AND (environment_id IN ($1, $2) OR source_environment_id = $1) \
         ORDER BY started_at LIMIT 1",
    )
    .bind(&environment)
    .bind(source)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(row) = busy {
        return Ok(Some(StartOutcome::Busy {
            environment: parsed(&row, "environment")?,
            operation: parsed(&row, "id")?,
        }));
    }
    if !new.kind.is_movement() {
        return Ok(None);
    }
    let window = new.started_at - limits::START_WINDOW;
    let starts: Vec<i64> = sqlx::query_scalar(
        "SELECT started_at FROM operations \
         WHERE environment_id = $1 AND started_at > $2 AND is_movement",
    )
    .bind(&environment)
    .bind(window.as_microsecond())
    .fetch_all(connection)
    .await?;
    let starts = starts
        .into_iter()
        .map(Timestamp::from_microsecond)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(limits::limit_reached(&starts, new.started_at)
        .map(|window_start| StartOutcome::LimitReached { window_start }))
}

async fn insert(connection: &mut SqliteConnection, new: &Operation) -> Result<(), BoxedError> {
    sqlx::query(
        "INSERT INTO operations (id, project_id, environment_id, source_environment_id, kind, \
         started_by_tenant, started_by_user, started_at, state, ended_at, attempts, journal, \
         is_movement) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(new.id.to_string())
    .bind(new.project.0)
    .bind(new.kind.environment().to_string())
    .bind(new.kind.source().map(|source| source.to_string()))
    .bind(serde_json::to_string(&new.kind)?)
    .bind(new.started_by.tenant.to_string())
    .bind(new.started_by.user.to_string())
    .bind(new.started_at.as_microsecond())
    .bind(new.state.as_str())
    .bind(new.ended_at.map(Timestamp::as_microsecond))
    .bind(i64::from(new.attempts))
    .bind(serde_json::to_string(&new.journal)?)
    .bind(new.kind.is_movement())
    .execute(connection)
    .await?;
    Ok(())
}

async fn update(
    connection: &mut SqliteConnection,
    operation: &Operation,
) -> Result<(), BoxedError> {
    let result = sqlx::query(
        "UPDATE operations SET state = $2, ended_at = $3, attempts = $4, journal = $5 \
         WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(operation.id.to_string())
    .bind(operation.state.as_str())
    .bind(operation.ended_at.map(Timestamp::as_microsecond))
    .bind(i64::from(operation.attempts))
    .bind(serde_json::to_string(&operation.journal)?)
    .execute(connection)
    .await?;
    match result.rows_affected() {
        1 => Ok(()),
        _ => Err("the operation is unknown or has ended".into()),
    }
}

fn read(row: &SqliteRow) -> Result<Operation, BoxedError> {
    let kind: OperationKind = serde_json::from_str(row.try_get("kind")?)?;
    let environment: EnvironmentId = parsed(row, "environment_id")?;
    let source: Option<EnvironmentId> = parsed_option(row, "source_environment_id")?;
    if (environment, source) != (kind.environment(), kind.source()) {
        return Err("the operation's environments contradict each other".into());
    }
    let state: String = row.try_get("state")?;
    Ok(Operation {
        id: parsed(row, "id")?,
        project: ProjectId(row.try_get("project_id")?),
        kind,
        started_by: UserKey {
            tenant: parsed(row, "started_by_tenant")?,
            user: parsed(row, "started_by_user")?,
        },
        started_at: instant(row, "started_at")?,
        state: OperationState::from_word(&state)
            .ok_or_else(|| format!("unknown state of an operation: {state}"))?,
        ended_at: instant_option(row, "ended_at")?,
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?)?,
        journal: serde_json::from_str(row.try_get("journal")?)?,
    })
}
