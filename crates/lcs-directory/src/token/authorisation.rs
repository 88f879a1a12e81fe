//! What a client may have of a resource: the resource itself, what is listed, what was granted.

use lcs_types::ClientId;
use lcs_wire::{
    entra::{Aadsts, aadsts::Refusal},
    graph::PermissionScope,
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID},
};

use super::Client;
use crate::{
    Directory,
    consent::{
        self, ClientStanding, Consent, ConsentBy, ConsentFacts, Person, Wanted, WantedPermission,
    },
    error::DirectoryError,
    model::{PermissionGrant, ServicePrincipal, User, UserConsent},
    scopes::{NameRule, RequestedValues, ResourceRequest, find_resource},
};

/// A request whose resource is known, with all that the consent decision needs but the user.
#[derive(Debug, Clone)]
pub(crate) struct Authorisation {
    /// What was asked for.
    pub(crate) request: ResourceRequest,
    /// The resource.
    pub(crate) resource: ServicePrincipal,
    /// What was granted to the client on the resource, to anybody.
    grants: Vec<PermissionGrant>,
    /// The permissions that it comes down to.
    wanted: Wanted,
    /// What users of the tenant may consent to by themselves.
    user_consent: UserConsent,
    /// The client, as far as consent depends on it.
    client: ClientStanding,
}

impl Authorisation {
    /// The consent decision for a user.
    pub(crate) fn consent(&self, user: &User) -> Consent {
        let mut granted: Vec<String> = Vec::new();
        for grant in self.grants.iter().filter(|grant| grant.counts_for(user.id)) {
            // A grant may outlive the permission that it names.
            let exists = |value: &&String| self.resource.scope(value).is_some();
            granted.extend(grant.values.iter().filter(exists).cloned());
        }
        self.decide(user, granted)
    }

    /// The same as if nothing had been granted: the person is to be asked again.
    pub(crate) fn consent_anew(&self, user: &User) -> Consent {
        self.decide(user, Vec::new())
    }

    fn decide(&self, user: &User, granted: Vec<String>) -> Consent {
        consent::decide(&ConsentFacts {
            wanted: self.wanted.clone(),
            granted,
            person: if user.consents_for_all() {
                Person::Administrator
            } else {
                Person::User
            },
            user_consent: self.user_consent.clone(),
            client: self.client,
        })
    }

    /// All permissions that the request comes down to, granted or not.
    pub(crate) fn all_wanted(&self) -> Vec<WantedPermission> {
        match &self.wanted {
            Wanted::Default { listed } => listed.clone(),
            Wanted::These(wanted) => wanted.clone(),
        }
    }

    /// The granted values, or the refusal of a flow in which nobody can be asked.
    pub(crate) fn granted(&self, client: &Client, user: &User) -> Result<Vec<String>, Refusal> {
        match self.consent(user) {
            Consent::Granted(values) => Ok(values),
            Consent::Ask(_) | Consent::NeedsAdministrator(_) => Err(no_consent(client)),
        }
    }
}

/// Nobody consented.
pub(crate) fn no_consent(client: &Client) -> Refusal {
    Refusal::new(Aadsts::NoConsent)
        .with("client", client.id().to_string())
        .with("name", client.name())
}

