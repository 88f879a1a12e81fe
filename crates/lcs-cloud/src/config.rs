//! What a local cloud consists of, from one TOML file or the Contoso sample.
//!
//! It is applied when a data directory is first started; later starts keep what is in the
//! directory. The shipped sample (`docs/reference/local-cloud.toml`) equals the built-in one; a
//! test holds them together.

mod environments;
mod lcs;

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use lcs_directory::{
    Inferences,
    model::{RefreshTokenReuse, TenantSettings},
};
use lcs_projects::ProjectRole;
use lcs_sample::facts;
use lcs_types::{Domain, ProjectId, TenantId, UserId, UserPrincipalName};
use serde::{Deserialize, Serialize};

pub use self::{
    environments::{EnvironmentConfig, EnvironmentKind, InfrastructureKind, LifecycleKind},
    lcs::{LcsConfig, SharedAssetConfig, TrustedMemberConfig, TrustedTenantConfig},
};
use crate::data_directory::{DataDirectory, DataDirectoryError, io_error, write_private};

/// A configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("could not read `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what is expected; the message names line and key.
    #[error("`{path}` is not a valid configuration")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A number is too small or too large.
    #[error("`{key}` takes a number from {} to {}", .range.start(), .range.end())]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// What it takes.
        range: RangeInclusive<u32>,
    },
    /// The parts do not fit together.
    #[error("the configuration is contradictory: {0}")]
    Contradiction(String),
}

/// Everything that a local cloud starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudConfig {
    /// The directory.
    pub tenant: TenantConfig,
    /// The LCS project.
    pub project: ProjectConfig,
    /// How long tokens live, and the keys that sign them.
    #[serde(default)]
    pub tokens: TokenConfig,
    /// How Microsoft Graph behaves.
    #[serde(default)]
    pub graph: GraphConfig,
    /// How the LCS API behaves.
    #[serde(default)]
    pub lcs: LcsConfig,
    /// What is believed of Entra although no document says so.
    #[serde(default)]
    pub inferred: Inferences,
    /// The users of the tenant.
    pub users: Vec<UserConfig>,
    /// Tenants beside it, whose users are strangers to the project or guests.
    #[serde(default)]
    pub other_tenants: Vec<OtherTenantConfig>,
    /// The environments of the project.
    pub environments: Vec<EnvironmentConfig>,
}

/// A tenant beside the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherTenantConfig {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub display_name: String,
    /// Its domain.
    pub domain: Domain,
    /// What its administrators may set.
    #[serde(default)]
    pub settings: TenantSettings,
    /// Its users.
    #[serde(default)]
    pub users: Vec<UserConfig>,
}

/// The tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantConfig {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub display_name: String,
    /// Its domain.
    pub domain: Domain,
    /// What its administrators may set.
    #[serde(default)]
    pub settings: TenantSettings,
}

/// The LCS project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectConfig {
    /// Its number.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// The number of the organization that owns it.
    pub organization_id: i64,
}

/// How long tokens live, and the keys that sign them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// The lifetime of access tokens; when absent it is random in Entra's range of 60 to 90
    /// minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_seconds: Option<u32>,
    /// What becomes of a refresh token once a renewal replaced it: `allowed`, as at the service, or
    /// `revokes_family`.
    #[serde(default)]
    pub refresh_token_reuse: RefreshTokenReuse,
    /// After how many days a signing key hands over to the next one; when absent, 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key_days: Option<u32>,
}

/// How Microsoft Graph behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphConfig {
    /// For how long after its creation an application is not known everywhere, in seconds; none
    /// when absent. At the service it is seconds, rarely minutes.
    #[serde(default)]
    pub consistency_delay_seconds: u32,
}

/// Longer than ever seen at the service.
const CONSISTENCY_DELAY_SECONDS: RangeInclusive<u32> = 0..=600;

impl GraphConfig {
    fn check(self) -> Result<(), ConfigError> {
        if CONSISTENCY_DELAY_SECONDS.contains(&self.consistency_delay_seconds) {
            return Ok(());
        }
        Err(ConfigError::OutOfRange {
            key: "consistency_delay_seconds",
            range: CONSISTENCY_DELAY_SECONDS,
        })
    }
}

/// At most a day, as Entra's own policies allow ("Configurable token lifetimes"); shorter than its ten
/// minutes, so that renewal can be rehearsed.
const ACCESS_TOKEN_SECONDS: RangeInclusive<u32> = 1..=86_400;
/// A key is next for as long as it is active, and a day at least, so that those who validate tokens
/// know it in time; both must end before its certificate of five years does.
const SIGNING_KEY_DAYS: RangeInclusive<u32> = 1..=730;

impl TokenConfig {
    /// After how many days a signing key hands over to the next one.
    pub(crate) fn signing_key_days(&self) -> i64 {
        i64::from(self.signing_key_days.unwrap_or(60))
    }

