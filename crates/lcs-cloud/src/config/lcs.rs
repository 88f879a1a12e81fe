//! How the LCS API of a local cloud behaves.

use std::path::PathBuf;

use lcs_server::LcsSettings;
use lcs_types::{AssetId, Region, TenantId, UserId};
use lcs_wire::lcs::AssetFileType;
use serde::{Deserialize, Serialize};

use super::{ConfigError, ProjectRoleName};

/// How the LCS API behaves. Without the table it behaves as the service does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LcsConfig {
    /// Whether calls beyond the documented limits are answered with 429.
    #[serde(default = "yes")]
    pub request_limits: bool,
    /// The end of life of this version of the API, UTC; answers name it as `VersionEOL`. When
    /// absent none is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_end_of_life: Option<jiff::civil::DateTime>,
    /// The geographies whose instances of LCS are served beside the first one: `eu` at
    /// `https://eu.localhost:8443`, with the audience of the service in Europe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<String>,
    /// Whether Entra, Graph and the sign-in pages are served; `false` behind the real Entra.
    #[serde(default = "yes")]
    pub identity_provider: bool,
    /// The tenants of other identity providers whose tokens are taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_tenants: Vec<TrustedTenantConfig>,
    /// The files of the shared asset library.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_assets: Vec<SharedAssetConfig>,
}

/// A file of the shared asset library, which Microsoft fills at the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedAssetConfig {
    /// Its id.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its type, by name or number, as `lcs asset list --type` takes it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The file; it is copied when the cloud first knows it.
    pub file: PathBuf,
}

impl SharedAssetConfig {
    /// Its type.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Contradiction`] for a word that is none.
    pub(crate) fn file_type(&self) -> Result<AssetFileType, ConfigError> {
        self.kind.parse().map_err(|_| {
            ConfigError::Contradiction(format!("`{}` is no type of an asset", self.kind))
        })
    }
}

/// A tenant of Microsoft Entra, or of whatever publishes the same documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedTenantConfig {
    /// Its id.
    pub id: TenantId,
    /// Where its discovery documents are, without the tenant.
    #[serde(default = "microsoft")]
    pub authority: String,
    /// The file of a certificate, PEM, to trust when fetching them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_certificate: Option<PathBuf>,
    /// Its users who are members of the project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<TrustedMemberConfig>,
}

/// A user of a trusted tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedMemberConfig {
    /// The object id.
    pub user: UserId,
    /// The role in the project.
    pub role: ProjectRoleName,
}

fn microsoft() -> String {
    "https://login.microsoftonline.com".to_owned()
}

const fn yes() -> bool {
    true
}

impl Default for LcsConfig {
    fn default() -> Self {
        Self {
            request_limits: true,
            version_end_of_life: None,
            instances: Vec::new(),
            identity_provider: true,
            trusted_tenants: Vec::new(),
            shared_assets: Vec::new(),
        }
    }
}

impl LcsConfig {
    pub(crate) const fn settings(&self) -> LcsSettings {
        LcsSettings {
            request_limits: self.request_limits,
            version_end_of_life: self.version_end_of_life,
            has_identity_provider: self.identity_provider,
        }
    }

    /// The geographies that are named.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Contradiction`] for a name that is none, or that of the first instance.
    pub(crate) fn regions(&self) -> Result<Vec<Region>, ConfigError> {
        let region = |name: &String| match name.parse() {
            Ok(Region::UnitedStates) => Err(ConfigError::Contradiction(
                "the instance `us` is the server itself".to_owned(),
            )),
            Ok(region) => Ok(region),
            Err(_) => Err(ConfigError::Contradiction(format!(
                "`{name}` is no instance of LCS; there are {}",
                Region::ALL.map(Region::name).join(", ")
            ))),
        };
        self.instances.iter().map(region).collect()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.regions()?;
        for asset in &self.shared_assets {
            asset.file_type()?;
        }
        for tenant in &self.trusted_tenants {
            let is_https = tenant.authority.starts_with("https://");
            if !is_https {
                return Err(ConfigError::Contradiction(format!(
                    "the authority `{}` of a trusted tenant is not https",
                    tenant.authority
                )));
            }
        }
        if !self.identity_provider && self.trusted_tenants.is_empty() {
            return Err(ConfigError::Contradiction(
                "without the identity provider there must be a trusted tenant".to_owned(),
            ));
        }
        Ok(())
    }
}
