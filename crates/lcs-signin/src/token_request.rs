//! The request to the token endpoint, and its answer. The grants are in [`crate::flows`].

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, Clock, CorrelationId, Randomness, Secret, UserPrincipalName};
use lcs_wire::entra::{EntraError, TokenAnswer, unverified};
use reqwest::header::{ACCEPT, RETRY_AFTER};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{
    authority::Authority,
    error::{RefusedSignIn, SignInError},
    http::{HttpClient, HttpError, TOKEN_ANSWER_LIMIT, host_and_port, read_bounded},
    resource::Resource,
    session::AccessToken,
};

/// How long a request for a token may take in all.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// An application that asks an authority for tokens.
#[derive(Debug, Clone)]
pub struct SignInClient {
    pub(crate) http: HttpClient,
    pub(crate) authority: Authority,
    pub(crate) client_id: ClientId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
}

/// What a sign-in yields.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The token to call with.
    pub access_token: AccessToken,
    /// When it was obtained.
    pub obtained_at: Timestamp,
    /// What the next token is had with.
    pub refresh_token: Option<Secret>,
    /// Who signed in, as the tokens say; `None` when they do not.
    pub account: Option<String>,
}

impl Tokens {
    /// Whether they are those of the account that was to sign in.
    pub(crate) fn must_be_of(&self, wanted: Option<&UserPrincipalName>) -> Result<(), SignInError> {
        let found = self.account.as_deref().unwrap_or_default();
        match wanted {
            Some(wanted) if wanted.as_str() != found => Err(SignInError::OtherAccount {
                wanted: wanted.as_str().to_owned(),
                found: found.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

impl SignInClient {
    /// The application `client_id` at `authority`. Connects to nothing.
    pub fn new(
        http: HttpClient,
        authority: Authority,
        client_id: ClientId,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Self {
        Self {
            http,
            authority,
            client_id,
            clock,
            randomness,
        }
    }

    /// Where it asks.
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Which application asks.
    pub const fn client_id(&self) -> ClientId {
        self.client_id
    }

    /// The scope of every request: the resource's permissions, an id token, and a refresh token.
    /// The article asks for the first alone and so gets nothing to renew with.
    pub(crate) fn scope(resource: &Resource) -> String {
        format!("{} openid profile offline_access", resource.default_scope())
    }

    pub(crate) async fn request_tokens(
        &self,
        grant: &[(&str, &str)],
    ) -> Result<Tokens, SignInError> {
        self.request_tokens_of(grant, None).await
    }

    /// The same for the sign-in that `nonce` was made for: its id token must name it (OpenID
    /// Connect Core §3.1.3.7).
    pub(crate) async fn request_tokens_of(
        &self,
        grant: &[(&str, &str)],
        nonce: Option<&Secret>,
    ) -> Result<Tokens, SignInError> {
        let endpoint = self.authority.token_endpoint();
        let answer: TokenAnswer = self.post(&endpoint, grant).await?;
        let obtained_at = self.clock.now();
        if !answer.token_type.eq_ignore_ascii_case("bearer") || answer.access_token.is_empty() {
            return Err(unexpected(&endpoint, 200, "it holds no bearer token"));
        }
        if let Some(nonce) = nonce
            && nonce_of(&answer).as_ref() != Some(nonce)
        {
            return Err(unexpected(&endpoint, 200, "it belongs to another sign-in"));
        }
        // From the answer's arrival on, not from `exp`: clocks differ.
        let lifetime = SignedDuration::from_secs(answer.expires_in.clamp(0, 366 * 86_400));
        let account = account_of(&answer, self.client_id);
        Ok(Tokens {
            access_token: AccessToken {
                secret: answer.access_token,
                expires_at: obtained_at + lifetime,
            },
            obtained_at,
            refresh_token: answer.refresh_token.filter(|token| !token.is_empty()),
            account,
        })
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        url: &Url,
        fields: &[(&str, &str)],
    ) -> Result<T, SignInError> {
        let client_id = self.client_id.to_string();
        let mut form = vec![("client_id", client_id.as_str())];
        form.extend_from_slice(fields);
        let correlation = CorrelationId::random(self.randomness.as_ref());
        let response = self
            .http
            .client_for(url)?
            .post(url.clone())
            .header(ACCEPT, "application/json")
            .header("client-request-id", correlation.to_string())
            .header("return-client-request-id", "true")
            .timeout(REQUEST_TIMEOUT)
            .form(&form)
            .send()
            .await
            .map_err(|error| HttpError::from_exchange(url, error))?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body = read_bounded(response, TOKEN_ANSWER_LIMIT).await?;
        match status {
            200 => serde_json::from_slice(&body)
                .map_err(|_| unexpected(url, status, "its body is not the JSON it should be")),
            429 => Err(SignInError::Throttled {
                host: host_and_port(url),
                retry_after,
            }),
            300..=399 => Err(unexpected(
                url,
                status,
                "it redirects, which is not followed",
            )),
            _ => match serde_json::from_slice::<EntraError>(&body) {
                Ok(error) => Err(SignInError::Refused(Box::new(RefusedSignIn {
                    status,
                    error,
                }))),
                Err(_) => Err(unexpected(url, status, "its body is no OAuth error")),
            },
        }
    }
}

pub(crate) fn unexpected(url: &Url, status: u16, reason: &'static str) -> SignInError {
    SignInError::Unexpected {
        host: host_and_port(url),
        status,
        reason,
    }
}

fn nonce_of(answer: &TokenAnswer) -> Option<Secret> {
    let claims = unverified::read(answer.id_token.as_ref()?.expose()).ok()?;
    Some(Secret::new(claims.claims.get("nonce")?.as_str()?))
}

/// Who signed in. The id token came straight from the endpoint over TLS (OpenID Connect Core
/// §3.1.3.7 lets that stand in for the signature); it must be meant for this application. The
/// name is used to find the sign-in again, never to decide on access.
fn account_of(answer: &TokenAnswer, client_id: ClientId) -> Option<String> {
    let from_id_token = answer.id_token.as_ref().and_then(|token| {
        let claims = unverified::read(token.expose()).ok()?.claims;
        let audience: ClientId = claims.get("aud")?.as_str()?.parse().ok()?;
        (audience == client_id)
            .then(|| Some(claims.get("preferred_username")?.as_str()?.to_lowercase()))
            .flatten()
    });
    from_id_token.or_else(|| {
        let claims = unverified::read(answer.access_token.expose()).ok()?.claims;
        ["upn", "unique_name", "preferred_username"]
            .iter()
            .find_map(|name| Some(claims.get(*name)?.as_str()?.to_lowercase()))
    })
}