    fn check(&self) -> Result<(), ConfigError> {
        for (key, value, range) in [
            (
                "access_token_seconds",
                self.access_token_seconds,
                ACCESS_TOKEN_SECONDS,
            ),
            ("signing_key_days", self.signing_key_days, SIGNING_KEY_DAYS),
        ] {
            if value.is_some_and(|value| !range.contains(&value)) {
                return Err(ConfigError::OutOfRange { key, range });
            }
        }
        Ok(())
    }
}

/// A user. The password is made at first start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// The object id.
    pub id: UserId,
    /// The sign-in name.
    pub user_principal_name: UserPrincipalName,
    /// The name shown to people.
    pub display_name: String,
    /// Directory roles, for example `Global Administrator`.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Whether multifactor authentication is required.
    #[serde(default)]
    pub mfa: bool,
    /// Whether the password must be changed at the first sign-in.
    #[serde(default)]
    pub must_change_password: bool,
    /// The sign-in name of the account of another tenant here that this guest is; a guest has no
    /// password of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_from: Option<UserPrincipalName>,
    /// The role in the project; without one the user is no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_role: Option<ProjectRoleName>,
    /// Whether the invitation to the project was accepted; only then the role counts.
    #[serde(default, skip_serializing_if = "InvitationAnswer::is_accepted")]
    pub project_invitation: InvitationAnswer,
}

/// What a user answered to the invitation to the project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitationAnswer {
    /// Yes.
    #[default]
    Accepted,
    /// Nothing yet.
    Pending,
    /// No.
    Declined,
}

impl InvitationAnswer {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde's skip_serializing_if passes a reference"
    )]
    fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }
}

/// A role in the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProjectRoleName {
    /// May do everything.
    #[serde(rename = "Project owner")]
    ProjectOwner,
    /// May move databases.
    #[serde(rename = "Environment manager")]
    EnvironmentManager,
    /// Works on the asset library.
    #[serde(rename = "Project team member")]
    ProjectTeamMember,
    /// May look only, at the asset library.
    #[serde(rename = "Read only")]
    ReadOnly,
}

impl From<ProjectRoleName> for ProjectRole {
    fn from(name: ProjectRoleName) -> Self {
        match name {
            ProjectRoleName::ProjectOwner => Self::ProjectOwner,
            ProjectRoleName::EnvironmentManager => Self::EnvironmentManager,
            ProjectRoleName::ProjectTeamMember => Self::ProjectTeamMember,
            ProjectRoleName::ReadOnly => Self::ReadOnly,
        }
    }
}

impl CloudConfig {
    /// The Contoso sample.
    ///
    /// # Panics
    ///
    /// Never: the sample's names are legal; a test reads them.
    pub fn contoso() -> Self {
        let name = "the sample's names are legal";
        Self {
            tenant: TenantConfig {
                id: facts::TENANT.id,
                display_name: facts::TENANT.display_name.to_owned(),
                domain: facts::TENANT.domain.parse().expect(name),
                settings: TenantSettings::default(),
            },
            project: ProjectConfig {
                id: facts::PROJECT.id,
                name: facts::PROJECT.name.to_owned(),
                organization_id: facts::PROJECT.organization_id,
            },
            tokens: TokenConfig::default(),
            graph: GraphConfig::default(),
            lcs: LcsConfig::default(),
            inferred: Inferences::default(),
            users: facts::USERS
                .iter()
                .map(|user| UserConfig {
                    id: user.id,
                    user_principal_name: user.user_principal_name.parse().expect(name),
                    display_name: user.display_name.to_owned(),
                    roles: match user.directory_role {
                        facts::DirectoryRole::GlobalAdministrator => {
                            vec!["Global Administrator".to_owned()]
                        }
                        facts::DirectoryRole::None => Vec::new(),
                    },
                    mfa: user.multifactor == facts::Multifactor::Required,
                    must_change_password: false,
                    guest_from: None,
                    project_invitation: InvitationAnswer::Accepted,
                    project_role: Some(match user.project_role {
                        facts::ProjectRole::ProjectOwner => ProjectRoleName::ProjectOwner,
                        facts::ProjectRole::EnvironmentManager => {
                            ProjectRoleName::EnvironmentManager
                        }
                    }),
                })
                .collect(),
            other_tenants: Vec::new(),
            environments: facts::ENVIRONMENTS
                .iter()
                .map(EnvironmentConfig::sample)
                .collect(),
        }
    }

