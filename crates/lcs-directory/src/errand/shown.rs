//! What a person is shown of the client and of the permissions that it asks for.

use lcs_types::{ClientId, TenantId};
use lcs_wire::{entra::aadsts::Refusal, graph::PermissionScope};

use super::Errand;
use crate::{
    Directory,
    consent::WantedPermission,
    error::{DirectoryError, DirectoryFailure},
    model::ServicePrincipal,
    token::Client,
};

/// What a person is shown of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientView {
    /// The application id.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// The tenant that published it, Microsoft, or `unverified`.
    pub publisher: String,
}

/// What a person is asked to accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    /// Who asks.
    pub client: ClientView,
    /// For what.
    pub permissions: Vec<PermissionView>,
    /// Whether the person may accept for everybody in the tenant.
    pub may_accept_for_organization: bool,
}

/// A permission as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionView {
    /// The resource that it belongs to.
    pub resource_name: String,
    /// Its value.
    pub value: String,
    /// Its title.
    pub title: String,
    /// What it allows.
    pub description: String,
}

impl Directory {
    /// What a person is shown of the client before signing in.
    ///
    /// # Errors
    ///
    /// What the token endpoint would refuse of the client; a failure of ours.
    pub async fn client_view(&self, errand: &Errand) -> Result<ClientView, DirectoryError> {
        let client = self
            .client_for_people(errand.target, &errand.client.to_string())
            .await?;
        Ok(self.view_of_client(&client).await?)
    }

    /// Names the client in a refusal of the person's account, which was found without it.
    ///
    /// # Errors
    ///
    /// As [`Directory::client_view`].
    pub async fn name_client(
        &self,
        errand: &Errand,
        refusal: Refusal,
    ) -> Result<Refusal, DirectoryError> {
        let client = self.client_view(errand).await?;
        Ok(refusal
            .with("client", client.client.to_string())
            .with("name", client.name))
    }

    pub(crate) async fn view_of_client(
        &self,
        client: &Client,
    ) -> Result<ClientView, DirectoryFailure> {
        let publisher = match &client.registration {
            None => "Microsoft".to_owned(),
            Some(application) if application.tenant == client.tenant.id => {
                client.tenant.display_name.clone()
            }
            // No publisher is verified here; the name of its tenant is still worth knowing.
            Some(application) => {
                let home = self.store.tenant(application.tenant).await?;
                home.map_or_else(
                    || "unverified".to_owned(),
                    |home| format!("{} (unverified)", home.display_name),
                )
            }
        };
        Ok(ClientView {
            client: client.id(),
            name: client.name().to_owned(),
            publisher,
        })
    }

    pub(crate) async fn permission_views(
        &self,
        tenant: TenantId,
        wanted: &[WantedPermission],
    ) -> Result<Vec<PermissionView>, DirectoryFailure> {
        let principals = self.store.service_principals(tenant).await?;
        wanted
            .iter()
            .map(|permission| {
                let resource = principals
                    .iter()
                    .find(|principal| principal.client_id == permission.resource)
                    .ok_or(DirectoryFailure::Dangling("service principal"))?;
                let scope = resource
                    .scope(&permission.value)
                    .ok_or(DirectoryFailure::Dangling("permission"))?;
                Ok(view_of_permission(resource, scope))
            })
            .collect()
    }
}

fn view_of_permission(resource: &ServicePrincipal, scope: &PermissionScope) -> PermissionView {
    let or = |user: &Option<String>, administrator: &String| {
        user.clone().unwrap_or_else(|| administrator.clone())
    };
    PermissionView {
        resource_name: resource.settings.display_name.clone(),
        value: scope.value.clone(),
        title: or(
            &scope.user_consent_display_name,
            &scope.admin_consent_display_name,
        ),
        description: or(
            &scope.user_consent_description,
            &scope.admin_consent_description,
        ),
    }
}
