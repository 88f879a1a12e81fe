//! What a client sends a person to a page for, and what stands between the person and the end of
//! it. The authorize endpoint and the device flow share it.
//!
//! - here – the errand, the steps, and which one is next
//! - `policies` – second factors and fresh sign-ins that policies demand
//! - `consent` – the consent step, and what is recorded when it is passed
//! - `presence` – a client of another tenant becomes present in this one
//! - `shown` – what a person is shown of client and permissions

mod consent;
mod policies;
mod presence;
mod shown;

use std::net::IpAddr;

use lcs_types::ClientId;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

pub(crate) use self::consent::with_open_id;
pub use self::{
    consent::AcceptFor,
    shown::{ClientView, ConsentView, PermissionView},
};
use crate::{
    Directory, catalogue,
    consent::Approval,
    error::DirectoryError,
    model::{SignInFlow, TenantTarget, User},
    scopes::ResourceRequest,
    sign_in::SignedInUser,
    token::{Authorisation, Client},
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
    /// Somebody else must accept these.
    NeedAdministrator(ConsentView, Approval),
    /// Nothing.
    Done,
}

/// An errand, the person, and what it comes down to.
pub(crate) struct Running {
    pub(crate) client: Client,
    pub(crate) user: User,
    pub(crate) authorisations: Vec<Authorisation>,
}

impl Step {
    /// Whether the person must prove who they are, once more or further.
    pub const fn proves_who_somebody_is(&self) -> bool {
        match self {
            Self::SecondFactor(_) | Self::Enrolment(_) | Self::SignInAgain => true,
            Self::Consent(_) | Self::NeedAdministrator(..) | Self::Done => false,
        }
    }

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
            Self::NeedAdministrator(_, approval) => approval.refusal(),
        };
        let refusal = Refusal::new(aadsts)
            .with("client", client.client.to_string())
            .with("name", client.name.clone());
        Some(refusal)
    }
}

impl Directory {
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
        self.consent_step(errand, &running, asks_again).await
    }

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
        let user = self.named_user(&client.tenant, person.user).await?;
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
                match catalogue::named(requested, self.name_rule()) {
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
}