    /// Reads a TOML file; relative paths of databases and shared assets count from the file's
    /// folder.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the file cannot be read, has an unknown or missing key, or
    /// contradicts itself.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let mut config: Self = toml::from_str(&text).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let databases = config.environments.iter_mut();
        let databases = databases.filter_map(|environment| environment.database.as_mut());
        let assets = config.lcs.shared_assets.iter_mut();
        for file in databases.chain(assets.map(|asset| &mut asset.file)) {
            // An absolute path stays what it is.
            *file = folder.join(&*file);
        }
        config.check()?;
        Ok(config)
    }

    /// Makes this database the production environment's.
    pub fn use_source(&mut self, path: PathBuf) {
        let production = self
            .environments
            .iter_mut()
            .find(|each| each.kind == EnvironmentKind::Production);
        if let Some(production) = production {
            production.database = Some(path);
        }
    }

    /// Whether the other describes the same tenant, project, users and environments, so that a
    /// data directory of one may be started as the other.
    pub(crate) fn is_same_cloud(&self, other: &Self) -> bool {
        let environments = |config: &Self| -> Vec<EnvironmentConfig> {
            let without_source = |each: &EnvironmentConfig| EnvironmentConfig {
                database: None,
                ..each.clone()
            };
            config.environments.iter().map(without_source).collect()
        };
        (&self.tenant, &self.project, &self.users) == (&other.tenant, &other.project, &other.users)
            && self.other_tenants == other.other_tenants
            && environments(self) == environments(other)
    }

    /// What the data directory at this path was first started as; `None` when it never was.
    ///
    /// # Errors
    ///
    /// [`DataDirectoryError`] when it cannot be read or understood.
    pub fn of_data_directory(path: &Path) -> Result<Option<Self>, DataDirectoryError> {
        Self::kept(&DataDirectory::new(path))
    }

    /// What a data directory was first started as.
    pub(crate) fn kept(directory: &DataDirectory) -> Result<Option<Self>, DataDirectoryError> {
        let path = directory.config_file();
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|source| DataDirectoryError::Damaged { path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(io_error("read", &path)(source)),
        }
    }

    /// Remembers what a data directory is started as.
    pub(crate) fn keep(&self, directory: &DataDirectory) -> Result<(), DataDirectoryError> {
        let path = directory.config_file();
        let text =
            serde_json::to_vec_pretty(self).map_err(|source| DataDirectoryError::Damaged {
                path: path.clone(),
                source,
            })?;
        write_private(&path, &text)
    }

    fn check_users(&self, users: &[UserConfig], own: &[Domain]) -> Result<(), ConfigError> {
        let contradiction = |text: String| Err(ConfigError::Contradiction(text));
        for (index, user) in users.iter().enumerate() {
            let is_taken = |other: &UserConfig| {
                other.id == user.id || other.user_principal_name == user.user_principal_name
            };
            let name = &user.user_principal_name;
            if users[..index].iter().any(is_taken) {
                return contradiction(format!("user {name} stands twice"));
            }
            if !own.contains(&name.domain()) {
                let domain = &own[0];
                return contradiction(format!(
                    "user {name} is not of the tenant's domain {domain}"
                ));
            }
            match &user.guest_from {
                Some(home) if self.home_of(home).is_none() => {
                    return contradiction(format!("guest {name} is from {home}, who is nowhere"));
                }
                Some(home) if own.contains(&home.domain()) => {
                    return contradiction(format!("guest {name} is at home in the same tenant"));
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    /// The account with this sign-in name in any of the tenants, for its guests elsewhere.
    pub(crate) fn home_of(&self, name: &UserPrincipalName) -> Option<(TenantId, UserId)> {
        let first = (self.tenant.id, &self.users);
        let others = self.other_tenants.iter().map(|each| (each.id, &each.users));
        std::iter::once(first)
            .chain(others)
            .find_map(|(tenant, users)| {
                let user = users
                    .iter()
                    .find(|user| user.user_principal_name == *name && user.guest_from.is_none())?;
                Some((tenant, user.id))
            })
    }

    /// The users of all tenants.
    pub fn all_users(&self) -> impl Iterator<Item = &UserConfig> {
        let others = self.other_tenants.iter().flat_map(|tenant| &tenant.users);
        self.users.iter().chain(others)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.tokens.check()?;
        self.graph.check()?;
        self.lcs.check()?;
        let contradiction = |text: String| Err(ConfigError::Contradiction(text));
        let own = domains(&self.tenant.domain, &self.tenant.settings);
        self.check_users(&self.users, &own)?;
        for (index, tenant) in self.other_tenants.iter().enumerate() {
            let is_taken =
                |other: &OtherTenantConfig| other.id == tenant.id || other.domain == tenant.domain;
            let is_first = tenant.id == self.tenant.id || tenant.domain == self.tenant.domain;
            if is_first || self.other_tenants[..index].iter().any(is_taken) {
                return contradiction(format!("tenant {} stands twice", tenant.domain));
            }
            self.check_users(&tenant.users, &domains(&tenant.domain, &tenant.settings))?;
        }
        for (index, environment) in self.environments.iter().enumerate() {
            let is_taken = |other: &EnvironmentConfig| {
                other.id == environment.id || other.name.eq_ignore_ascii_case(&environment.name)
            };
            if self.environments[..index].iter().any(is_taken) {
                return contradiction(format!("environment {} stands twice", environment.name));
            }
        }
        Ok(())
    }
}

/// The domains of a tenant: its own, then those that are federated.
pub(crate) fn domains(domain: &Domain, settings: &TenantSettings) -> Vec<Domain> {
    let federated = settings.federations.iter().map(|each| each.domain.clone());
    std::iter::once(domain.clone()).chain(federated).collect()
}

#[cfg(test)]
mod tests;
