//! The person's side of the device flow: finding the request, consenting, approving, declining.
//!
//! For a page rendered by the server. What is granted is computed here, never from form fields.

use lcs_types::ClientId;
use lcs_wire::entra::Aadsts;

use crate::{
    Directory,
    consent::{Consent, WantedPermission},
    error::{DirectoryError, DirectoryFailure},
    model::{
        DeviceApproval, DeviceCode, DeviceCodeState, DeviceDecision, PermissionGrant, TenantTarget,
        User,
    },
    scopes::ResourceRequest,
    secret_hash::SecretHash,
    sign_in::SignedInUser,
    store::Changed,
    token::{Authorisation, Client},
};

/// What a person is shown of a device request before signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequestView {
    /// Who asks.
    pub client: ClientId,
    /// Its name.
    pub client_name: String,
    /// The tenant that published it, or Microsoft.
    pub publisher: String,
    /// Whose users may answer; to be passed to [`Directory::sign_in`].
    pub target: TenantTarget,
}

/// Whether a person must be asked for permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceConsent {
    /// All was granted before.
    NothingToAsk,
    /// These must be accepted.
    Ask(Vec<PermissionView>),
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

/// A request, the person in front of it, and what it comes down to.
struct Answering {
    code: DeviceCode,
    client: Client,
    user: User,
    authorisation: Authorisation,
}

impl Directory {
    /// The waiting request with this user code, entered in any case and with blanks or dashes.
    ///
    /// # Errors
    ///
    /// A failure of ours.
    pub async fn find_device_request(
        &self,
        user_code: &str,
    ) -> Result<Option<DeviceRequestView>, DirectoryError> {
        let Some(code) = self.pending(user_code).await? else {
            return Ok(None);
        };
        let client = self
            .client_for(code.target, &code.client.to_string())
            .await?;
        let publisher = match &client.registration {
            None => "Microsoft".to_owned(),
            Some(application) if application.tenant == client.tenant.id => {
                client.tenant.display_name.clone()
            }
            Some(application) => self
                .store
                .tenant(application.tenant)
                .await?
                .map_or_else(|| "unverified".to_owned(), |tenant| tenant.display_name),
        };
        Ok(Some(DeviceRequestView {
            client: client.id(),
            client_name: client.name().to_owned(),
            publisher,
            target: code.target,
        }))
    }

    /// What the signed-in person must accept before the request can be approved.
    ///
    /// # Errors
    ///
    /// AADSTS70018 when the request is not waiting any more, 90094 when only an administrator
    /// could accept, and what the token endpoint would refuse of client and resource; a failure of
    /// ours.
    pub async fn device_consent(
        &self,
        user_code: &str,
        person: &SignedInUser,
    ) -> Result<DeviceConsent, DirectoryError> {
        let answering = self.answering(user_code, person).await?;
        let wanted = answering.wanted()?;
        if wanted.is_empty() {
            return Ok(DeviceConsent::NothingToAsk);
        }
        let mut views = Vec::with_capacity(wanted.len());
        for permission in wanted {
            let resource = self
                .store
                .service_principal_of_client(person.tenant, permission.resource)
                .await?
                .ok_or(DirectoryFailure::Dangling("service principal"))?;
            let scope = resource
                .scope(&permission.value)
                .ok_or(DirectoryFailure::Dangling("permission"))?;
            views.push(PermissionView {
                resource_name: resource.settings.display_name.clone(),
                value: permission.value,
                title: scope
                    .user_consent_display_name
                    .clone()
                    .unwrap_or_else(|| scope.admin_consent_display_name.clone()),
                description: scope
                    .user_consent_description
                    .clone()
                    .unwrap_or_else(|| scope.admin_consent_description.clone()),
            });
        }
        Ok(DeviceConsent::Ask(views))
    }

    /// Approves the request in the name of the signed-in person, who has accepted what
    /// [`Directory::device_consent`] listed. The next poll gets tokens.
    ///
    /// # Errors
    ///
    /// As [`Directory::device_consent`].
    pub async fn approve_device_code(
        &self,
        user_code: &str,
        person: &SignedInUser,
    ) -> Result<(), DirectoryError> {
        let answering = self.answering(user_code, person).await?;
        for permission in answering.wanted()? {
            let resource = self
                .store
                .service_principal_of_client(person.tenant, permission.resource)
                .await?
                .ok_or(DirectoryFailure::Dangling("service principal"))?;
            self.store
                .merge_grant(&PermissionGrant {
                    tenant: person.tenant,
                    client: answering.client.principal.id,
                    resource: resource.id,
                    principal: Some(person.user),
                    values: vec![permission.value],
                })
                .await?;
        }
        let approval = DeviceApproval {
            tenant: answering.user.tenant,
            user: answering.user.id,
        };
        self.decide(answering.code.user_code, DeviceDecision::Approve(approval))
            .await
    }

    /// Refuses the request; the next poll ends.
    ///
    /// # Errors
    ///
    /// AADSTS70018 when the request is not waiting any more; a failure of ours.
    pub async fn decline_device_code(&self, user_code: &str) -> Result<(), DirectoryError> {
        self.decide(hash_of(user_code), DeviceDecision::Decline)
            .await
    }

    async fn decide(
        &self,
        user_code: SecretHash,
        decision: DeviceDecision,
    ) -> Result<(), DirectoryError> {
        match self
            .store
            .decide_device_code(user_code, decision, self.now())
            .await?
        {
            Changed::Yes => Ok(()),
            Changed::NotFound => Err(Aadsts::BadVerificationCode.into()),
        }
    }

    async fn pending(&self, user_code: &str) -> Result<Option<DeviceCode>, DirectoryFailure> {
        let code = self
            .store
            .device_code_of_user_code(hash_of(user_code), self.now())
            .await?;
        Ok(code.filter(|code| code.state == DeviceCodeState::Pending))
    }

    async fn answering(
        &self,
        user_code: &str,
        person: &SignedInUser,
    ) -> Result<Answering, DirectoryError> {
        let code = self
            .pending(user_code)
            .await?
            .ok_or(Aadsts::BadVerificationCode)?;
        if !code.target.admits(person.tenant) {
            return Err(Aadsts::OtherTenant.into());
        }
        let client = self
            .client_in(person.tenant, &code.client.to_string())
            .await?;
        let request = ResourceRequest::from_scope(&code.scope)?;
        let authorisation = self.authorise(&client, request).await?;
        let user = self.store.user(person.tenant, person.user).await?;
        let user = user.ok_or(DirectoryFailure::Dangling("user"))?;
        // The account may have been switched off since the person signed in.
        if !user.is_enabled {
            return Err(Aadsts::UserDisabled.into());
        }
        Ok(Answering {
            code,
            client,
            user,
            authorisation,
        })
    }
}

impl Answering {
    /// What the person must accept; nothing when all was granted.
    fn wanted(&self) -> Result<Vec<WantedPermission>, DirectoryError> {
        match self.authorisation.consent(&self.user) {
            Consent::Granted(_) => Ok(Vec::new()),
            // `.default` of a client that lists nothing: accepting would grant nothing.
            Consent::Ask(wanted) if wanted.is_empty() => {
                Err(crate::token::no_consent(&self.client).into())
            }
            Consent::Ask(wanted) => Ok(wanted),
            Consent::NeedsAdministrator(_) => Err(Aadsts::AdminConsentNeeded.into()),
        }
    }
}

/// People type codes in any case, and with blanks or dashes.
fn hash_of(user_code: &str) -> SecretHash {
    let typed: String = user_code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    SecretHash::of(&typed)
}
