//! `/applications`.

use std::fmt;

use lcs_types::{ClientId, ObjectId, TenantId, UserId};
use lcs_wire::graph::{
    Api, Application as Shown, ApplicationPatch, ImplicitGrantSettings, RedirectUris,
    WebApplication,
};

use super::{
    GraphCaller, GraphFailed, GraphRefusal, Operation,
    credentials::{shown_key, shown_password},
    exposed_api, instant, validation,
};
use crate::{
    Directory,
    error::DirectoryFailure,
    model::{AccessTokenVersion, Application, ApplicationSettings},
    store::{Added, Changed},
};

/// How a call names an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationKey {
    /// `/applications/{id}`.
    Id(ObjectId),
    /// `/applications(appId='…')`.
    AppId(ClientId),
    /// `/applications(uniqueName='…')`.
    UniqueName(String),
}

impl fmt::Display for ApplicationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::AppId(id) => id.fmt(f),
            Self::UniqueName(name) => name.fmt(f),
        }
    }
}

/// What became of `PATCH …(uniqueName='…')` with `Prefer: create-if-missing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upserted {
    /// 201 with the application.
    Created(Box<Shown>),
    /// 204.
    Updated,
}

impl Directory {
    /// The applications of the caller's tenant, oldest first.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_applications(&self, caller: &GraphCaller) -> Result<Vec<Shown>, GraphFailed> {
        caller.require(Operation::ReadApplications)?;
        let domain = self.publisher_domain(caller.tenant).await?;
        let applications = self.store.applications(caller.tenant).await?;
        Ok(applications
            .iter()
            .filter(|application| self.is_settled(application))
            .map(|application| shown(application, domain.as_deref()))
            .collect())
    }

    /// One application of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn application(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
    ) -> Result<Shown, GraphFailed> {
        caller.require(Operation::ReadApplications)?;
        let application = self.find_application(caller.tenant, key).await?;
        let domain = self.publisher_domain(caller.tenant).await?;
        Ok(shown(&application, domain.as_deref()))
    }

    /// Creates an application. Its service principal is a matter of its own. Whoever may only
    /// because the tenant lets everybody, or as a developer, becomes its owner.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::BadRequest`]; a failure of ours.
    pub async fn create_application(
        &self,
        caller: &GraphCaller,
        new: &ApplicationPatch,
    ) -> Result<Shown, GraphFailed> {
        self.may_create_application(caller).await?;
        self.add_application(caller, new, None).await
    }

    /// Changes what the patch holds.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::BadRequest`]; a
    /// failure of ours.
    pub async fn update_application(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
        patch: &ApplicationPatch,
    ) -> Result<(), GraphFailed> {
        let mut application = self.application_to_change(caller, key).await?;
        self.apply(&mut application, patch).await?;
        let changed = self
            .store
            .change_application(caller.tenant, application.id, &application.settings)
            .await?;
        self.mirror_presence(&application).await?;
        found(changed, key)?;
        self.audit_call(caller, "Update application", &application)
            .await
    }

    /// Changes the application with this alternate key, or creates it.
    ///
    /// # Errors
    ///
    /// As [`Directory::create_application`].
    pub async fn upsert_application(
        &self,
        caller: &GraphCaller,
        unique_name: &str,
        patch: &ApplicationPatch,
    ) -> Result<Upserted, GraphFailed> {
        let key = ApplicationKey::UniqueName(unique_name.to_owned());
        match self.update_application(caller, &key, patch).await {
            Ok(()) => Ok(Upserted::Updated),
            Err(GraphFailed::Refused(GraphRefusal::NotFound { .. })) => {
                self.may_create_application(caller).await?;
                let created = self
                    .add_application(caller, patch, Some(unique_name))
                    .await?;
                Ok(Upserted::Created(Box::new(created)))
            }
            Err(other) => Err(other),
        }
    }

    /// Deletes an application with its service principal; for thirty days both can be restored.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn delete_application(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
    ) -> Result<(), GraphFailed> {
        let application = self.application_to_change(caller, key).await?;
        let changed = self
            .store
            .delete_application(caller.tenant, application.id, self.now())
            .await?;
        found(changed, key)?;
        self.audit_call(caller, "Delete application", &application)
            .await
    }

    /// An application that the caller may change: with a role, or as an owner.
    pub(super) async fn application_to_change(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
    ) -> Result<Application, GraphFailed> {
        caller.require(Operation::WriteApplication)?;
        let application = self.find_application(caller.tenant, key).await?;
        caller.require_unless(Operation::WriteApplication, caller.owns(&application))?;
        Ok(application)
    }

    /// With a role, or as a member of a tenant that lets everybody.
    async fn may_create_application(&self, caller: &GraphCaller) -> Result<(), GraphFailed> {
        let is_member = match caller.user() {
            Ok(id) => {
                let user = self.store.user(caller.tenant, id).await?;
                user.is_some_and(|user| !user.is_guest())
            }
            Err(_) => false,
        };
        let tenant = self.tenant_named(caller.tenant).await?;
        let is_allowed = is_member && tenant.settings.users_may_register_applications;
        Ok(caller.require_unless(Operation::CreateApplication, is_allowed)?)
    }

    async fn add_application(
        &self,
        caller: &GraphCaller,
        new: &ApplicationPatch,
        unique_name: Option<&str>,
    ) -> Result<Shown, GraphFailed> {
        let tenant = caller.tenant;
        let mut application = Application {
            tenant,
            id: ObjectId::random(&*self.randomness),
            client_id: ClientId::random(&*self.randomness),
            unique_name: unique_name.map(str::to_owned),
            created_at: self.now(),
            settings: ApplicationSettings {
                owners: owner_at_creation(caller).into_iter().collect(),
                ..ApplicationSettings::default()
            },
        };
        self.apply(&mut application, new).await?;
        match self.store.add_application(&application).await? {
            Added::Yes => {
                self.audit_call(caller, "Add application", &application)
                    .await?;
                let domain = self.publisher_domain(tenant).await?;
                Ok(shown(&application, domain.as_deref()))
            }
            Added::Conflict => Err(GraphRefusal::UniqueNameInUse.into()),
        }
    }

    /// Applies what a patch holds.
    async fn apply(
        &self,
        application: &mut Application,
        patch: &ApplicationPatch,
    ) -> Result<(), GraphFailed> {
        let settings = &mut application.settings;
        validation::apply(settings, patch)?;
        if let Some(sent) = &patch.key_credentials {
            settings.key_credentials = self.key_credentials(&settings.key_credentials, sent)?;
        }
        let tenant = self.store.tenant(application.tenant).await?;
        let tenant = tenant.ok_or(DirectoryFailure::Dangling("tenant"))?;
        let owner = exposed_api::Owner {
            tenant: tenant.id,
            client: application.client_id,
            domains: &tenant.domains,
        };
        exposed_api::apply(&mut settings.exposed_api, patch, owner)?;
        if let Some(uris) = &patch.identifier_uris {
            self.require_free(application.tenant, application.id, uris)
                .await?;
        }
        Ok(())
    }

    /// Refuses names that another application of the tenant has.
    async fn require_free(
        &self,
        tenant: TenantId,
        own: ObjectId,
        uris: &[String],
    ) -> Result<(), GraphFailed> {
        let others = self.store.applications(tenant).await?;
        let is_taken = |uri: &String| {
            others
                .iter()
                .filter(|other| other.id != own)
                .any(|other| other.settings.exposed_api.identifier_uris.contains(uri))
        };
        if uris.iter().any(is_taken) {
            return Err(GraphRefusal::bad_request(
                "Another object with the same value for property identifierUris already exists.",
            )
            .into());
        }
        Ok(())
    }

    pub(super) async fn find_application(
        &self,
        tenant: TenantId,
        key: &ApplicationKey,
    ) -> Result<Application, GraphFailed> {
        let application = match key {
            ApplicationKey::Id(id) => self.store.application(tenant, *id).await?,
            ApplicationKey::AppId(id) => self
                .store
                .application_of_client(*id)
                .await?
                .filter(|application| application.tenant == tenant),
            ApplicationKey::UniqueName(name) => {
                self.store.application_by_unique_name(tenant, name).await?
            }
        };
        Ok(application
            .filter(|application| self.is_settled(application))
            .ok_or_else(|| GraphRefusal::not_found(key))?)
    }

    /// The service principal in the home tenant shows what the application is.
    async fn mirror_presence(&self, application: &Application) -> Result<(), GraphFailed> {
        let presence = self
            .store
            .service_principal_of_client(application.tenant, application.client_id)
            .await?;
        if let Some(mut principal) = presence {
            principal.settings.mirror(application);
            self.store
                .change_service_principal(principal.tenant, principal.id, &principal.settings)
                .await?;
        }
        Ok(())
    }

    pub(super) async fn publisher_domain(
        &self,
        tenant: TenantId,
    ) -> Result<Option<String>, DirectoryFailure> {
        let tenant = self.store.tenant(tenant).await?;
        Ok(tenant.and_then(|tenant| tenant.domains.first().map(ToString::to_string)))
    }
}

