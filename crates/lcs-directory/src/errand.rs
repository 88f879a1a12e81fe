//! What a client sends a person to a page for, and what stands between the person and the end of
//! it: an assignment, a policy, a second factor, consent. The authorize endpoint and the device flow
//! share it.
//!
//! What is granted is computed here, never from form fields.

use std::net::IpAddr;

use lcs_types::{ClientId, ObjectId, TenantId, UserId};
use lcs_wire::{
    entra::{Aadsts, aadsts::Refusal},
    graph::PermissionScope,
    well_known::GRAPH_CLIENT_ID,
};

use crate::{
    Directory, catalogue,
    conditional_access::{SecondFactorStep, Verdict},
    consent::{self, Consent, WantedPermission},
    error::{DirectoryError, DirectoryFailure},
    model::{
        AuditCategory, AuditTarget, PermissionGrant, ServicePrincipal, SignInFlow, TenantTarget,
        User,
    },
    policy::{self, PolicyQuestion},
    scopes::ResourceRequest,
    sign_in::SignedInUser,
    store::Added,
    token::{Authorisation, Client, TokenContext},
};

/// What a client sends a person to a page for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Whose users may sign in.
    pub target: TenantTarget,
    /// Who asks.
    pub client: ClientId,
    /// Through which flow.
    pub flow: SignInFlow,
    /// What is asked of which resources, the most important first; never empty.
    pub resources: Vec<ResourceRequest>,
}

/// What stands between a signed-in person and the end of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A one-time code, for this resource.
    SecondFactor(ClientId),
    /// Setting an authenticator app up, for this resource.
    Enrolment(ClientId),
    /// Signing in anew: the last time was too long ago for a policy.
    SignInAgain,
    /// Accepting these permissions.
    Consent(ConsentView),
    /// Somebody else must accept these; the refusal says so.
    NeedAdministrator(ConsentView, Aadsts),
    /// Nothing.
    Done,
}

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

/// For whom a person accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AcceptFor {
    /// For themself.
    Myself,
    /// For everybody in the tenant; administrators only.
    Organization,
}

/// An errand, the person, and what it comes down to.
pub(crate) struct Running {
    pub(crate) client: Client,
    pub(crate) user: User,
    pub(crate) authorisations: Vec<Authorisation>,
}

impl Running {
    /// What the person must accept – with everything that was accepted before when they are asked
    /// again – and whether only an administrator could.
    fn wanted(&self, asks_again: bool) -> Result<(Vec<WantedPermission>, bool), Refusal> {
        let (mut wanted, mut needs_administrator) = (Vec::new(), false);
        for authorisation in &self.authorisations {
            let consent = if asks_again {
                authorisation.consent_anew(&self.user)
            } else {
                authorisation.consent(&self.user)
            };
            match consent {
                Consent::Granted(_) => {}
                // `.default` of a client that lists nothing: accepting would grant nothing.
                Consent::Ask(missing) if missing.is_empty() => {
                    return Err(crate::token::no_consent(&self.client));
                }
                Consent::Ask(missing) => wanted.extend(missing),
                Consent::NeedsAdministrator(missing) => {
                    needs_administrator = true;
                    wanted.extend(missing);
                }
            }
        }
        Ok((wanted, needs_administrator))
    }
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

    /// What the signed-in person, whose browser is at this address, must do next. `asks_again` demands
    /// consent also where it was given.
    ///
    /// # Errors
    ///
    /// What Entra refuses of client, resource, user and policies; a failure of ours.
    pub async fn next_step(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        asks_again: bool,
        address: IpAddr,
    ) -> Result<Step, DirectoryError> {
        let running = self.run(errand, person).await?;
        if let Some(step) = self.policy_step(errand, person, &running, address).await? {
            return Ok(step);
        }
        for authorisation in &running.authorisations {
            let applications = [&running.client.principal, &authorisation.resource];
            self.require_assignment(&running.user, &applications)
                .await?;
        }
        let (wanted, needs_administrator) = running.wanted(asks_again)?;
        if wanted.is_empty() {
            return Ok(Step::Done);
        }
        let view = ConsentView {
            client: self.view_of_client(&running.client).await?,
            permissions: self
                .permission_views(&running, &with_open_id(wanted, errand))
                .await?,
            may_accept_for_organization: running.user.consents_for_all(),
        };
        Ok(if needs_administrator {
            let workflow = running.client.tenant.settings.admin_consent_workflow;
            Step::NeedAdministrator(view, consent::needs_administrator(workflow))
        } else {
            Step::Consent(view)
        })
    }

