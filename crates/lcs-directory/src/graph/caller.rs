//! Who calls Graph, and what that lets them do.

use lcs_tokens::{Policy, ValidatedToken};
use lcs_types::{ClientId, TenantId, UserId};
use lcs_wire::well_known::{GRAPH_CLIENT_ID, GRAPH_RESOURCE};

use super::{GraphFailed, GraphRefusal};
use crate::{Directory, error::DirectoryFailure, model::DirectoryRole};

/// A user who calls Graph through a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphCaller {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The application that the user calls through.
    pub client: ClientId,
    /// The values of `scp`.
    pub scopes: Vec<String>,
    /// The user's directory roles, as the token has them.
    pub roles: Vec<DirectoryRole>,
}

impl GraphCaller {
    /// The caller behind a token that was validated with [`Directory::graph_policy`].
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::InvalidToken`] when no user stands behind it.
    pub fn from_token(token: &ValidatedToken) -> Result<Self, GraphRefusal> {
        let refuse = |reason: &str| GraphRefusal::InvalidToken {
            reason: reason.to_owned(),
        };
        let scopes: Vec<String> = token.scopes().map(str::to_owned).collect();
        if scopes.is_empty() || token.text("idtyp") == Some("app") {
            return Err(refuse(
                "Application tokens are not supported; sign in as a user.",
            ));
        }
        let user = token.text("oid").and_then(|text| text.parse().ok());
        let user = user.ok_or_else(|| refuse("The token has no user."))?;
        let client = token.text("appid").and_then(|text| text.parse().ok());
        let client = client.ok_or_else(|| refuse("The token has no application."))?;
        let roles = token
            .claims
            .get("wids")
            .and_then(serde_json::Value::as_array);
        let roles = roles
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_str)
            .filter_map(DirectoryRole::from_template_id)
            .collect();
        Ok(Self {
            tenant: token.tenant,
            user,
            client,
            scopes,
            roles,
        })
    }

    /// Refuses a token that has none of these permissions.
    pub(crate) fn require_scope(&self, any_of: &[&str]) -> Result<(), GraphRefusal> {
        let has = |wanted: &&str| self.scopes.iter().any(|scope| scope == wanted);
        if any_of.iter().any(has) {
            Ok(())
        } else {
            Err(GraphRefusal::Denied)
        }
    }

    /// The same, and a role that manages applications.
    pub(crate) fn require_administrator(&self, any_of: &[&str]) -> Result<(), GraphRefusal> {
        self.require_scope(any_of)?;
        if self.roles.iter().any(|role| role.manages_applications()) {
            Ok(())
        } else {
            Err(GraphRefusal::Denied)
        }
    }

    pub(crate) fn may_read_applications(&self) -> Result<(), GraphRefusal> {
        self.require_scope(&[
            "Application.Read.All",
            "Application.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])
    }

    pub(crate) fn may_write_applications(&self) -> Result<(), GraphRefusal> {
        self.require_administrator(&[
            "Application.ReadWrite.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])
    }

    pub(crate) fn may_assign_roles(&self) -> Result<(), GraphRefusal> {
        self.require_administrator(&[
            "AppRoleAssignment.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])
    }

    pub(crate) fn may_read_logs(&self) -> Result<(), GraphRefusal> {
        self.require_global_administrator(&["AuditLog.Read.All"])
    }

    pub(crate) fn may_read_policies(&self) -> Result<(), GraphRefusal> {
        self.require_global_administrator(&[
            "Policy.Read.All",
            "Policy.ReadWrite.ConditionalAccess",
        ])
    }

    pub(crate) fn may_write_policies(&self) -> Result<(), GraphRefusal> {
        self.require_global_administrator(&["Policy.ReadWrite.ConditionalAccess"])
    }

    pub(crate) fn may_revoke_sessions(&self) -> Result<(), GraphRefusal> {
        self.require_global_administrator(&[
            "User.RevokeSessions.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])
    }

    fn require_global_administrator(&self, any_of: &[&str]) -> Result<(), GraphRefusal> {
        self.require_scope(any_of)?;
        if self.roles.contains(&DirectoryRole::GlobalAdministrator) {
            Ok(())
        } else {
            Err(GraphRefusal::Denied)
        }
    }

    pub(crate) fn may_read_grants(&self) -> Result<(), GraphRefusal> {
        self.require_scope(&[
            "DelegatedPermissionGrant.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])
    }

    pub(crate) fn may_write_grants(&self) -> Result<(), GraphRefusal> {
        self.require_administrator(&[
            "DelegatedPermissionGrant.ReadWrite.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])
    }
}

impl Directory {
    /// What Graph accepts of tokens issued at these origins.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn graph_policy(&self, origins: &[&str]) -> Result<Policy, DirectoryFailure> {
        Ok(Policy {
            issuers: self.issuers(origins).await?,
            audiences: vec![
                GRAPH_RESOURCE.to_owned(),
                "https://graph.microsoft.us".to_owned(),
            ],
            client_id: GRAPH_CLIENT_ID,
        })
    }

    /// The caller behind the token of a request to Graph.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::InvalidToken`] with what is wrong; a failure of ours.
    pub async fn graph_caller(
        &self,
        token: &lcs_types::Secret,
        origins: &[&str],
    ) -> Result<GraphCaller, GraphFailed> {
        let policy = self.graph_policy(origins).await?;
        let keys = self.published_keys().await?;
        let token = lcs_tokens::validate(token.expose(), &keys, &policy, self.now()).map_err(
            |rejected| GraphRefusal::InvalidToken {
                reason: rejected.to_string(),
            },
        )?;
        Ok(GraphCaller::from_token(&token)?)
    }
}
