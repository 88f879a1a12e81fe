//! The end of a request to the authorize endpoint: the code, and tokens where they are enabled.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_types::Secret;

use super::{AuthorizeRequest, Reply};
use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{AuthorizationCode, CodeBinding, SignInOutcome},
    scopes::ResourceRequest,
    secret_hash::SecretHash,
    sign_in::SignedInUser,
    token::{ClientAuthentication, Issue, SignInDraft},
};

impl Directory {
    /// Hands out what the request asks for, when nothing stands between the person and that.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_step`]; AADSTS65001 when something does stand between; a failure of ours.
    pub async fn finish_authorize(
        &self,
        request: &AuthorizeRequest,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<Reply, DirectoryError> {
        let errand = &request.errand;
        self.require_done(errand, person, address).await?;
        let mut parameters = Vec::new();
        if request.response.code {
            parameters.push(("code", self.hand_out_code(request, person).await?));
        }
        if request.response.id_token || request.response.token {
            parameters.extend(self.front_channel_tokens(request, person).await?);
        }
        if request.wants_client_info {
            let info = crate::token::client_info(person.user, person.tenant);
            parameters.push(("client_info", Secret::new(info)));
        }
        let mut reply = request.reply_to.reply(parameters);
        let session = person.authentication.session.to_string();
        reply
            .parameters
            .push(("session_state", Secret::new(session)));
        self.log_page_sign_in(
            errand,
            &request.context,
            &SignInDraft::of(person),
            SignInOutcome::Granted,
        )
        .await?;
        Ok(reply)
    }

    async fn hand_out_code(
        &self,
        request: &AuthorizeRequest,
        person: &SignedInUser,
    ) -> Result<Secret, DirectoryFailure> {
        let text = format!("1.{}", URL_SAFE_NO_PAD.encode(self.random_bytes::<64>()));
        let scope: Vec<String> = request
            .errand
            .resources
            .iter()
            .map(ResourceRequest::to_scope)
            .collect();
        self.store
            .add_authorization_code(&AuthorizationCode {
                code: SecretHash::of(&text),
                family: lcs_types::randomness::random_uuid(&*self.randomness),
                tenant: person.tenant,
                user: person.user,
                binding: CodeBinding {
                    client: request.errand.client,
                    redirect_uri: request.reply_to.redirect.uri.clone(),
                    redirect_type: request.reply_to.redirect.redirect_type,
                    challenge: request.challenge.clone(),
                    scope: scope.join(" "),
                    nonce: request.nonce.clone(),
                    endpoint: request.context.endpoint,
                },
                authentication: person.authentication.clone(),
                issued_at: self.now(),
                is_redeemed: false,
            })
            .await?;
        Ok(Secret::new(text))
    }

    /// Tokens in the redirect (OpenID Connect Core §3.2): no refresh token, ever.
    async fn front_channel_tokens(
        &self,
        request: &AuthorizeRequest,
        person: &SignedInUser,
    ) -> Result<Vec<(&'static str, Secret)>, DirectoryError> {
        let running = self.run(&request.errand, person).await?;
        let authorisation = running
            .authorisations
            .first()
            .ok_or(DirectoryFailure::Dangling("resource"))?;
        let values = authorisation.granted(&running.client, &running.user)?;
        let minted = self
            .mint(&Issue {
                client_authentication: ClientAuthentication::Public,
                client: &running.client,
                authorisation,
                values: &values,
                user: &running.user,
                flow: request.errand.flow,
                authentication: &person.authentication,
                family: None,
                nonce: request.nonce.as_deref(),
                form: &Form::default(),
                context: &request.context,
            })
            .await?;
        let mut parameters = Vec::new();
        if request.response.token {
            parameters.push(("access_token", minted.access_token));
            parameters.push(("token_type", Secret::new("Bearer")));
            parameters.push(("expires_in", Secret::new(minted.lifetime.to_string())));
            parameters.push(("scope", Secret::new(minted.scope)));
        }
        if request.response.id_token {
            parameters.extend(minted.id_token.map(|token| ("id_token", token)));
        }
        Ok(parameters)
    }
}