    /// Records that the person accepted what [`Directory::next_step`] listed.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_step`]; AADSTS90094 when the person may not accept that.
    pub async fn accept(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        accept_for: AcceptFor,
        context: &TokenContext,
    ) -> Result<(), DirectoryError> {
        let running = self.run(errand, person).await?;
        if accept_for == AcceptFor::Organization && !running.user.consents_for_all() {
            return Err(Aadsts::AdminConsentNeeded.into());
        }
        // What was shown may have been granted before: the person was asked again.
        let (missing, needs_administrator) = running.wanted(false)?;
        let (wanted, needs_administrator) = if missing.is_empty() {
            running.wanted(true)?
        } else {
            (missing, needs_administrator)
        };
        if needs_administrator {
            return Err(Aadsts::AdminConsentNeeded.into());
        }
        let principal = match accept_for {
            AcceptFor::Myself => Some(person.user),
            AcceptFor::Organization => None,
        };
        let client = self.ensure_presence(&running.client).await?;
        self.grant(
            person.tenant,
            client,
            principal,
            with_open_id(wanted, errand),
        )
        .await?;
        self.audit_consent(person, context, &running.client, client)
            .await?;
        Ok(())
    }

    /// Adds these permissions to what is granted.
    pub(crate) async fn grant(
        &self,
        tenant: TenantId,
        client: ObjectId,
        principal: Option<UserId>,
        permissions: Vec<WantedPermission>,
    ) -> Result<(), DirectoryFailure> {
        for permission in permissions {
            let resource = self
                .store
                .service_principal_of_client(tenant, permission.resource)
                .await?
                .ok_or(DirectoryFailure::Dangling("service principal"))?;
            self.store
                .merge_grant(&PermissionGrant {
                    tenant,
                    client,
                    resource: resource.id,
                    principal,
                    values: vec![permission.value],
                })
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn audit_consent(
        &self,
        person: &SignedInUser,
        context: &TokenContext,
        client: &Client,
        service_principal: ObjectId,
    ) -> Result<(), DirectoryFailure> {
        let target = AuditTarget::new("ServicePrincipal", &service_principal, client.name());
        self.audit_person(
            person,
            context,
            "Consent to application",
            AuditCategory::ApplicationManagement,
            vec![target],
        )
        .await
    }

    /// The facts of an errand, as they are now: the account may have been switched off since the
    /// person signed in.
    pub(crate) async fn run(
        &self,
        errand: &Errand,
        person: &SignedInUser,
    ) -> Result<Running, DirectoryError> {
        if !errand.target.admits(person.tenant) {
            return Err(Aadsts::OtherTenant.into());
        }
        let client = self
            .client_or_prospect_in(person.tenant, &errand.client.to_string())
            .await?;
        let user = self.store.user(person.tenant, person.user).await?;
        let user = user.ok_or(DirectoryFailure::Dangling("user"))?;
        crate::sign_in::check_account(&user, &client.tenant)?;
        let mut authorisations = Vec::with_capacity(errand.resources.len());
        for request in &errand.resources {
            let authorisation = self.authorise(&client, request.clone()).await;
            authorisations.push(authorisation.map_err(|error| self.on_page(error, &client))?);
        }
        Ok(Running {
            client,
            user,
            authorisations,
        })
    }

    /// A resource that Microsoft is known to have and the tenant has not is refused as such on a page;
    /// the token endpoint does not tell it from a typing error.
    fn on_page(&self, error: DirectoryError, client: &Client) -> DirectoryError {
        match error {
            DirectoryError::Refused(refusal) if refusal.aadsts == Aadsts::ResourceNotFound => {
                let requested = refusal.value("resource").unwrap_or_default();
                match catalogue::named(requested, &self.settings.lcs_names) {
                    Some(resource) => Refusal::new(Aadsts::ResourceServicePrincipalMissing)
                        .with("resource_id", resource.client_id.to_string())
                        .with("resource", resource.display_name)
                        .with("tenant", client.tenant.id.to_string())
                        .into(),
                    None => refusal.into(),
                }
            }
            other => other,
        }
    }

    /// What policies demand of the person before anything else.
    pub(crate) async fn policy_step(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        running: &Running,
        address: IpAddr,
    ) -> Result<Option<Step>, DirectoryError> {
        for authorisation in &running.authorisations {
            let resource = authorisation.resource.client_id;
            let evaluation = self
                .ask_policies(&PolicyQuestion {
                    tenant: &running.client.tenant,
                    user: &running.user,
                    resource,
                    flow: errand.flow,
                    address,
                    authentication: &person.authentication,
                })
                .await?;
            match &evaluation.verdict {
                Verdict::Allowed => {}
                Verdict::NeedsFreshSignIn { .. } => return Ok(Some(Step::SignInAgain)),
                Verdict::NeedsSecondFactor { step, .. } => {
                    return Ok(Some(match step {
                        SecondFactorStep::Give | SecondFactorStep::Renew => {
                            Step::SecondFactor(resource)
                        }
                        SecondFactorStep::Enrol => Step::Enrolment(resource),
                    }));
                }
                Verdict::Blocked { .. }
                | Verdict::BlockedBySecurityDefaults
                | Verdict::NeedsDevice { .. }
                | Verdict::NeedsExternalChallenge { .. } => policy::refuse(&evaluation, resource)?,
            }
        }
        Ok(None)
    }

    /// A client of another tenant becomes present in this one when somebody consents to it.
    pub(crate) async fn ensure_presence(
        &self,
        client: &Client,
    ) -> Result<ObjectId, DirectoryFailure> {
        match self.store.add_service_principal(&client.principal).await? {
            Added::Yes => Ok(client.principal.id),
            Added::Conflict => {
                let present = self
                    .store
                    .service_principal_of_client(client.tenant.id, client.id())
                    .await?;
                let present = present.ok_or(DirectoryFailure::Dangling("service principal"))?;
                self.mirror_abroad(client, &present).await?;
                Ok(present.id)
            }
        }
    }

    /// What an application of another tenant has become since it was made present here shows when
    /// somebody consents anew.
    async fn mirror_abroad(
        &self,
        client: &Client,
        present: &ServicePrincipal,
    ) -> Result<(), DirectoryFailure> {
        let Some(application) = &client.registration else {
            return Ok(());
        };
        let mut settings = present.settings.clone();
        settings.mirror(application);
        if settings != present.settings {
            self.store
                .change_service_principal(present.tenant, present.id, &settings)
                .await?;
        }
        Ok(())
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
        running: &Running,
        wanted: &[WantedPermission],
    ) -> Result<Vec<PermissionView>, DirectoryFailure> {
        let principals = self
            .store
            .service_principals(running.client.tenant.id)
            .await?;
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

/// The scopes of OpenID Connect stand on the page with the others, and are recorded with them as
/// permissions of Microsoft Graph. That they alone never need consent is inferred from the article,
/// whose administrator grants `user_impersonation` and nothing else.
fn with_open_id(mut wanted: Vec<WantedPermission>, errand: &Errand) -> Vec<WantedPermission> {
    // They belong to the request as a whole and stand in each of its parts.
    let asked = errand.resources.first().map(|request| request.open_id);
    for value in asked.unwrap_or_default().words() {
        let is_there = wanted
            .iter()
            .any(|known| known.resource == GRAPH_CLIENT_ID && known.value == value);
        if !is_there {
            wanted.push(WantedPermission {
                resource: GRAPH_CLIENT_ID,
                value: value.to_owned(),
                by: crate::consent::ConsentBy::User,
            });
        }
    }
    wanted
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

impl Step {
    /// The refusal where nobody can be asked for this step (OpenID Connect Core §3.1.2.6); nothing
    /// when there is no step left.
    pub fn refusal(&self, client: &ClientView) -> Option<Refusal> {
        let with_resource = |aadsts, resource: &ClientId| {
            Some(Refusal::new(aadsts).with("resource_id", resource.to_string()))
        };
        let aadsts = match self {
            Self::Done => return None,
            Self::SecondFactor(resource) => return with_resource(Aadsts::MfaRequired, resource),
            Self::Enrolment(resource) => return with_resource(Aadsts::MfaEnrolment, resource),
            Self::SignInAgain => Aadsts::NoSession,
            Self::Consent(_) => Aadsts::NoConsent,
            Self::NeedAdministrator(_, aadsts) => *aadsts,
        };
        let refusal = Refusal::new(aadsts)
            .with("client", client.client.to_string())
            .with("name", client.name.clone());
        Some(refusal)
    }
}

impl Directory {
    /// Refuses while something stands between the person and the end of the errand.
    pub(crate) async fn require_done(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<(), DirectoryError> {
        let step = self.next_step(errand, person, false, address).await?;
        if step == Step::Done {
            return Ok(());
        }
        let client = self.client_view(errand).await?;
        match step.refusal(&client) {
            None => Ok(()),
            Some(refusal) => Err(refusal.into()),
        }
    }
}
