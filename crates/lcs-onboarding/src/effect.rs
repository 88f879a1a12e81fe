//! What a set-up did to the tenant, one entry for each write, as undoing it needs to know.

use lcs_types::{ClientId, ObjectId, PermissionId};
use lcs_wire::{graph::OAuth2PermissionGrant, well_known::LCS_CLIENT_ID};
use serde::{Deserialize, Serialize};

use crate::facts::Facts;

/// How the label starts that every object bears which a set-up created.
pub const MARK: &str = "lcs-setup";

/// One write. Ids are absent until Graph has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Effect {
    /// An application was created.
    CreatedApplication {
        /// Its object id.
        id: Option<ObjectId>,
    },
    /// A redirect URI was added.
    AddedRedirectUri {
        /// The application.
        application: ObjectId,
        /// The URI.
        uri: String,
    },
    /// A delegated permission of LCS was added to what the application asks for.
    AddedPermission {
        /// The application.
        application: ObjectId,
        /// The permission.
        permission: PermissionId,
    },
    /// The public client switch was switched on.
    SwitchedOn {
        /// The application.
        application: ObjectId,
        /// How it stood.
        before: Option<bool>,
    },
    /// An application was made present in the tenant.
    CreatedServicePrincipal {
        /// The application.
        app_id: ClientId,
        /// The object id of the service principal.
        id: Option<ObjectId>,
    },
    /// An administrator's grant was created.
    CreatedGrant {
        /// The service principal of the client.
        client: ObjectId,
        /// That of the resource.
        resource: ObjectId,
        /// Its values.
        scope: String,
    },
    /// Values were added to an administrator's grant.
    AddedScope {
        /// The service principal of the client.
        client: ObjectId,
        /// That of the resource.
        resource: ObjectId,
        /// The values that were added.
        scope: String,
    },
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whether Graph has answered.
    pub is_done: bool,
    /// What was done, or was about to be.
    #[serde(flatten)]
    pub effect: Effect,
}

impl Effect {
    /// What became of an effect whose answer never came: completed if the tenant shows it, nothing
    /// if it does not. `mark` is the label of this record.
    pub(crate) fn settled(&self, facts: &Facts, mark: &str) -> Option<Self> {
        let is_ours = |tags: &[String]| tags.iter().any(|tag| tag == mark);
        match self {
            Self::CreatedApplication { .. } => facts
                .applications
                .iter()
                .find(|application| is_ours(&application.tags))
                .map(|application| Self::CreatedApplication {
                    id: Some(application.id),
                }),
            Self::CreatedServicePrincipal { app_id, .. } => {
                let principal = if *app_id == LCS_CLIENT_ID {
                    &facts.lcs
                } else {
                    &facts.client
                };
                principal
                    .as_ref()
                    .filter(|found| found.app_id == *app_id && is_ours(&found.tags))
                    .map(|found| Self::CreatedServicePrincipal {
                        app_id: *app_id,
                        id: Some(found.id),
                    })
            }
            Self::CreatedGrant { .. } | Self::AddedScope { .. } => {
                let grants = [&facts.grant, &facts.sign_in.grant];
                let is_there = grants
                    .into_iter()
                    .flatten()
                    .any(|grant| self.is_of(grant) && self.is_held_by(grant));
                is_there.then(|| self.clone())
            }
            // Values, which undoing looks for anyway.
            Self::AddedRedirectUri { .. }
            | Self::AddedPermission { .. }
            | Self::SwitchedOn { .. } => Some(self.clone()),
        }
    }

    /// Whether the effect is about this grant.
    pub(crate) fn is_of(&self, grant: &OAuth2PermissionGrant) -> bool {
        match self {
            Self::CreatedGrant {
                client, resource, ..
            }
            | Self::AddedScope {
                client, resource, ..
            } => grant.client_id == *client && grant.resource_id == *resource,
            _ => false,
        }
    }

    fn is_held_by(&self, grant: &OAuth2PermissionGrant) -> bool {
        match self {
            Self::CreatedGrant { scope, .. } | Self::AddedScope { scope, .. } => scope
                .split_whitespace()
                .any(|word| grant.scope.split_whitespace().any(|held| held == word)),
            _ => false,
        }
    }
}
