//! Answers of `/environmentinfo/v1/detail`.

use lcs_types::EnvironmentId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Envelope;

/// One page of environment metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EnvironmentPage {
    /// The number of this page, from 1.
    #[serde(default = "first_page")]
    pub result_page_current: u32,
    /// Whether another page follows.
    #[serde(default)]
    pub result_has_more_pages: bool,
    /// The environments of this page; null on failures.
    #[serde(default)]
    pub data: Option<Vec<EnvironmentDetail>>,
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
}

pub(super) const fn first_page() -> u32 {
    1
}

/// The metadata of one environment ("Get environment metadata" reference page). Older services
/// leave fields out and newer ones send null, so everything but the identity is optional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "field names are those of the reference page")]
pub struct EnvironmentDetail {
    pub environment_id: EnvironmentId,
    pub environment_name: String,
    #[serde(deserialize_with = "super::movement::number")]
    #[schemars(with = "i64")]
    pub project_id: i64,
    #[serde(default)]
    pub environment_infrastructure: Option<String>,
    #[serde(default)]
    pub environment_type: Option<String>,
    #[serde(default)]
    pub environment_group: Option<String>,
    #[serde(default)]
    pub environment_product: Option<String>,
    #[serde(default)]
    pub environment_endpoint_base_url: Option<String>,
    #[serde(default)]
    pub deployment_state: Option<String>,
    #[serde(default)]
    pub topology_display_name: Option<String>,
    #[serde(default)]
    pub current_application_build_version: Option<String>,
    #[serde(default)]
    pub current_application_release_name: Option<String>,
    #[serde(default)]
    pub current_platform_release_name: Option<String>,
    #[serde(default)]
    pub current_platform_version: Option<String>,
    #[serde(default, rename = "DeployedOnUTC")]
    pub deployed_on_utc: Option<String>,
    #[serde(default)]
    pub cloud_storage_location: Option<String>,
    #[serde(default)]
    pub disaster_recovery_location: Option<String>,
    #[serde(default)]
    pub deployment_status_display: Option<String>,
    #[serde(default)]
    pub can_start: Option<bool>,
    #[serde(default)]
    pub can_stop: Option<bool>,
    #[serde(default)]
    pub database_daily_backups_enabled: Option<bool>,
    #[serde(default)]
    pub database_backup_location: Option<String>,
}
