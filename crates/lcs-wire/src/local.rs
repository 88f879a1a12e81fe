//! What a local cloud tells machines about itself: the ready file.

use std::path::PathBuf;

use lcs_types::{EnvironmentId, ProjectId, TenantId, UserPrincipalName};
use serde::{Deserialize, Serialize};

/// The content of the ready file of `lcs serve`, written when connections are accepted.
///
/// It holds the passwords of a sample tenant, so it is written readable by its owner only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyFile {
    /// Scheme, host and port, for example `https://localhost:8443`.
    pub origin: String,
    /// The certificate authority that signed the server's certificate, PEM.
    pub ca_certificate: PathBuf,
    /// The tenant.
    pub tenant_id: TenantId,
    /// A domain of the tenant.
    pub tenant_domain: String,
    /// The tenant's authority, `{origin}/{tenant_id}`.
    pub authority: String,
    /// The base of Microsoft Graph calls, `{origin}/v1.0`.
    pub graph: String,
    /// The base of LCS calls.
    pub lcs_api: String,
    /// The resource that tokens for LCS are requested for, without trailing slash.
    pub lcs_resource: String,
    /// The sample project.
    pub project_id: ProjectId,
    /// The environments of the project.
    pub environments: Vec<ReadyEnvironment>,
    /// The users of the tenant.
    pub users: Vec<ReadyUser>,
}

/// An environment in the ready file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyEnvironment {
    /// Its id.
    pub id: EnvironmentId,
    /// Its name.
    pub name: String,
    /// `Production` or `Sandbox`.
    #[serde(rename = "type")]
    pub environment_type: String,
}

/// A user in the ready file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyUser {
    /// The sign-in name.
    pub user_principal_name: UserPrincipalName,
    /// The password that was made at first start.
    pub password: String,
    /// Directory roles, for example `Global Administrator`.
    pub roles: Vec<String>,
    /// Whether multifactor authentication is required of the user.
    pub mfa: bool,
    /// The secret of the user's authenticator app, base32, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_secret: Option<String>,
}

impl std::fmt::Debug for ReadyUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyUser")
            .field("user_principal_name", &self.user_principal_name)
            .field("roles", &self.roles)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}
