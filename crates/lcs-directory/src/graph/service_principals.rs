//! `/servicePrincipals`.

use std::fmt;

use lcs_types::{ClientId, ObjectId, TenantId};
use lcs_wire::graph::{NewServicePrincipal, ServicePrincipal as Shown};
use serde::Deserialize;

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation};
use crate::{
    Directory, catalogue,
    model::{
        Application, ServicePrincipal, ServicePrincipalKind, ServicePrincipalSettings,
        SignInAudience,
    },
    store::{Added, Changed},
};

/// Microsoft's own tenant, which owns the applications of the catalogue.
const MICROSOFT: TenantId = TenantId::from_u128(0xf8cd_ef31_a31e_4b4a_93e4_5f57_1e91_255a);

/// How a call names a service principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServicePrincipalKey {
    /// `/servicePrincipals/{id}`.
    Id(ObjectId),
    /// `/servicePrincipals(appId='…')`.
    AppId(ClientId),
}

impl fmt::Display for ServicePrincipalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::AppId(id) => id.fmt(f),
        }
    }
}

/// What may be changed of a service principal; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePrincipalPatch {
    /// Whether tokens may be issued to it and for it.
    pub account_enabled: Option<bool>,
    /// Whether users must be assigned before they may use it.
    pub app_role_assignment_required: Option<bool>,
    /// Free labels.
    pub tags: Option<Vec<String>>,
}

