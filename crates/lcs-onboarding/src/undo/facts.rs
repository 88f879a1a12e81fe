//! What stands in the tenant of what was recorded.

use std::collections::BTreeSet;

use lcs_client::{GraphApi, GraphCallError, ObjectAge};
use lcs_types::ObjectId;
use lcs_wire::graph::{Application, ConsentType, OAuth2PermissionGrant, ServicePrincipal};

use crate::effect::{Effect, Entry};

/// What is still there of what a record names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UndoFacts {
    /// The applications.
    pub applications: Vec<Application>,
    /// The service principals.
    pub principals: Vec<ServicePrincipal>,
    /// The grants that were made or extended, and all those to the service principals.
    pub grants: Vec<OAuth2PermissionGrant>,
}

impl UndoFacts {
    /// Reads them; writes nothing.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`], but not that something is gone.
    pub async fn read(graph: &GraphApi, entries: &[Entry]) -> Result<Self, GraphCallError> {
        let mut facts = Self::default();
        for id in applications(entries) {
            match graph.application(id, ObjectAge::Established).await {
                Ok(application) => facts.applications.push(application),
                Err(error) if error.status() == Some(404) => {}
                Err(error) => return Err(error),
            }
        }
        for entry in entries {
            match &entry.effect {
                Effect::CreatedServicePrincipal { app_id, .. } => {
                    let Some(principal) = graph.service_principal(*app_id).await? else {
                        continue;
                    };
                    facts.add(graph.grants_to(principal.id).await?);
                    facts.principals.push(principal);
                }
                Effect::CreatedGrant {
                    client, resource, ..
                }
                | Effect::AddedScope {
                    client, resource, ..
                } => {
                    let everybody = ConsentType::AllPrincipals;
                    facts.add(graph.grants(*client, *resource, everybody).await?);
                }
                _ => {}
            }
        }
        Ok(facts)
    }

    fn add(&mut self, grants: Vec<OAuth2PermissionGrant>) {
        for grant in grants {
            if !self.grants.iter().any(|known| known.id == grant.id) {
                self.grants.push(grant);
            }
        }
    }
}

fn applications(entries: &[Entry]) -> BTreeSet<ObjectId> {
    entries
        .iter()
        .filter_map(|entry| match &entry.effect {
            Effect::CreatedApplication { id } => *id,
            Effect::AddedRedirectUri { application, .. }
            | Effect::AddedPermission { application, .. }
            | Effect::SwitchedOn { application, .. } => Some(*application),
            _ => None,
        })
        .collect()
}
