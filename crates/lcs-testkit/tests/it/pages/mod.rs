//! The pages that people sign in on, over HTTP, without script.

mod abuse;
mod approval;
mod authorize;
mod consent;
mod forged;
mod second_factor;
mod session;
mod single_page;
mod stay_signed_in;
pub(crate) mod tenants;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    browser::{Browser, Page},
    refusals::authority::{ARTICLE_SCOPE, Answer, Application, Authority},
};

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Where a native client of these tests listens.
pub(crate) const LOOPBACK: &str = "http://localhost:53123";

/// The challenge of [`VERIFIER`].
fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The URL to which a native client sends a browser, with changes; an empty value takes a parameter
/// away.
pub(crate) fn authorize_url(
    authority: &Authority,
    client: &Application,
    changes: &[(&str, &str)],
) -> String {
    let scope = format!("openid offline_access {ARTICLE_SCOPE}");
    let challenge = challenge();
    let mut parameters: Vec<(&str, &str)> = vec![
        ("client_id", &client.client_id),
        ("response_type", "code"),
        ("redirect_uri", LOOPBACK),
        ("scope", &scope),
        ("state", "s-1"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("/{}/oauth2/v2.0/authorize?{query}", authority.segment())
}

/// Redeems a code as the native client that asked for it, with changes.
pub(crate) async fn redeem(
    authority: &Authority,
    client: &Application,
    code: &str,
    changes: &[(&str, &str)],
) -> Answer {
    authority.redeem(client, code, changes).await
}

/// Signs the service user in and answers with the code.
pub(crate) async fn code(authority: &Authority, client: &Application) -> String {
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(authority, client, &[])).await;
    let user = authority.cloud.service_user().clone();
    code_of(&browser.sign_in(&page, &user).await)
}

pub(crate) fn code_of(page: &Page) -> String {
    page.reply()
        .get("code")
        .unwrap_or_else(|| panic!("no code: {:?} {}", page.location, page.body))
        .clone()
}

/// The claims of a token, unverified.
pub(crate) fn claims(answer: &Answer, token: &str) -> Value {
    let claims = lcs_wire::entra::unverified::read(&answer.text(token)).unwrap();
    json!(claims.claims)
}