pub(super) fn found(changed: Changed, key: &ApplicationKey) -> Result<(), GraphFailed> {
    match changed {
        Changed::Yes => Ok(()),
        Changed::NotFound => Err(GraphRefusal::not_found(key).into()),
    }
}

/// Who may change an application of all sorts owns none; others own what they make.
fn owner_at_creation(caller: &GraphCaller) -> Option<UserId> {
    let needs_ownership = caller
        .require_unless(Operation::WriteApplication, false)
        .is_err();
    caller.user().ok().filter(|_| needs_ownership)
}

pub(super) fn shown(application: &Application, publisher_domain: Option<&str>) -> Shown {
    let settings = &application.settings;
    let exposed = &settings.exposed_api;
    let uris = |uris: &[String]| RedirectUris {
        redirect_uris: uris.to_vec(),
    };
    Shown {
        id: application.id,
        app_id: application.client_id,
        display_name: settings.display_name.clone(),
        unique_name: application.unique_name.clone(),
        created_date_time: Some(instant(application.created_at)),
        publisher_domain: publisher_domain.map(str::to_owned),
        sign_in_audience: Some(settings.sign_in_audience.as_str().to_owned()),
        is_fallback_public_client: settings.is_fallback_public_client,
        public_client: uris(&settings.public_client_redirect_uris),
        web: WebApplication {
            redirect_uris: settings.web_redirect_uris.clone(),
            implicit_grant_settings: ImplicitGrantSettings {
                enable_id_token_issuance: settings.implicit_grant.id_token,
                enable_access_token_issuance: settings.implicit_grant.access_token,
            },
        },
        spa: uris(&settings.spa_redirect_uris),
        required_resource_access: settings.required_resource_access.clone(),
        identifier_uris: exposed.identifier_uris.clone(),
        api: Api {
            requested_access_token_version: match exposed.access_token_version {
                AccessTokenVersion::V1 => None,
                AccessTokenVersion::V2 => Some(2),
            },
            oauth2_permission_scopes: exposed.scopes.clone(),
        },
        app_roles: exposed.app_roles.clone(),
        password_credentials: settings
            .password_credentials
            .iter()
            .map(shown_password)
            .collect(),
        key_credentials: settings.key_credentials.iter().map(shown_key).collect(),
        tags: settings.tags.clone(),
        notes: settings.notes.clone(),
    }
}
