//! Who calls Graph, and what that lets them do.

use lcs_tokens::{Policy, ValidatedToken};
use lcs_types::{ClientId, CorrelationId, ObjectId, TenantId, UserId};
use lcs_wire::well_known::{GRAPH_CLIENT_ID, GRAPH_RESOURCE};

use super::{
    GraphFailed, GraphRefusal,
    operation::{Callers, Operation, RoleRequirement},
};
use crate::{
    Directory,
    error::DirectoryFailure,
    model::{Application, DirectoryRole, Initiator},
};

/// Who calls Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphCaller {
    /// The tenant.
    pub tenant: TenantId,
    /// The client.
    pub client: ClientId,
    /// A user through the client, or the client as itself.
    pub identity: Identity,
    /// The caller's id of its work, for the audit log.
    pub correlation_id: CorrelationId,
}

/// Behind a call stands a user or an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user, through a client.
    User {
        /// The user.
        id: UserId,
        /// The sign-in name.
        name: String,
        /// The values of `scp`.
        scopes: Vec<String>,
        /// The user's directory roles, as the token has them.
        roles: Vec<DirectoryRole>,
    },
    /// An application as itself.
    Application {
        /// Its service principal.
        principal: ObjectId,
        /// The values of `roles`.
        permissions: Vec<String>,
    },
}

impl GraphCaller {
    /// The caller behind a token that was validated with [`Directory::graph_policy`].
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::InvalidToken`] when neither a user nor an application with permissions
    /// stands behind it.
    pub fn from_token(
        token: &ValidatedToken,
        correlation_id: CorrelationId,
    ) -> Result<Self, GraphRefusal> {
        let refuse = |reason: &str| GraphRefusal::InvalidToken {
            reason: reason.to_owned(),
        };
        let client = token.text("appid").and_then(|text| text.parse().ok());
        let client = client.ok_or_else(|| refuse("The token has no client."))?;
        let object = token.text("oid").unwrap_or_default();
        let scopes: Vec<String> = token.scopes().map(str::to_owned).collect();
        let identity = if token.text("idtyp") == Some("app") || scopes.is_empty() {
            let principal = object.parse().ok();
            Identity::Application {
                principal: principal.ok_or_else(|| refuse("The token has no user."))?,
                permissions: texts(token, "roles"),
            }
        } else {
            let roles = texts(token, "wids");
            let roles = roles
                .iter()
                .filter_map(|id| DirectoryRole::from_template_id(id));
            Identity::User {
                id: object
                    .parse()
                    .map_err(|_| refuse("The token has no user."))?,
                name: token.text("upn").unwrap_or_default().to_owned(),
                scopes,
                roles: roles.collect(),
            }
        };
        Ok(Self {
            tenant: token.tenant,
            client,
            identity,
            correlation_id,
        })
    }

    /// Refuses a caller who may not do this to anything: without the permission, or without the
    /// role where nothing stands in for it.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; [`GraphRefusal::NeedsUser`] for an application where only a user
    /// makes sense.
    pub fn require(&self, operation: Operation) -> Result<(), GraphRefusal> {
        let requirement = operation.requirement();
        let is_application = matches!(self.identity, Identity::Application { .. });
        if is_application && requirement.callers == Callers::UsersOnly {
            return Err(GraphRefusal::NeedsUser);
        }
        self.require_permission(requirement.permissions)?;
        match requirement.role {
            RoleRequirement::AnyOf(roles) => self.require_role(roles),
            RoleRequirement::Nothing
            | RoleRequirement::AnyOfUnlessOwn(_)
            | RoleRequirement::AnyOfUnlessAllowed(_) => Ok(()),
        }
    }

    /// The same, where it is known whether the role may be missing: because the object is the
    /// caller's own, or because the tenant lets everybody.
    pub(crate) fn require_unless(
        &self,
        operation: Operation,
        is_exempt: bool,
    ) -> Result<(), GraphRefusal> {
        self.require(operation)?;
        if is_exempt {
            return Ok(());
        }
        self.require_role(operation.requirement().role.roles())
    }

    /// Refuses a caller who has none of these permissions.
    pub(crate) fn require_permission(&self, any_of: &[&str]) -> Result<(), GraphRefusal> {
        let held = match &self.identity {
            Identity::User { scopes, .. } => scopes,
            Identity::Application { permissions, .. } => permissions,
        };
        let is_held = |wanted: &&str| held.iter().any(|value| value == wanted);
        if any_of.iter().any(is_held) {
            Ok(())
        } else {
            Err(GraphRefusal::Denied)
        }
    }

    /// Refuses a user who holds none of these roles and is no global administrator. The permissions
    /// of an application need no role.
    pub(crate) fn require_role(&self, any_of: &[DirectoryRole]) -> Result<(), GraphRefusal> {
        let Identity::User { roles, .. } = &self.identity else {
            return Ok(());
        };
        let suffices = |role: &DirectoryRole| {
            *role == DirectoryRole::GlobalAdministrator || any_of.contains(role)
        };
        if roles.iter().any(suffices) {
            Ok(())
        } else {
            Err(GraphRefusal::Denied)
        }
    }

    /// The user, when one calls.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::NeedsUser`].
    pub(crate) fn user(&self) -> Result<UserId, GraphRefusal> {
        match &self.identity {
            Identity::User { id, .. } => Ok(*id),
            Identity::Application { .. } => Err(GraphRefusal::NeedsUser),
        }
    }

    /// Whether this user calls.
    pub(crate) fn is(&self, user: UserId) -> bool {
        matches!(&self.identity, Identity::User { id, .. } if *id == user)
    }

    /// Whether a global administrator calls.
    pub(crate) fn is_global_administrator(&self) -> bool {
        matches!(&self.identity, Identity::User { roles, .. }
            if roles.contains(&DirectoryRole::GlobalAdministrator))
    }

    /// Whether the caller is an owner of this application.
    pub(crate) fn owns(&self, application: &Application) -> bool {
        let owners = &application.settings.owners;
        self.user().is_ok_and(|user| owners.contains(&user))
    }

    /// The caller for the audit log.
    pub(crate) fn initiator(&self) -> Initiator {
        match &self.identity {
            Identity::User { id, name, .. } => Initiator::User {
                id: *id,
                user_principal_name: name.clone(),
            },
            Identity::Application { principal, .. } => Initiator::Application {
                client: self.client,
                service_principal: *principal,
            },
        }
    }
}

fn texts(token: &ValidatedToken, claim: &str) -> Vec<String> {
    let values = token
        .claims
        .get(claim)
        .and_then(serde_json::Value::as_array);
    let texts = values
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str());
    texts.map(str::to_owned).collect()
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
        correlation_id: CorrelationId,
    ) -> Result<GraphCaller, GraphFailed> {
        let policy = self.graph_policy(origins).await?;
        let keys = self.published_keys().await?;
        let token = lcs_tokens::validate(token.expose(), &keys, &policy, self.now()).map_err(
            |rejected| GraphRefusal::InvalidToken {
                reason: rejected.to_string(),
            },
        )?;
        Ok(GraphCaller::from_token(&token, correlation_id)?)
    }
}
