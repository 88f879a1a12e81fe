//! Signing in with the system's browser: authorization code with PKCE (RFC 6749 §4.1, RFC 7636),
//! answered on this machine (RFC 8252 §7.3, in `loopback`).
//!
//! Works for every account that can sign in at all, multifactor authentication included, and
//! needs no public client switch: the redirect URI tells Entra that the client is public.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_types::{Secret, UserPrincipalName};
use lcs_wire::entra::EntraError;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::loopback::{Arrival, Loopback, Page};
use crate::{
    error::{RefusedSignIn, SignInError},
    resource::Resource,
    token_request::{SignInClient, Tokens},
};

/// RFC 7636 §4.1: 32 random bytes make a verifier of 43 characters.
const RANDOM_BYTES: usize = 32;

/// How to sign in with a browser.
#[derive(Debug, Clone)]
pub struct BrowserOptions {
    /// The port that the browser is sent back to; `None` takes a free one. A fixed one is for
    /// those who forward it.
    pub port: Option<u16>,
    /// How long the person may take.
    pub time_limit: Duration,
    /// Who is to sign in: the page shows the name at first, and nobody else will do.
    pub account: Option<UserPrincipalName>,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            port: None,
            time_limit: Duration::from_mins(5),
            account: None,
        }
    }
}

/// A sign-in that a person completes in the browser. Dropping it gives up.
#[derive(Debug)]
pub struct BrowserSignIn {
    url: Url,
    redirect_uri: String,
    resource: Resource,
    verifier: Secret,
    nonce: Secret,
    account: Option<UserPrincipalName>,
    time_limit: Duration,
    loopback: Loopback,
}

impl BrowserSignIn {
    /// The page to open in the system's browser.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// How long the person may take.
    pub const fn time_limit(&self) -> Duration {
        self.time_limit
    }
}

impl SignInClient {
    /// Begins a sign-in with a browser: listens for its answer. Asks the authority nothing yet.
    ///
    /// # Errors
    ///
    /// [`SignInError::Loopback`] when nothing can be listened on.
    pub async fn start_browser(
        &self,
        resource: &Resource,
        options: BrowserOptions,
    ) -> Result<BrowserSignIn, SignInError> {
        let state = self.random_text();
        let nonce = self.random_text();
        let verifier = self.random_text();
        let issuer = self.authority().origin();
        let loopback = Loopback::listen(options.port, state.clone(), issuer).await?;
        // Entra ignores the port of `http://localhost` and nothing else ("Redirect URI
        // restrictions").
        let redirect_uri = format!("http://localhost:{}", loopback.port());
        let mut url = self.authority().authorize_endpoint();
        let client_id = self.client_id().to_string();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()));
        url.query_pairs_mut()
            .append_pair("client_id", &client_id)
            .append_pair("response_type", "code")
            .append_pair("response_mode", "form_post")
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("scope", &Self::scope(resource))
            .append_pair("state", state.expose())
            .append_pair("nonce", nonce.expose())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        match &options.account {
            Some(user) => url
                .query_pairs_mut()
                .append_pair("login_hint", user.as_str()),
            // A browser that knows several accounts must not choose by itself.
            None => url
                .query_pairs_mut()
                .append_pair("prompt", "select_account"),
        };
        Ok(BrowserSignIn {
            url,
            redirect_uri,
            resource: resource.clone(),
            verifier,
            nonce,
            account: options.account,
            time_limit: options.time_limit,
            loopback,
        })
    }

    /// Waits for the browser's answer, exchanges it for tokens, and shows the person how it ended.
    ///
    /// # Errors
    ///
    /// [`SignInError::BrowserTimedOut`] past the time limit, also when the browser shows an error
    /// that Entra does not send back, such as a missing redirect URI; [`SignInError::Cancelled`];
    /// [`SignInError::Refused`] with what the authority sent back or answered to the code;
    /// [`SignInError::OtherAccount`] when somebody else signed in.
    pub async fn finish_browser(&self, mut pending: BrowserSignIn) -> Result<Tokens, SignInError> {
        let arrival = tokio::time::timeout(pending.time_limit, pending.loopback.arrival())
            .await
            .map_err(|_| SignInError::BrowserTimedOut)?;
        let Arrival { parameters, shown } = arrival;
        let result = match parameters.code {
            Some(code) => self.redeem(&pending, &code).await,
            None => Err(refusal(&parameters)),
        };
        let page = match &result {
            Ok(tokens) => Page::signed_in(tokens.account.as_deref()),
            Err(SignInError::Cancelled) => Page::cancelled(),
            Err(error) => Page::failed(&error.to_string()),
        };
        // A browser that has gone away does not matter.
        let _ = shown.send(page);
        pending.loopback.close().await;
        result
    }

    async fn redeem(&self, pending: &BrowserSignIn, code: &Secret) -> Result<Tokens, SignInError> {
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", &pending.redirect_uri),
            ("code_verifier", pending.verifier.expose()),
            ("scope", &Self::scope(&pending.resource)),
        ];
        let tokens = self.request_tokens_of(&grant, Some(&pending.nonce)).await?;
        tokens.must_be_of(pending.account.as_ref())?;
        Ok(tokens)
    }

    fn random_text(&self) -> Secret {
        let mut bytes = zeroize::Zeroizing::new([0; RANDOM_BYTES]);
        self.randomness.fill(bytes.as_mut());
        Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
    }
}

/// What the authority sent back instead of a code.
fn refusal(parameters: &super::loopback::Parameters) -> SignInError {
    // "Authorization code flow", error response: Cancel on the sign-in page.
    if parameters.error_subcode.as_deref() == Some("cancel") {
        return SignInError::Cancelled;
    }
    let error = EntraError::from_redirect(
        parameters.error.clone().unwrap_or_default(),
        parameters.error_description.clone().unwrap_or_default(),
    );
    SignInError::Refused(Box::new(RefusedSignIn { status: 400, error }))
}
