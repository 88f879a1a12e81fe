//! Single-page applications: codes that scripts redeem.

use lcs_wire::entra::Aadsts;
use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{VERIFIER, authorize_url, code_of};
use crate::{
    browser::Browser,
    refusals::authority::{Application, Authority},
};

const PAGE: &str = "https://app.contoso.com";
const REDIRECT: &str = "https://app.contoso.com/callback";

async fn redeem_from(
    authority: &Authority,
    client: &Application,
    code: &str,
    origin: Option<&str>,
) -> (Option<String>, Value) {
    let path = format!("/{}/oauth2/v2.0/token", authority.segment());
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client.client_id.as_str()),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let mut request = authority.request(Method::POST, &path).form(&form);
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    let answer = request.send().await.unwrap();
    let allowed = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    let allowed = allowed.map(|origin| origin.to_str().unwrap().to_owned());
    (allowed, answer.json().await.unwrap())
}

#[tokio::test]
async fn only_the_applications_own_page_redeems_and_its_session_ends_after_a_day() {
    let authority = Authority::start().await;
    let app = authority
        .register(json!({
            "publicClient": { "redirectUris": [] }, "spa": { "redirectUris": [REDIRECT] },
        }))
        .await;
    authority.consent(&app).await;
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &app, &[("redirect_uri", REDIRECT)]);
    let page = browser.open(&url).await;
    let user = authority.cloud.service_user().clone();
    let code = code_of(&browser.sign_in(&page, &user).await);

    let (allowed, refused) = redeem_from(&authority, &app, &code, None).await;
    assert_eq!(allowed, None);
    assert_eq!(
        refused["error_codes"],
        json!([Aadsts::SpaCrossOriginOnly.row().code])
    );
    let evil = Some("https://evil.example");
    let (allowed, refused) = redeem_from(&authority, &app, &code, evil).await;
    assert_eq!(allowed, None);
    assert_eq!(
        refused["error_codes"],
        json!([Aadsts::CrossOriginOnlySpa.row().code])
    );
    let (allowed, tokens) = redeem_from(&authority, &app, &code, Some(PAGE)).await;
    assert_eq!(allowed.as_deref(), Some(PAGE));
    let refresh = tokens["refresh_token"].as_str().unwrap();

    let renewed = authority.renew(&app, refresh, &[]).await;
    let second = renewed.text("refresh_token");
    authority
        .cloud
        .clock
        .advance(jiff::SignedDuration::from_hours(24));
    let late = authority.renew(&app, &second, &[]).await;
    late.refused_as(Aadsts::SpaRefreshTokenExpired);
}
