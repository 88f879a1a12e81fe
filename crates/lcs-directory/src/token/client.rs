//! The client of a request: known, present in the tenant, enabled, of the right type.

use lcs_types::{ClientId, TenantId};
use lcs_wire::{
    entra::{Aadsts, aadsts::Refusal},
    graph::RequiredResourceAccess,
};

use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{
        Application, ServicePrincipal, ServicePrincipalKind, SignInAudience, Tenant, TenantTarget,
    },
};

/// A client in a tenant.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// The tenant that it was asked for in.
    pub(crate) tenant: Tenant,
    /// Its presence there.
    pub(crate) principal: ServicePrincipal,
    /// Its registration; Microsoft's own have none here.
    pub(crate) registration: Option<Application>,
}

impl Client {
    pub(crate) fn id(&self) -> ClientId {
        self.principal.client_id
    }

    pub(crate) fn name(&self) -> &str {
        &self.principal.settings.display_name
    }

    /// What the registration asks for.
    pub(crate) fn required_resource_access(&self) -> &[RequiredResourceAccess] {
        self.registration.as_ref().map_or(&[], |application| {
            &application.settings.required_resource_access
        })
    }

    fn is_public(&self) -> bool {
        match (&self.registration, self.principal.settings.kind) {
            (Some(application), _) => application.settings.is_public_client(),
            (None, ServicePrincipalKind::FirstParty { is_public_client }) => is_public_client,
            (None, ServicePrincipalKind::Application { .. }) => false,
        }
    }

    /// Without a redirect URI the public client switch alone tells the client's type. No
    /// application has a secret yet, so every secret is a wrong one.
    pub(crate) fn require_public(&self, form: &Form) -> Result<(), Refusal> {
        if has_credential(form) {
            return Err(self.wrong_secret());
        }
        self.require_switch()
    }

    /// The same without a look at secrets.
    pub(crate) fn require_switch(&self) -> Result<(), Refusal> {
        if self.is_public() {
            Ok(())
        } else {
            Err(Aadsts::NotAPublicClient.into())
        }
    }

    pub(crate) fn wrong_secret(&self) -> Refusal {
        Refusal::new(Aadsts::InvalidClientSecret).with("client", self.id().to_string())
    }
}

/// Whether the request tries to prove who the client is.
pub(crate) fn has_credential(form: &Form) -> bool {
    form.secret("client_secret").is_some() || form.secret("client_assertion").is_some()
}

impl Directory {
    /// The client that may act in this tenant.
    pub(crate) async fn client_in(
        &self,
        tenant: TenantId,
        client_id: &str,
    ) -> Result<Client, DirectoryError> {
        let id = parse_client_id(client_id)?;
        let tenant = self
            .store
            .tenant(tenant)
            .await?
            .ok_or(DirectoryFailure::Dangling("tenant"))?;
        let not_found = || not_found(client_id, &tenant.display_name);
        let registration = self.store.application_of_client(id).await?;
        let Some(principal) = self
            .store
            .service_principal_of_client(tenant.id, id)
            .await?
        else {
            let is_own = registration.is_some_and(|application| application.tenant == tenant.id);
            let refusal = if is_own {
                Refusal::new(Aadsts::MissingServicePrincipal)
                    .with("client", id.to_string())
                    .with("tenant", tenant.id.to_string())
            } else {
                not_found()
            };
            return Err(refusal.into());
        };
        if !principal.is_first_party() {
            let registration = registration.as_ref().ok_or_else(not_found)?;
            let is_foreign = registration.tenant != tenant.id;
            if is_foreign
                && registration.settings.sign_in_audience == SignInAudience::MyOrganization
            {
                return Err(not_found().into());
            }
        }
        if !principal.settings.is_enabled {
            return Err(Refusal::new(Aadsts::ApplicationDisabled)
                .with("client", id.to_string())
                .with("name", principal.settings.display_name)
                .into());
        }
        Ok(Client {
            tenant,
            principal,
            registration,
        })
    }

    /// The client for a target; where that names no tenant, in whichever tenant it is present.
    pub(crate) async fn client_for(
        &self,
        target: TenantTarget,
        client_id: &str,
    ) -> Result<Client, DirectoryError> {
        match target {
            TenantTarget::Tenant(tenant) => self.client_in(tenant, client_id).await,
            TenantTarget::Common | TenantTarget::Organizations => {
                let id = parse_client_id(client_id)?;
                let presences = self.store.presences_of_client(id).await?;
                let presence = presences
                    .first()
                    .ok_or_else(|| not_found(client_id, &target.to_string()))?;
                self.client_in(presence.tenant, client_id).await
            }
        }
    }
}

fn parse_client_id(text: &str) -> Result<ClientId, Refusal> {
    text.parse()
        .ok()
        .filter(|id: &ClientId| !id.as_uuid().is_nil())
        .ok_or_else(|| Refusal::new(Aadsts::InvalidApplicationId).with("client", text))
}

fn not_found(client_id: &str, tenant: &str) -> Refusal {
    Refusal::new(Aadsts::ApplicationNotFound)
        .with("client", client_id)
        .with("tenant", tenant)
}
