//! The token endpoint: who gets which tokens. One file for each grant.
//!
//! The order of the checks is the one that reports about the service suggest: tenant, fields,
//! client, resource, user, password, policy, consent.

mod answer;
mod application_token;
mod assertions_used;
mod assignment;
mod authorisation;
mod authorization_code;
mod client;
mod client_authentication;
mod client_credentials;
mod device_code;
mod issue;
mod on_behalf_of;
mod password;
mod refresh_token;

pub use answer::{DeviceResponse, TokenResponse};

use std::net::IpAddr;

use lcs_tokens::validate::same_resource;
use lcs_types::{CorrelationId, TenantId, TraceId, UserId};
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};

pub(crate) use application_token::OwnIssue;
pub(crate) use assertions_used::AssertionsUsed;
pub(crate) use authorisation::{Authorisation, no_consent};
pub(crate) use client::Client;
pub(crate) use client_authentication::{ClientAuthentication, Demand};
pub(crate) use issue::{Family, Issue, client_info, pairwise_subject};

use crate::{
    Directory,
    errand::Errand,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{ConditionalAccessStatus, SignInEvent, SignInOutcome, TenantTarget, User},
    policy::{self, PolicyQuestion},
    scopes::ResourceRequest,
    sign_in::SignedInUser,
};

/// What the endpoint knows of a request beside its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenContext {
    /// The endpoint generation.
    pub endpoint: Endpoint,
    /// The tenant segment of the path, as it came.
    pub tenant_segment: String,
    /// The origin that was asked, without slash at the end; issuers begin with it.
    pub origin: String,
    /// Where the request came from.
    pub client_address: IpAddr,
    /// The client's id of its work.
    pub correlation_id: CorrelationId,
    /// Our id of the request.
    pub trace_id: TraceId,
    /// The `Origin` header: the page whose script sent the request.
    pub script_origin: Option<String>,
}

/// What a request wants to trade for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GrantType {
    Password,
    AuthorizationCode,
    DeviceCode,
    RefreshToken,
    ClientCredentials,
    OnBehalfOf,
}

impl GrantType {
    /// MSAL for Node writes the device code grant without its URN.
    fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "password" => Ok(Self::Password),
            "authorization_code" => Ok(Self::AuthorizationCode),
            "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => Ok(Self::DeviceCode),
            "refresh_token" => Ok(Self::RefreshToken),
            "client_credentials" => Ok(Self::ClientCredentials),
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => Ok(Self::OnBehalfOf),
            other => Err(Refusal::new(Aadsts::UnsupportedGrant).with("grant", other)),
        }
    }
}

/// What the sign-in log will say; filled in as the request is understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignInDraft {
    pub(crate) tenant: Option<TenantId>,
    pub(crate) client_name: Option<String>,
    pub(crate) user: Option<UserId>,
    pub(crate) user_name: Option<String>,
    pub(crate) resource: Option<String>,
    pub(crate) conditional_access: ConditionalAccessStatus,
}

impl SignInDraft {
    pub(crate) fn note_user(&mut self, user: &User) {
        self.tenant = Some(user.tenant);
        self.user = Some(user.id);
        self.user_name = Some(user.user_principal_name.to_string());
    }

    pub(crate) fn note_client(&mut self, client: &Client) {
        self.tenant = Some(client.tenant.id);
        self.client_name = Some(client.name().to_owned());
    }

    /// The draft of a person on a page.
    pub(crate) fn of(person: &SignedInUser) -> Self {
        Self {
            tenant: Some(person.tenant),
            user: Some(person.user),
            user_name: Some(person.user_principal_name.to_string()),
            ..Self::default()
        }
    }
}

impl Directory {
    /// Answers a request to the token endpoint, and notes it in the sign-in log.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Refused`] as Entra refuses; a failure of ours.
    pub async fn request_token(
        &self,
        form: &Form,
        context: &TokenContext,
    ) -> Result<TokenResponse, DirectoryError> {
        let mut draft = SignInDraft::default();
        let result = self.decide_token(form, context, &mut draft).await;
        let outcome = match &result {
            Ok(_) => SignInOutcome::Granted,
            // Polls of a device that waits are no sign-ins.
            Err(DirectoryError::Refused(refusal))
                if refusal.aadsts == Aadsts::AuthorizationPending =>
            {
                return result;
            }
            Err(DirectoryError::Refused(refusal)) => {
                SignInOutcome::Refused(refusal.aadsts.row().code)
            }
            Err(DirectoryError::Failed(_)) => return result,
        };
        self.log_sign_in(
            shortened(form.text("grant_type").unwrap_or_default()),
            form.text("client_id").map(shortened),
            context,
            &draft,
            outcome,
        )
        .await?;
        result
    }

