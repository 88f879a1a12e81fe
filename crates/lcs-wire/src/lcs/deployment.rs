//! `/environment/…`: package deployment in its variants, start and stop.
//!
//! Deploying a package to finance and operations is polled like a database movement, see
//! [`super::FetchStatus`]; the Commerce and on-premises variants have shapes of their own, read
//! from public clients.

use lcs_types::{EnvironmentId, OperationActivityId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Envelope, OperationStatus};

/// The status of the deployment to a Commerce Scale Unit or an on-premises environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentStatus {
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// How far it is; the words of Commerce are `NotStarted`, `Queued`, `Running`, `Succeeded`,
    /// `Failed`.
    pub operation_status: OperationStatus,
    /// What it is doing; of Commerce Scale Units only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_step: Option<String>,
    /// The deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<OperationActivityId>,
    /// The environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<EnvironmentId>,
}

/// The answer to starting an e-commerce deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ECommerceDeploymentStarted {
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// The id to poll; null on failures.
    #[serde(default)]
    pub deployment_id: Option<OperationActivityId>,
}

/// The answer of the first version of package deployment, superseded in 2020.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct LegacyActionStatus {
    /// How far it is.
    pub lcs_environment_action_status: OperationStatus,
    /// The operation.
    pub activity_id: OperationActivityId,
    /// The number to poll with.
    pub action_history_id: i64,
}

/// A failure of the first version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct LegacyFailure {
    /// Human text.
    pub message: String,
    /// A number; those of the service are not public.
    pub lcs_error_code: i64,
    /// The id of the call.
    pub activity_id: OperationActivityId,
}
