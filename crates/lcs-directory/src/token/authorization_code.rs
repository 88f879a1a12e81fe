//! The authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5).
//!
//! The redirect URI through which the code came says what kind of client redeems it.

use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};

use super::{
    Demand, Family, Issue, SignInDraft, TokenContext, TokenResponse, refuse_resource_parameter,
};
use crate::{
    Directory,
    authorize::redirect::has_origin,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{AuthorizationCode, CodeBinding, RedirectType, SignInFlow, TenantTarget},
    policy::PolicyQuestion,
    scopes::ResourceRequest,
    secret_hash::SecretHash,
    store::Changed,
};

impl Directory {
    pub(super) async fn authorization_code_grant(
        &self,
        form: &Form,
        context: &TokenContext,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        let presented = SecretHash::of(form.require("code")?);
        refuse_resource_parameter(form, context.endpoint)?;
        let code = self.store.authorization_code(presented).await?;
        let Some(code) = code else {
            return Err(Aadsts::InvalidGrantMaterial.into());
        };
        if !target.admits(code.tenant) {
            return Err(Aadsts::CodeOfOtherTenant.into());
        }
        let client = self
            .client_in(code.tenant, form.require("client_id")?)
            .await?;
        draft.note_client(&client);
        let binding = &code.binding;
        if binding.client != client.id() {
            return Err(Aadsts::InvalidGrantMaterial.into());
        }
        check_redirect_uri(form.text("redirect_uri"), &binding.redirect_uri)?;
        check_origin(binding, context)?;
        let demand = Demand::of_code(binding.redirect_type);
        let client_authentication = self.authenticate(&client, form, context, demand)?;
        check_verifier(&code, form)?;
        if code.is_redeemed {
            return Err(self.reused(&code).await?.into());
        }
        if code.is_expired(self.now()) {
            return Err(Aadsts::CodeExpired.into());
        }
        let request = requested(form, context.endpoint, &binding.scope)?;
        draft.resource = Some(request.audience());
        let authorisation = self.authorise(&client, request).await?;
        let user = self.named_user(&client.tenant, code.user).await?;
        draft.note_user(&user);
        crate::sign_in::check_account(&user, &client.tenant)?;
        self.check_policies(
            &PolicyQuestion {
                tenant: &client.tenant,
                user: &user,
                resource: authorisation.resource.client_id,
                flow: SignInFlow::AuthorizationCode(binding.redirect_type),
                address: context.client_address,
                authentication: &code.authentication,
            },
            draft,
        )
        .await?;
        self.require_assignment(&user, &[&client.principal, &authorisation.resource])
            .await?;
        let values = authorisation.granted(&client, &user)?;
        let issued = self
            .issue(&Issue {
                client: &client,
                client_authentication,
                authorisation: &authorisation,
                values: &values,
                user: &user,
                flow: SignInFlow::AuthorizationCode(binding.redirect_type),
                authentication: &code.authentication,
                family: Some(Family {
                    id: code.family,
                    started_at: None,
                }),
                nonce: binding.nonce.as_deref(),
                form,
                context,
            })
            .await?;
        // Of several redemptions at once exactly one passes here; what the others made is dropped.
        let kept = issued.refresh_token.as_ref();
        match self
            .store
            .redeem_authorization_code(presented, kept)
            .await?
        {
            Changed::Yes => Ok(issued.response),
            Changed::NotFound => Err(self.reused(&code).await?.into()),
        }
    }

    /// Somebody else has the code, so nothing that came of it is trusted any more (RFC 6749 §4.1.2).
    async fn reused(&self, code: &AuthorizationCode) -> Result<Refusal, DirectoryFailure> {
        self.store.revoke_refresh_family(code.family).await?;
        Ok(Aadsts::CodeAlreadyRedeemed.into())
    }
}

fn check_redirect_uri(sent: Option<&str>, bound: &str) -> Result<(), Refusal> {
    match sent {
        Some(uri) if uri == bound => Ok(()),
        // Where the first request left it out, the second may too; it is never another one.
        None => Err(Refusal::new(Aadsts::MissingParameter).with("parameter", "redirect_uri")),
        Some(uri) => Err(Refusal::new(Aadsts::RedirectUriDiffers)
            .with("uri", uri)
            .with("first", bound)),
    }
}

/// Only scripts of single-page applications redeem their codes, from their own pages, and they redeem
/// no other ones.
fn check_origin(binding: &CodeBinding, context: &TokenContext) -> Result<(), Refusal> {
    let not_here = |origin: &str| Refusal::new(Aadsts::CrossOriginOnlySpa).with("origin", origin);
    match (binding.redirect_type, context.script_origin.as_deref()) {
        (RedirectType::Spa, None) => Err(Aadsts::SpaCrossOriginOnly.into()),
        (RedirectType::Spa, Some(origin)) if !has_origin(&binding.redirect_uri, origin) => {
            Err(not_here(origin))
        }
        (RedirectType::Public | RedirectType::Web, Some(origin)) => Err(not_here(origin)),
        (RedirectType::Spa, Some(_)) | (RedirectType::Public | RedirectType::Web, None) => Ok(()),
    }
}

/// A verifier without a challenge is as wrong as a challenge without a verifier: somebody may have
/// taken one of them out (RFC 9700 §4.8.2).
fn check_verifier(code: &AuthorizationCode, form: &Form) -> Result<(), Refusal> {
    match (&code.binding.challenge, form.secret("code_verifier")) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Aadsts::CodeVerifierMissing.into()),
        (Some(challenge), Some(verifier)) if challenge.admits(verifier) => Ok(()),
        (Some(_) | None, Some(_)) => Err(Aadsts::CodeVerifierMismatch.into()),
    }
}

/// What the redemption asks for: one of the resources that the person was asked about, or another
/// one; the first of them when it says nothing.
fn requested(form: &Form, endpoint: Endpoint, bound: &str) -> Result<ResourceRequest, Refusal> {
    let mut bound = ResourceRequest::all_from_scope(bound)?;
    let first = bound.swap_remove(0);
    match endpoint {
        Endpoint::V1 => Ok(match form.text("resource") {
            Some(resource) => ResourceRequest {
                open_id: first.open_id,
                ..ResourceRequest::from_resource(resource, form.text("scope"))
            },
            None => first,
        }),
        Endpoint::V2 if form.is_blank("scope") => Err(Aadsts::ScopeEmptyForCode.into()),
        Endpoint::V2 => {
            let Some(scope) = form.text("scope") else {
                return Ok(first);
            };
            let refuse = |aadsts| Refusal::new(aadsts).with("scope", scope);
            let mut asked = ResourceRequest::all_from_scope(scope)
                .map_err(|_| refuse(Aadsts::ScopeInvalidForCode))?;
            match (asked.pop(), asked.is_empty()) {
                // Only scopes of OpenID Connect: they were for the sign-in, not for a resource.
                (Some(request), true) if request.is_identity_only() => Ok(ResourceRequest {
                    open_id: request.open_id,
                    ..first
                }),
                (Some(request), true) => Ok(request),
                _ => Err(refuse(Aadsts::SeveralResourcesForCode)),
            }
        }
    }
}
