//! Database movement: backups, refresh, export, status.

use std::fmt;

use lcs_types::{BackupName, EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::{DatabaseAsset, DatabaseList, FetchStatus};

use super::LcsApi;
use crate::error::ApiError;

/// What kind of operation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// One environment's database replaces another's.
    Refresh,
    /// An environment's database becomes a backup in the asset library.
    Export,
    /// A package is deployed to an environment.
    Deployment,
    /// A package is brought to an on-premises environment.
    Preparation,
    /// What was brought to an on-premises environment is put in its place.
    OnPremisesDeployment,
    /// An extension is deployed to a Commerce Scale Unit.
    ScaleUnitDeployment,
    /// A package is deployed to an e-commerce environment.
    ECommerceDeployment,
}

impl fmt::Display for OperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refresh => "refresh",
            Self::Export => "export",
            Self::Deployment => "deployment",
            Self::Preparation => "preparation",
            Self::OnPremisesDeployment => "on-premises deployment",
            Self::ScaleUnitDeployment => "scale unit deployment",
            Self::ECommerceDeployment => "e-commerce deployment",
        })
    }
}

/// An operation that LCS has accepted, with all that it takes to ask for its status.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StartedOperation {
    /// What it does.
    pub kind: OperationKind,
    /// The project.
    pub project_id: ProjectId,
    /// The environment to ask about: the target of a refresh, the source of an export.
    pub environment_id: EnvironmentId,
    /// Its id.
    pub operation_activity_id: OperationActivityId,
    /// The Commerce Scale Unit by name, or the e-commerce environment by id; of their deployments
    /// alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commerce: Option<String>,
}

impl LcsApi {
    /// The database backups of a project, each with a URL that is signed for this answer.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn databases(&self, project: ProjectId) -> Result<Vec<DatabaseAsset>, ApiError> {
        let url = self.transport.url(&[
            "databasemovement",
            "v1",
            "databases",
            "project",
            &project.to_string(),
        ]);
        let list: DatabaseList = self.get("the list of backups", url).await?;
        Ok(list.database_assets)
    }

    /// Starts to replace the target's database by a copy of the source's.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; after [`ApiError::OutcomeUnknown`] the refresh may run.
    pub async fn refresh(
        &self,
        project: ProjectId,
        source: EnvironmentId,
        target: EnvironmentId,
    ) -> Result<StartedOperation, ApiError> {
        let url = self.transport.url(&[
            "databasemovement",
            "v1",
            "refresh",
            "project",
            &project.to_string(),
            "source",
            &source.to_string(),
            "target",
            &target.to_string(),
        ]);
        let envelope = self.start("the answer to the refresh", url).await?;
        Ok(StartedOperation {
            kind: OperationKind::Refresh,
            project_id: project,
            environment_id: target,
            operation_activity_id: envelope.operation_activity_id,
            commerce: None,
        })
    }

    /// Starts to export the environment's database to the asset library under this name.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; after [`ApiError::OutcomeUnknown`] the export may run.
    pub async fn export(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        name: &BackupName,
    ) -> Result<StartedOperation, ApiError> {
        let url = self.transport.url(&[
            "databasemovement",
            "v1",
            "export",
            "project",
            &project.to_string(),
            "environment",
            &environment.to_string(),
            "backupName",
            name.as_str(),
        ]);
        let envelope = self.start("the answer to the export", url).await?;
        Ok(StartedOperation {
            kind: OperationKind::Export,
            project_id: project,
            environment_id: environment,
            operation_activity_id: envelope.operation_activity_id,
            commerce: None,
        })
    }

    /// How far an operation is. The environment is the target of a refresh, the source of an
    /// export.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn fetch_status(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        operation: OperationActivityId,
    ) -> Result<FetchStatus, ApiError> {
        let url = self.transport.url(&[
            "databasemovement",
            "v1",
            "fetchstatus",
            "project",
            &project.to_string(),
            "environment",
            &environment.to_string(),
            "operationactivity",
            &operation.to_string(),
        ]);
        self.get("the status of the operation", url).await
    }
}
