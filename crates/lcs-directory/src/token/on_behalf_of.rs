//! The on-behalf-of grant (RFC 7523 §2.1 in Entra's form): a middle tier exchanges the access token
//! that a user's client sent it for one of a resource behind it.

use jiff::{SignedDuration, Timestamp};
use lcs_tokens::{Policy, TokenRejected, ValidatedToken, validate};
use lcs_types::UserId;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::{
    Client, Demand, Issue, SignInDraft, TokenContext, TokenResponse, read_request, require_resource,
};
use crate::{
    Directory,
    error::DirectoryError,
    form::Form,
    model::{Authentication, SignInFlow, TenantTarget, User},
    policy::PolicyQuestion,
};

/// Tokens are dated back by this much.
const BACKDATED: SignedDuration = SignedDuration::from_mins(5);

impl Directory {
    pub(super) async fn on_behalf_of_grant(
        &self,
        form: &Form,
        context: &TokenContext,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        let assertion = form.require_secret("assertion")?;
        require_use(form)?;
        require_resource(form, context.endpoint)?;
        // A token belongs to one tenant, and its middle tier knows which.
        let TenantTarget::Tenant(tenant) = target else {
            return Err(Aadsts::GrantNotForCommon.into());
        };
        draft.tenant = Some(tenant);
        let client = self.client_in(tenant, form.require("client_id")?).await?;
        draft.note_client(&client);
        let client_authentication = self.authenticate(&client, form, context, Demand::Proof)?;
        let assertion = self.validated(assertion.expose(), &client, context).await?;
        let user = self.user_of(&assertion, &client).await?;
        draft.note_user(&user);
        crate::sign_in::check_account(&user, &client.tenant)?;
        let authentication = self.authentication_of(&assertion, &user)?;
        let request = read_request(form, context.endpoint)?;
        draft.resource = Some(request.audience());
        let authorisation = self.authorise(&client, request).await?;
        self.check_policies(
            &PolicyQuestion {
                tenant: &client.tenant,
                user: &user,
                resource: authorisation.resource.client_id,
                flow: SignInFlow::OnBehalfOf,
                address: context.client_address,
                authentication: &authentication,
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
                flow: SignInFlow::OnBehalfOf,
                authentication: &authentication,
                family: None,
                nonce: None,
                form,
                context,
            })
            .await?;
        if let Some(token) = &issued.refresh_token {
            self.store.add_refresh_token(token).await?;
        }
        Ok(issued.response)
    }

    /// The token must be one of ours, for the middle tier, and live.
    async fn validated(
        &self,
        token: &str,
        client: &Client,
        context: &TokenContext,
    ) -> Result<ValidatedToken, DirectoryError> {
        let policy = Policy {
            issuers: self.issuers(&[context.origin.as_str()]).await?,
            audiences: client.principal.settings.names.clone(),
            client_id: client.id(),
        };
        let keys = self.published_keys().await?;
        let now = self.now();
        let token = validate(token, &keys, &policy, now)
            .map_err(|rejected| refusal(&rejected, client, now))?;
        if token.tenant != client.tenant.id {
            return Err(invalid("The token is of another tenant.").into());
        }
        Ok(token)
    }

    /// The user who stands behind the token; there is none behind an application's own.
    async fn user_of(
        &self,
        token: &ValidatedToken,
        client: &Client,
    ) -> Result<User, DirectoryError> {
        if token.scopes().next().is_none() {
            return Err(invalid("The token is not an access token of a user.").into());
        }
        let id: Option<UserId> = token.text("oid").and_then(|text| text.parse().ok());
        let id = id.ok_or_else(|| invalid("The token has no user."))?;
        self.named_user(&client.tenant, id).await
    }

    /// What the token tells of the sign-in. It does not say when that was; its own issue stands in.
    fn authentication_of(
        &self,
        token: &ValidatedToken,
        user: &User,
    ) -> Result<Authentication, Refusal> {
        let issued = token
            .claims
            .get("iat")
            .and_then(serde_json::Value::as_i64)
            .and_then(|second| Timestamp::from_second(second).ok())
            .ok_or_else(|| invalid("The token does not say when it was issued."))?;
        let issued = issued + BACKDATED;
        if issued.as_second() < user.tokens_valid_from.as_second() {
            return Err(Refusal::new(Aadsts::GrantRevoked)
                .with("issued", issued.to_string())
                .with("valid_from", user.tokens_valid_from.to_string()));
        }
        let session = lcs_types::randomness::random_uuid(&*self.randomness);
        let authentication = Authentication::by_password(issued, session);
        let methods = token
            .claims
            .get("amr")
            .and_then(serde_json::Value::as_array);
        let has_second_factor = methods.is_some_and(|methods| methods.iter().any(|it| it == "mfa"));
        Ok(if has_second_factor {
            authentication.with_one_time_code(issued)
        } else {
            authentication
        })
    }
}

fn require_use(form: &Form) -> Result<(), Refusal> {
    match form.require("requested_token_use")? {
        "on_behalf_of" => Ok(()),
        _ => Err(Aadsts::InvalidInput.into()),
    }
}

fn refusal(rejected: &TokenRejected, client: &Client, now: Timestamp) -> Refusal {
    match rejected {
        TokenRejected::Audience { audience } => Refusal::new(Aadsts::OboAssertionAudience)
            .with("audience", audience.clone())
            .with("expected", client.id().to_string())
            .with("client", client.id().to_string())
            .with("name", client.name()),
        TokenRejected::Expired { expired_at } => Refusal::new(Aadsts::OboAssertionExpired)
            .with("now", now.to_string())
            .with("until", expired_at.to_string()),
        TokenRejected::Malformed | TokenRejected::Algorithm | TokenRejected::HeaderExtension => {
            Aadsts::InvalidJwt.into()
        }
        other => invalid(&format!("{other}.")),
    }
}

fn invalid(reason: &str) -> Refusal {
    Refusal::new(Aadsts::OboAssertionInvalid).with("reason", reason)
}
