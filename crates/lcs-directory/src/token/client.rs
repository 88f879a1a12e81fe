//! The client of a request: known, present in the tenant, enabled, of the right type.

use lcs_types::{ClientId, TenantId};
use lcs_wire::{
    entra::{Aadsts, aadsts::Refusal},
    graph::RequiredResourceAccess,
};

use super::TokenContext;
use crate::{
    Directory,
    authorize::{ResponseType, redirect},
    consent::ClientStanding,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{
        Application, KeyCredential, PasswordCredential, RedirectType, ServicePrincipal,
        ServicePrincipalKind, ServicePrincipalSettings, SignInAudience, Tenant, TenantTarget,
    },
};

/// Where embedded browsers of native clients end.
const NATIVE_CLIENT: &str = "https://login.microsoftonline.com/common/oauth2/nativeclient";

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

    /// What consent depends on.
    pub(crate) fn standing(&self) -> ClientStanding {
        let owner = self.registration.as_ref();
        ClientStanding {
            requires_assignment: self.principal.settings.requires_assignment,
            has_trusted_publisher: owner
                .is_none_or(|application| application.tenant == self.tenant.id),
        }
    }

    /// The redirect URIs with their types. Microsoft's own public clients have those that are
    /// documented for them.
    pub(crate) fn redirect_uris(&self) -> Vec<(&str, RedirectType)> {
        match &self.registration {
            Some(application) => redirect::registered(&application.settings),
            None if self.is_public() => ["http://localhost", NATIVE_CLIENT]
                .map(|uri| (uri, RedirectType::Public))
                .to_vec(),
            None => Vec::new(),
        }
    }

    /// Refuses tokens in the redirect unless the registration allows them.
    pub(crate) fn allows_response(&self, response: ResponseType) -> Result<(), Refusal> {
        let implicit = self
            .registration
            .as_ref()
            .map(|application| application.settings.implicit_grant)
            .unwrap_or_default();
        if response.token && !implicit.access_token {
            return Err(Aadsts::ResponseTypeNotEnabled.into());
        }
        if response.id_token && !implicit.id_token {
            return Err(Aadsts::IdTokenNotEnabled.into());
        }
        Ok(())
    }

    /// Whether the public client switch is on.
    pub(crate) fn is_public(&self) -> bool {
        match (&self.registration, self.principal.settings.kind) {
            (Some(application), _) => application.settings.is_public_client(),
            (None, ServicePrincipalKind::FirstParty { is_public_client }) => is_public_client,
            (None, ServicePrincipalKind::Application { .. }) => false,
        }
    }

    /// Its client secrets; Microsoft's own applications have none here.
    pub(crate) fn password_credentials(&self) -> &[PasswordCredential] {
        self.registration.as_ref().map_or(&[], |application| {
            &application.settings.password_credentials
        })
    }

    /// Its certificates; Microsoft's own applications have none here.
    pub(crate) fn key_credentials(&self) -> &[KeyCredential] {
        self.registration
            .as_ref()
            .map_or(&[], |application| &application.settings.key_credentials)
    }
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

    /// The client that may act in this tenant, or that may once somebody there consents: one of
    /// another tenant that takes every tenant's users. Then its presence is not stored yet.
    pub(crate) async fn client_or_prospect_in(
        &self,
        tenant: TenantId,
        client_id: &str,
    ) -> Result<Client, DirectoryError> {
        let refused = match self.client_in(tenant, client_id).await {
            Err(DirectoryError::Refused(refusal))
                if refusal.aadsts == Aadsts::ApplicationNotFound =>
            {
                refusal
            }
            other => return other,
        };
        let id = parse_client_id(client_id)?;
        let registration = self.store.application_of_client(id).await?;
        let Some(registration) = registration.filter(takes_every_tenant) else {
            return Err(refused.into());
        };
        Ok(Client {
            tenant: self.tenant_named(tenant).await?,
            principal: ServicePrincipal {
                tenant,
                id: lcs_types::ObjectId::random(&*self.randomness),
                client_id: id,
                settings: ServicePrincipalSettings::of_application(&registration),
            },
            registration: Some(registration),
        })
    }

    /// What the tenant segment of a page's path stands for.
    ///
    /// # Errors
    ///
    /// As [`Directory::resolve_tenant`]; AADSTS9002332 for `consumers`, since no application here is
    /// for personal accounts.
    pub(crate) async fn target_for_people(
        &self,
        form: &Form,
        context: &TokenContext,
    ) -> Result<TenantTarget, DirectoryError> {
        match self.resolve_tenant(&context.tenant_segment).await {
            Err(DirectoryError::Refused(refusal))
                if refusal.aadsts == Aadsts::GrantNotForCommon =>
            {
                let client_id = form.require("client_id")?;
                let client = self.client_for(TenantTarget::Common, client_id).await?;
                Err(Refusal::new(Aadsts::OnlyOrganizations)
                    .with("client", client_id)
                    .with("name", client.name())
                    .into())
            }
            other => other,
        }
    }

    /// The client that a page shows before anybody has signed in.
    ///
    /// # Errors
    ///
    /// As [`Directory::client_in`]; AADSTS50194 for a single-tenant application where the path names
    /// no tenant.
    pub(crate) async fn client_for_people(
        &self,
        target: TenantTarget,
        client_id: &str,
    ) -> Result<Client, DirectoryError> {
        if let TenantTarget::Tenant(tenant) = target {
            return self.client_or_prospect_in(tenant, client_id).await;
        }
        let client = self.client_for(target, client_id).await?;
        match &client.registration {
            Some(application) if !takes_every_tenant(application) => {
                Err(Refusal::new(Aadsts::NotMultiTenant)
                    .with("client", client_id)
                    .with("name", client.name())
                    .into())
            }
            Some(_) | None => Ok(client),
        }
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

fn takes_every_tenant(application: &Application) -> bool {
    match application.settings.sign_in_audience {
        SignInAudience::MultipleOrganizations | SignInAudience::OrganizationsAndPersonal => true,
        SignInAudience::MyOrganization | SignInAudience::Personal => false,
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