impl Directory {
    /// The service principals of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_service_principals(
        &self,
        caller: &GraphCaller,
    ) -> Result<Vec<Shown>, GraphFailed> {
        caller.require(Operation::ReadApplications)?;
        let principals = self.store.service_principals(caller.tenant).await?;
        Ok(principals.iter().map(shown).collect())
    }

    /// One service principal of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn service_principal(
        &self,
        caller: &GraphCaller,
        key: ServicePrincipalKey,
    ) -> Result<Shown, GraphFailed> {
        caller.require(Operation::ReadApplications)?;
        Ok(shown(
            &self.find_service_principal(caller.tenant, key).await?,
        ))
    }

    /// Makes an application present in the tenant: one of its own, one that takes every tenant's
    /// users, or one of Microsoft's. An owner may do so in the application's own tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::BackingApplicationNotLocal`] for whoever has no
    /// role, [`GraphRefusal::NoBackingApplicationObject`],
    /// [`GraphRefusal::ServicePrincipalExists`]; a failure of ours.
    pub async fn create_service_principal(
        &self,
        caller: &GraphCaller,
        new: &NewServicePrincipal,
    ) -> Result<Shown, GraphFailed> {
        caller.require(Operation::WriteApplication)?;
        self.require_settled(caller, new.app_id).await?;
        let mut settings = self.settings_of(caller.tenant, new.app_id).await?;
        let backing = self.local_application(caller.tenant, new.app_id).await?;
        let may = caller.require_unless(
            Operation::WriteApplication,
            backing.as_ref().is_some_and(|it| caller.owns(it)),
        );
        may.map_err(|denied| match backing {
            Some(_) => denied,
            None => GraphRefusal::BackingApplicationNotLocal,
        })?;
        settings.tags.clone_from(&new.tags);
        let principal = ServicePrincipal {
            tenant: caller.tenant,
            id: ObjectId::random(&*self.randomness),
            client_id: new.app_id,
            settings,
        };
        match self.store.add_service_principal(&principal).await? {
            Added::Yes => {
                self.audit_call(caller, "Add service principal", &principal)
                    .await?;
                Ok(shown(&principal))
            }
            Added::Conflict => {
                Err(GraphRefusal::ServicePrincipalExists { app_id: new.app_id }.into())
            }
        }
    }

    /// Changes what the patch holds.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn update_service_principal(
        &self,
        caller: &GraphCaller,
        key: ServicePrincipalKey,
        patch: &ServicePrincipalPatch,
    ) -> Result<(), GraphFailed> {
        let mut principal = self.service_principal_to_change(caller, key).await?;
        if let Some(is_enabled) = patch.account_enabled {
            principal.settings.is_enabled = is_enabled;
        }
        if let Some(is_required) = patch.app_role_assignment_required {
            principal.settings.requires_assignment = is_required;
        }
        if let Some(tags) = &patch.tags {
            principal.settings.tags.clone_from(tags);
        }
        let changed = self
            .store
            .change_service_principal(principal.tenant, principal.id, &principal.settings)
            .await?;
        found(changed, key)?;
        self.audit_call(caller, "Update service principal", &principal)
            .await
    }

    /// Deletes an application's presence, and with it out of sight all that refers to it; for
    /// thirty days it can be restored.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn delete_service_principal(
        &self,
        caller: &GraphCaller,
        key: ServicePrincipalKey,
    ) -> Result<(), GraphFailed> {
        let principal = self.service_principal_to_change(caller, key).await?;
        let changed = self
            .store
            .delete_service_principal(caller.tenant, principal.id, self.now())
            .await?;
        found(changed, key)?;
        self.audit_call(caller, "Remove service principal", &principal)
            .await
    }

    /// A service principal that the caller may change: with a role, or as an owner of the
    /// application behind it.
    async fn service_principal_to_change(
        &self,
        caller: &GraphCaller,
        key: ServicePrincipalKey,
    ) -> Result<ServicePrincipal, GraphFailed> {
        caller.require(Operation::WriteApplication)?;
        let principal = self.find_service_principal(caller.tenant, key).await?;
        let backing = self
            .local_application(caller.tenant, principal.client_id)
            .await?;
        let is_own = backing.is_some_and(|application| caller.owns(&application));
        caller.require_unless(Operation::WriteApplication, is_own)?;
        Ok(principal)
    }

    /// The application behind a service principal, when this tenant is its home.
    pub(super) async fn local_application(
        &self,
        tenant: TenantId,
        client: ClientId,
    ) -> Result<Option<Application>, GraphFailed> {
        let application = self.store.application_of_client(client).await?;
        Ok(application.filter(|application| application.tenant == tenant))
    }

    pub(super) async fn find_service_principal(
        &self,
        tenant: TenantId,
        key: ServicePrincipalKey,
    ) -> Result<ServicePrincipal, GraphFailed> {
        let principal = match key {
            ServicePrincipalKey::Id(id) => self.store.service_principal(tenant, id).await?,
            ServicePrincipalKey::AppId(id) => {
                self.store.service_principal_of_client(tenant, id).await?
            }
        };
        Ok(principal.ok_or_else(|| GraphRefusal::not_found(key))?)
    }

    async fn settings_of(
        &self,
        tenant: TenantId,
        client: ClientId,
    ) -> Result<ServicePrincipalSettings, GraphFailed> {
        if let Some(application) = catalogue::first_party(client) {
            return Ok(application.settings());
        }
        let application = self
            .store
            .application_of_client(client)
            .await?
            .filter(|application| {
                application.tenant == tenant
                    || application.settings.sign_in_audience != SignInAudience::MyOrganization
            });
        let application =
            application.ok_or(GraphRefusal::NoBackingApplicationObject { app_id: client })?;
        Ok(ServicePrincipalSettings::of_application(&application))
    }
}

fn found(changed: Changed, key: ServicePrincipalKey) -> Result<(), GraphFailed> {
    match changed {
        Changed::Yes => Ok(()),
        Changed::NotFound => Err(GraphRefusal::not_found(key).into()),
    }
}

pub(super) fn shown(principal: &ServicePrincipal) -> Shown {
    let settings = &principal.settings;
    let owner = match settings.kind {
        ServicePrincipalKind::FirstParty { .. } => MICROSOFT,
        ServicePrincipalKind::Application { owner } => owner,
    };
    let mut names = vec![principal.client_id.to_string()];
    names.extend(settings.names.iter().cloned());
    Shown {
        id: principal.id,
        app_id: principal.client_id,
        display_name: settings.display_name.clone(),
        account_enabled: settings.is_enabled,
        app_role_assignment_required: settings.requires_assignment,
        service_principal_names: names,
        oauth2_permission_scopes: settings.scopes.clone(),
        app_roles: settings.app_roles.clone(),
        app_owner_organization_id: Some(owner.to_string()),
        service_principal_type: Some("Application".to_owned()),
        tags: settings.tags.clone(),
    }
}