    /// Notes in the sign-in log that a page refused a person, known or not.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn note_refused_page(
        &self,
        errand: &Errand,
        context: &TokenContext,
        person: Option<&SignedInUser>,
        user_name: &str,
        refusal: &Refusal,
    ) -> Result<(), DirectoryFailure> {
        let draft = match person {
            Some(person) => SignInDraft::of(person),
            None => SignInDraft {
                tenant: match errand.target {
                    TenantTarget::Tenant(tenant) => Some(tenant),
                    TenantTarget::Common | TenantTarget::Organizations => None,
                },
                user_name: (!user_name.is_empty()).then(|| shortened(user_name)),
                ..SignInDraft::default()
            },
        };
        let outcome = SignInOutcome::Refused(refusal.aadsts.row().code);
        self.log_page_sign_in(errand, context, &draft, outcome)
            .await
    }

    /// Notes a sign-in on a page in the sign-in log.
    pub(crate) async fn log_page_sign_in(
        &self,
        errand: &Errand,
        context: &TokenContext,
        draft: &SignInDraft,
        outcome: SignInOutcome,
    ) -> Result<(), DirectoryFailure> {
        let draft = SignInDraft {
            resource: errand.resources.first().map(ResourceRequest::audience),
            ..draft.clone()
        };
        let flow = format!("{}_page", errand.flow);
        self.log_sign_in(
            flow,
            Some(errand.client.to_string()),
            context,
            &draft,
            outcome,
        )
        .await
    }

    async fn log_sign_in(
        &self,
        grant: String,
        client: Option<String>,
        context: &TokenContext,
        draft: &SignInDraft,
        outcome: SignInOutcome,
    ) -> Result<(), DirectoryFailure> {
        let event = SignInEvent {
            at: self.now(),
            correlation_id: context.correlation_id,
            trace_id: context.trace_id,
            client_address: context.client_address,
            grant,
            tenant: draft.tenant,
            client,
            client_name: draft.client_name.clone(),
            user_name: draft.user_name.clone(),
            user: draft.user,
            resource: draft.resource.as_deref().map(shortened),
            outcome,
            conditional_access: draft.conditional_access,
        };
        Ok(self.store.record_sign_in(&event).await?)
    }

    /// Refuses what policies do not allow, and notes what they said.
    async fn check_policies(
        &self,
        question: &PolicyQuestion<'_>,
        draft: &mut SignInDraft,
    ) -> Result<(), DirectoryError> {
        let evaluation = self.ask_policies(question).await?;
        draft.conditional_access = evaluation.status();
        Ok(policy::refuse(&evaluation, question.resource)?)
    }

    async fn decide_token(
        &self,
        form: &Form,
        context: &TokenContext,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        let target = self.resolve_tenant(&context.tenant_segment).await?;
        let grant = form.require("grant_type")?;
        form.require("client_id")?;
        match GrantType::parse(grant)? {
            GrantType::Password => self.password_grant(form, context, target, draft).await,
            GrantType::AuthorizationCode => {
                self.authorization_code_grant(form, context, target, draft)
                    .await
            }
            GrantType::DeviceCode => self.device_code_grant(form, context, target, draft).await,
            GrantType::RefreshToken => self.refresh_token_grant(form, context, target, draft).await,
            GrantType::OnBehalfOf => self.on_behalf_of_grant(form, context, target, draft).await,
            GrantType::ClientCredentials => {
                self.client_credentials_grant(form, context, target, draft)
                    .await
            }
        }
    }
}

/// Refuses a request that names no resource in the way of its endpoint.
fn require_resource(form: &Form, endpoint: Endpoint) -> Result<(), Refusal> {
    match endpoint {
        Endpoint::V2 => {
            refuse_resource_parameter(form, endpoint)?;
            form.require("scope").map(|_| ())
        }
        Endpoint::V1 => form.require("resource").map(|_| ()),
    }
}

/// The v2 endpoint does not know `resource`.
fn refuse_resource_parameter(form: &Form, endpoint: Endpoint) -> Result<(), Refusal> {
    let Some(resource) = form.text("resource").filter(|_| endpoint == Endpoint::V2) else {
        return Ok(());
    };
    let of_scope = form.text("scope").map(ResourceRequest::from_scope);
    let is_other =
        matches!(of_scope, Some(Ok(request)) if !same_resource(&request.resource, resource));
    Err(if is_other {
        Aadsts::ResourceMismatch.into()
    } else {
        Aadsts::ResourceParameter.into()
    })
}

/// What a request asks for, in the way of its endpoint.
pub(crate) fn read_request(form: &Form, endpoint: Endpoint) -> Result<ResourceRequest, Refusal> {
    match endpoint {
        Endpoint::V2 => ResourceRequest::from_scope(form.require("scope")?),
        Endpoint::V1 => Ok(ResourceRequest::from_resource(
            form.require("resource")?,
            form.text("scope"),
        )),
    }
}

/// Foreign text for the log: bounded, and on one line.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
