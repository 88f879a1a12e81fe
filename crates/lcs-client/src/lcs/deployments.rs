//! Packages for environments, Commerce Scale Units and e-commerce (`/environment/v2`).

use lcs_types::{AssetId, EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::{DeploymentStatus, ECommerceDeploymentStarted, FetchStatus};
use reqwest::Method;

use super::{LcsApi, OperationKind, StartedOperation, read};
use crate::{
    error::{ApiError, LostAnswer, Malformed},
    retry::Repeatable,
    transport::encoded,
};

/// Where a package goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeploymentTarget {
    /// To the environment itself, under this name.
    Environment {
        /// The `updateName`; self-service environments want one.
        update_name: String,
    },
    /// To an on-premises environment, under this name: it is only brought there, until
    /// [`LcsApi::finalize_update`].
    OnPremises {
        /// The `updateName`.
        update_name: String,
    },
    /// To the Commerce Scale Unit of this name.
    ScaleUnit(String),
    /// To the e-commerce environment with this id.
    ECommerce(String),
}

impl DeploymentTarget {
    /// What kind of operation it is.
    pub const fn kind(&self) -> OperationKind {
        match self {
            Self::Environment { .. } => OperationKind::Deployment,
            Self::OnPremises { .. } => OperationKind::Preparation,
            Self::ScaleUnit(_) => OperationKind::ScaleUnitDeployment,
            Self::ECommerce(_) => OperationKind::ECommerceDeployment,
        }
    }

    /// The scale unit or e-commerce environment.
    pub fn commerce(&self) -> Option<&str> {
        match self {
            Self::Environment { .. } | Self::OnPremises { .. } => None,
            Self::ScaleUnit(name) | Self::ECommerce(name) => Some(name),
        }
    }
}

impl LcsApi {
    /// Starts to deploy a package of the asset library.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; after [`ApiError::OutcomeUnknown`] the deployment may run.
    pub async fn deploy_package(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        asset: AssetId,
        target: &DeploymentTarget,
    ) -> Result<StartedOperation, ApiError> {
        let (project_text, environment_text, asset_text) = (
            project.to_string(),
            environment.to_string(),
            asset.to_string(),
        );
        let mut segments = vec![
            "environment",
            "v2",
            "applyupdate",
            "project",
            &project_text,
            "environment",
            &environment_text,
        ];
        match target {
            DeploymentTarget::Environment { .. } | DeploymentTarget::OnPremises { .. } => {}
            DeploymentTarget::ScaleUnit(name) => segments.extend(["commercescaleunit", name]),
            DeploymentTarget::ECommerce(id) => segments.extend(["ecommerce", id]),
        }
        segments.extend(["asset", &asset_text]);
        let mut url = self.transport.url(&segments);
        if let DeploymentTarget::Environment { update_name }
        | DeploymentTarget::OnPremises { update_name } = target
        {
            url.set_query(Some(&format!("updateName={}", encoded(update_name))));
        }
        let answer = self.send(Method::POST, url, Repeatable::No).await?;
        // The same shape without the id of its own, for all but e-commerce.
        let started: ECommerceDeploymentStarted = read("the answer to the deployment", &answer)
            .map_err(|malformed| ApiError::OutcomeUnknown(LostAnswer::Malformed(malformed)))?;
        let id = match target {
            DeploymentTarget::ECommerce(_) => {
                let malformed = Malformed {
                    what: "the id of the deployment",
                    line: 1,
                    column: 1,
                };
                started
                    .deployment_id
                    .ok_or(ApiError::OutcomeUnknown(LostAnswer::Malformed(malformed)))?
            }
            DeploymentTarget::Environment { .. }
            | DeploymentTarget::OnPremises { .. }
            | DeploymentTarget::ScaleUnit(_) => started.envelope.operation_activity_id,
        };
        Ok(StartedOperation {
            kind: target.kind(),
            project_id: project,
            environment_id: environment,
            operation_activity_id: id,
            commerce: target.commerce().map(str::to_owned),
        })
    }

    /// Starts to put in its place what was brought to an on-premises environment.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; after [`ApiError::OutcomeUnknown`] the deployment may run.
    pub async fn finalize_update(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        preparation: OperationActivityId,
    ) -> Result<StartedOperation, ApiError> {
        let url = self.transport.url(&[
            "environment",
            "v2",
            "finalizeupdate",
            "project",
            &project.to_string(),
            "environment",
            &environment.to_string(),
            "preparationactivityid",
            &preparation.to_string(),
        ]);
        let started = self.start("the answer to the deployment", url).await?;
        Ok(StartedOperation {
            kind: OperationKind::OnPremisesDeployment,
            project_id: project,
            environment_id: environment,
            operation_activity_id: started.operation_activity_id,
            commerce: None,
        })
    }

    /// How far a deployment is. LCS knows of a Commerce Scale Unit and of an on-premises environment
    /// only the last one.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn deployment_status(
        &self,
        operation: &StartedOperation,
    ) -> Result<FetchStatus, ApiError> {
        let (project, environment, id) = (
            operation.project_id.to_string(),
            operation.environment_id.to_string(),
            operation.operation_activity_id.to_string(),
        );
        let commerce = operation.commerce.as_deref().unwrap_or_default();
        let mut segments = vec![
            "environment",
            "v2",
            "fetchstatus",
            "project",
            &project,
            "environment",
            &environment,
        ];
        match operation.kind {
            OperationKind::Preparation | OperationKind::OnPremisesDeployment => {
                segments.push("onprem");
            }
            OperationKind::ScaleUnitDeployment => segments.extend(["commercescaleunit", commerce]),
            OperationKind::ECommerceDeployment => {
                segments.extend(["ecommerce", commerce, "deploymentactivity", &id]);
            }
            _ => {
                segments.extend(["operationactivity", &id]);
                let url = self.transport.url(&segments);
                return self.get("the status of the deployment", url).await;
            }
        }
        let url = self.transport.url(&segments);
        let status: DeploymentStatus = self.get("the status of the deployment", url).await?;
        Ok(FetchStatus {
            envelope: status.envelope,
            project_id: operation.project_id.0,
            environment_id: operation.environment_id,
            activity_id: status
                .activity_id
                .unwrap_or(operation.operation_activity_id),
            completion_date: None,
            operation_status: status.operation_status,
        })
    }
}
