//! The environments of a configuration.

use std::path::PathBuf;

use lcs_projects::{EnvironmentType, Infrastructure, Lifecycle};
use lcs_sample::facts;
use lcs_types::EnvironmentId;
use serde::{Deserialize, Serialize};

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentConfig {
    /// Its id.
    pub id: EnvironmentId,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: EnvironmentKind,
    /// Where its users would sign in.
    pub base_url: String,
    /// For example `10.0.46`.
    pub application_release: String,
    /// For example `10.0.2428.63`.
    pub application_build: String,
    /// For example `Update70`.
    pub platform_release: String,
    /// For example `7.0.7778.29`.
    pub platform_version: String,
    /// When it was deployed, UTC.
    pub deployed_on: jiff::civil::DateTime,
    /// The Azure region that holds it.
    pub cloud_location: String,
    /// The Azure region that stands in after a disaster.
    pub disaster_recovery_location: String,
    /// Who runs it, and on what.
    #[serde(default, skip_serializing_if = "is_default")]
    pub infrastructure: InfrastructureKind,
    /// Whether it is there, and who manages it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lifecycle: LifecycleKind,
    /// Whether its machines were stopped when the cloud was first started; of cloud-hosted ones.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_stopped: bool,
    /// Whether a production environment is not live yet: then a sandbox's golden configuration may
    /// be moved there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub before_go_live: bool,
    /// The version of the financial reporting service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub financial_reporting: Option<String>,
    /// The most that its database may hold, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_capacity_bytes: Option<u64>,
    /// The Azure region of the daily backups of its database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_backup_location: Option<String>,
    /// The user's own SQLite database; without one a sample database is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<PathBuf>,
}

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnvironmentKind {
    /// The live system.
    Production,
    /// For acceptance tests.
    Sandbox,
    /// A developer's cloud-hosted machine.
    Development,
    /// A cloud-hosted machine that builds and tests.
    Build,
}

/// Who runs an environment, and on what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InfrastructureKind {
    /// Self-service deployment.
    #[default]
    SelfService,
    /// Virtual machines that Microsoft manages.
    MicrosoftManaged,
    /// Cloud-hosted virtual machines of the customer.
    CustomerManaged,
    /// The customer's own machines.
    OnPremises,
}

/// Whether an environment is there, and who manages it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LifecycleKind {
    /// LCS manages it.
    #[default]
    Active,
    /// The Power Platform admin center manages it.
    Migrated,
    /// It was deleted.
    Deleted,
}

/// Whether a setting need not be kept.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl EnvironmentConfig {
    /// One of the sample's.
    pub(super) fn sample(facts: &facts::EnvironmentFacts) -> Self {
        Self {
            id: facts.id,
            name: facts.name.to_owned(),
            kind: match facts.kind {
                facts::EnvironmentKind::Production => EnvironmentKind::Production,
                facts::EnvironmentKind::Sandbox => EnvironmentKind::Sandbox,
            },
            base_url: facts.base_url.to_owned(),
            application_release: facts.application_release.to_owned(),
            application_build: facts.application_build.to_owned(),
            platform_release: facts.platform_release.to_owned(),
            platform_version: facts.platform_version.to_owned(),
            deployed_on: facts.deployed_on,
            cloud_location: facts.cloud_location.to_owned(),
            disaster_recovery_location: facts.disaster_recovery_location.to_owned(),
            infrastructure: InfrastructureKind::SelfService,
            lifecycle: LifecycleKind::Active,
            is_stopped: false,
            before_go_live: false,
            financial_reporting: None,
            database_capacity_bytes: None,
            database_backup_location: None,
            database: None,
        }
    }
}

impl From<EnvironmentKind> for EnvironmentType {
    fn from(kind: EnvironmentKind) -> Self {
        match kind {
            EnvironmentKind::Production => Self::Production,
            EnvironmentKind::Sandbox => Self::Sandbox,
            EnvironmentKind::Development => Self::Development,
            EnvironmentKind::Build => Self::Build,
        }
    }
}

impl From<InfrastructureKind> for Infrastructure {
    fn from(kind: InfrastructureKind) -> Self {
        match kind {
            InfrastructureKind::SelfService => Self::SelfService,
            InfrastructureKind::MicrosoftManaged => Self::MicrosoftManaged,
            InfrastructureKind::CustomerManaged => Self::CustomerManaged,
            InfrastructureKind::OnPremises => Self::OnPremises,
        }
    }
}

impl From<LifecycleKind> for Lifecycle {
    fn from(kind: LifecycleKind) -> Self {
        match kind {
            LifecycleKind::Active => Self::Active,
            LifecycleKind::Migrated => Self::Migrated,
            LifecycleKind::Deleted => Self::Deleted,
        }
    }
}
