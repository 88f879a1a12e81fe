//! The refresh token grant (RFC 6749 §6).
//!
//! As at the service, the old token stays good when a new one is handed out, unless the directory is
//! set to be strict; see [`crate::model::RefreshTokenReuse`].

use lcs_types::TenantId;
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};

use super::{
    Demand, Family, Issue, SignInDraft, TokenContext, TokenResponse, refuse_resource_parameter,
};
use crate::{
    Directory,
    error::DirectoryError,
    form::Form,
    model::{RefreshToken, TenantTarget, User},
    policy::PolicyQuestion,
    scopes::{RequestedValues, ResourceRequest},
    secret_hash::SecretHash,
    store::Renewed,
};

impl Directory {
    pub(super) async fn refresh_token_grant(
        &self,
        form: &Form,
        context: &TokenContext,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        let presented = SecretHash::of(form.require("refresh_token")?);
        refuse_resource_parameter(form, context.endpoint)?;
        let found = self.store.refresh_token(presented).await?;
        let tenant = tenant_for(target, found.as_ref())?;
        draft.tenant = Some(tenant);
        let client = self.client_in(tenant, form.require("client_id")?).await?;
        draft.note_client(&client);
        let old = found
            .filter(|token| token.client == client.id())
            .ok_or(Aadsts::InvalidGrantMaterial)?;
        if old.tenant != tenant {
            return Err(Aadsts::OtherTenant.into());
        }
        let demand = Demand::of_renewal(old.flow, self.settings.inferences.renewal_needs_switch);
        let client_authentication = self.authenticate(&client, form, context, demand)?;
        let user = self.named_user(&client.tenant, old.user).await?;
        draft.note_user(&user);
        self.check_still_good(&old, &user)?;
        crate::sign_in::check_account(&user, &client.tenant)?;
        let request = requested(form, context.endpoint, &old)?;
        draft.resource = Some(request.audience());
        let authorisation = self.authorise(&client, request).await?;
        self.check_policies(
            &PolicyQuestion {
                tenant: &client.tenant,
                user: &user,
                resource: authorisation.resource.client_id,
                flow: old.flow,
                address: context.client_address,
                authentication: &old.authentication,
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
                flow: old.flow,
                authentication: &old.authentication,
                family: Some(Family {
                    id: old.family,
                    started_at: Some(old.family_started_at),
                }),
                nonce: None,
                form,
                context,
            })
            .await?;
        if let Some(successor) = &issued.refresh_token {
            let reuse = self.settings.refresh_token_reuse;
            let renewed = self
                .store
                .renew_refresh_token(presented, successor, reuse, self.now())
                .await?;
            if renewed != Renewed::Yes {
                return Err(revoked(&old, &user).into());
            }
        }
        Ok(issued.response)
    }

    fn check_still_good(&self, token: &RefreshToken, user: &User) -> Result<(), Refusal> {
        if token.is_revoked || token.issued_at < user.tokens_valid_from {
            return Err(revoked(token, user));
        }
        if token.is_past_spa_lifetime(self.now()) {
            return Err(Refusal::new(Aadsts::SpaRefreshTokenExpired)
                .with("issued", token.family_started_at.to_string())
                .with("lifetime", "1.00:00:00"));
        }
        if token.is_inactive(self.now()) {
            return Err(Refusal::new(Aadsts::RefreshTokenInactive)
                .with("issued", token.issued_at.to_string())
                .with("inactive", "90.00:00:00"));
        }
        Ok(())
    }
}

/// A path without a tenant means the tenant of the token.
fn tenant_for(target: TenantTarget, token: Option<&RefreshToken>) -> Result<TenantId, Refusal> {
    match (target, token) {
        (TenantTarget::Tenant(tenant), _) => Ok(tenant),
        (TenantTarget::Common | TenantTarget::Organizations, Some(token)) => Ok(token.tenant),
        (TenantTarget::Common | TenantTarget::Organizations, None) => {
            Err(Aadsts::InvalidGrantMaterial.into())
        }
    }
}

/// What the renewal asks for; what it leaves out stays as it was.
fn requested(
    form: &Form,
    endpoint: Endpoint,
    old: &RefreshToken,
) -> Result<ResourceRequest, Refusal> {
    let original = ResourceRequest::all_from_scope(&old.scope)?.swap_remove(0);
    match endpoint {
        Endpoint::V2 => form.text("scope").map_or(Ok(original), one_resource),
        Endpoint::V1 => {
            let resource = form.text("resource").unwrap_or(&original.resource);
            let mut request = ResourceRequest::from_resource(resource, form.text("scope"));
            if form.text("scope").is_none() {
                request.open_id = original.open_id;
                request.open_id.offline_access = true;
            }
            request.values = RequestedValues::Default;
            Ok(request)
        }
    }
}

/// One resource, or none, which asks Graph for who the person is.
fn one_resource(scope: &str) -> Result<ResourceRequest, Refusal> {
    let mut requests = ResourceRequest::all_from_scope(scope)?;
    if requests.len() > 1 {
        return Err(Refusal::new(Aadsts::SeveralResources).with("scope", scope));
    }
    Ok(requests.swap_remove(0))
}

fn revoked(token: &RefreshToken, user: &User) -> Refusal {
    Refusal::new(Aadsts::GrantRevoked)
        .with("issued", token.issued_at.to_string())
        .with("valid_from", user.tokens_valid_from.to_string())
}