impl Directory {
    pub(crate) fn name_rule(&self) -> NameRule<'_> {
        NameRule {
            lcs_names: &self.settings.lcs_names,
            by_parent_host: self.settings.inferences.resources_by_parent_host,
        }
    }

    /// The resource that a request of a client is about.
    pub(crate) async fn resource_for(
        &self,
        client: &Client,
        request: &ResourceRequest,
    ) -> Result<ServicePrincipal, DirectoryError> {
        let principals = self.store.service_principals(client.tenant.id).await?;
        Ok(self.resource_among(&principals, client, request)?.clone())
    }

    fn resource_among<'principals>(
        &self,
        principals: &'principals [ServicePrincipal],
        client: &Client,
        request: &ResourceRequest,
    ) -> Result<&'principals ServicePrincipal, Refusal> {
        let resource =
            find_resource(&request.resource, principals, self.name_rule()).ok_or_else(|| {
                Refusal::new(Aadsts::ResourceNotFound)
                    .with("resource", request.audience())
                    .with("tenant", client.tenant.display_name.clone())
            })?;
        if !resource.settings.is_enabled {
            return Err(Refusal::new(Aadsts::ResourceDisabled).with("resource", request.audience()));
        }
        Ok(resource)
    }

    /// Finds what a request of a client is about.
    pub(crate) async fn authorise(
        &self,
        client: &Client,
        request: ResourceRequest,
    ) -> Result<Authorisation, DirectoryError> {
        let principals = self.store.service_principals(client.tenant.id).await?;
        let resource = self.resource_among(&principals, client, &request)?;
        if client.principal.is_first_party() && resource.client_id != GRAPH_CLIENT_ID {
            return Err(Refusal::new(Aadsts::FirstPartyNotPreauthorised)
                .with("client", client.id().to_string())
                .with("resource_id", resource.client_id.to_string())
                .into());
        }
        let grants = self
            .store
            .grants_between(client.tenant.id, client.principal.id, resource.id)
            .await?;
        let mut wanted = match &request.values {
            RequestedValues::Default => {
                if grants.is_empty() {
                    check_listed(client, resource, &request)?;
                }
                Wanted::Default {
                    listed: listed_permissions(client, &principals),
                }
            }
            RequestedValues::These(values) => Wanted::These(
                values
                    .iter()
                    .map(|value| existing_permission(client, resource, value))
                    .collect::<Result<_, _>>()?,
            ),
        };
        // Inferred: the type of LCS's permission.
        if !self.settings.inferences.users_consent_to_lcs {
            wanted.leave_to_administrators(LCS_CLIENT_ID);
        }
        Ok(Authorisation {
            resource: resource.clone(),
            request,
            grants,
            wanted,
            user_consent: client.tenant.settings.user_consent.clone(),
            client: client.standing(),
        })
    }
}

/// `.default` of a resource to which nothing was granted yet: the registration must list it, with
/// permissions that exist.
fn check_listed(
    client: &Client,
    resource: &ServicePrincipal,
    request: &ResourceRequest,
) -> Result<(), Refusal> {
    let listed = client.required_resource_access();
    let Some(entry) = listed
        .iter()
        .find(|entry| entry.resource_app_id == resource.client_id)
    else {
        let list: Vec<String> = listed
            .iter()
            .map(|entry| entry.resource_app_id.to_string())
            .collect();
        return Err(Refusal::new(Aadsts::ResourceNotListed)
            .with("client", client.id().to_string())
            .with("name", client.name())
            .with("resource", request.audience())
            .with("resource_id", resource.client_id.to_string())
            .with("list", list.join(", ")));
    };
    let unknown = entry
        .resource_access
        .iter()
        .filter(|access| access.access_type == "Scope")
        .find(|access| {
            resource
                .settings
                .scopes
                .iter()
                .all(|scope| scope.id != access.id)
        });
    match unknown {
        None => Ok(()),
        Some(access) => Err(Refusal::new(Aadsts::PermissionUnknown)
            .with("name", client.name())
            .with("scope", access.id.to_string())),
    }
}

/// The delegated permissions that the registration lists and that exist, of all resources.
fn listed_permissions(client: &Client, principals: &[ServicePrincipal]) -> Vec<WantedPermission> {
    let mut listed = Vec::new();
    for entry in client.required_resource_access() {
        let Some(resource) = principals
            .iter()
            .find(|principal| principal.client_id == entry.resource_app_id)
        else {
            continue;
        };
        for access in entry
            .resource_access
            .iter()
            .filter(|access| access.access_type == "Scope")
        {
            let scope = resource
                .settings
                .scopes
                .iter()
                .find(|scope| scope.is_enabled && scope.id == access.id);
            listed.extend(scope.map(|scope| wanted(resource.client_id, scope)));
        }
    }
    listed
}

fn existing_permission(
    client: &Client,
    resource: &ServicePrincipal,
    value: &str,
) -> Result<WantedPermission, Refusal> {
    resource
        .scope(value)
        .map(|scope| wanted(resource.client_id, scope))
        .ok_or_else(|| {
            Refusal::new(Aadsts::ScopeUnknown)
                .with("name", client.name())
                .with("scope", value)
                .with("resource_id", resource.client_id.to_string())
        })
}

fn wanted(resource: ClientId, scope: &PermissionScope) -> WantedPermission {
    let by = if scope.consent_by == "Admin" {
        ConsentBy::Administrator
    } else {
        ConsentBy::User
    };
    WantedPermission {
        resource,
        value: scope.value.clone(),
        by,
    }
}
