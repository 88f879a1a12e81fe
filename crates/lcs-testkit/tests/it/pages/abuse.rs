//! What attackers try: forged forms, frames, foreign redirects, injected codes, downgrades.

use lcs_wire::entra::Aadsts;
use reqwest::StatusCode;
use serde_json::json;

use super::{authorize_url, code, redeem};
use crate::{browser::Browser, refusals::authority::Authority};

#[tokio::test]
async fn nobody_is_sent_to_a_redirect_uri_that_is_not_registered() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for uri in [
        "https://evil.example",
        "http://localhost.evil.example:53123",
        "http://localhost:53123@evil.example",
        "http://localhost:53123/../x",
        "http://127.0.0.1:53123",
        "javascript:alert(1)",
        "http://localhost:53123/\r\nSet-Cookie: x=1",
    ] {
        let mut browser = Browser::new(&authority.cloud);
        let url = authorize_url(&authority, &tool, &[("redirect_uri", uri)]);
        let page = browser.open(&url).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(page.location.is_none(), "{uri}");
        page.says("AADSTS50011");
    }
}

#[tokio::test]
async fn a_form_without_the_pages_token_does_nothing() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.service_user().clone();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let name = user.user_principal_name.to_string();
    for forged in [("csrf", "forged"), ("ctx", "forged")] {
        let refused = browser
            .submit(&page, &[forged, ("loginfmt", &name)], "next")
            .await;
        refused.says("AADSTS50089");
    }
    // Another browser cannot go on where this one is.
    let mut other = Browser::new(&authority.cloud);
    let stolen = other.submit(&page, &[("loginfmt", &name)], "next").await;
    stolen.says("AADSTS50089");
    // The token changes with the sign-in, so one that was seen before is worth nothing.
    let before = page.fields()["csrf"].clone();
    let unconsented = authority.register(json!({})).await;
    let page = browser
        .open(&authorize_url(&authority, &unconsented, &[]))
        .await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Permissions requested");
    assert_ne!(page.fields()["csrf"], before);
}

#[tokio::test]
async fn pages_are_never_framed_cached_or_scripted_by_others() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let device = format!("/{}/oauth2/deviceauth", authority.segment());
    for url in [
        authorize_url(&authority, &tool, &[]),
        authorize_url(&authority, &tool, &[("client_id", "nonsense")]),
        device,
        "/error?code=<script>".to_owned(),
    ] {
        let page = browser.open(&url).await;
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{url}: {policy}");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(!page.body.contains("<script>"), "{}", page.body);
    }
}

#[tokio::test]
async fn what_a_client_sends_comes_back_as_text_only() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let evil = "\"><script>alert(1)</script>";
    let changes = [
        ("state", evil),
        ("login_hint", evil),
        ("response_mode", "form_post"),
    ];
    let page = browser
        .open(&authorize_url(&authority, &tool, &changes))
        .await;
    assert!(!page.body.contains("<script>alert"));
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    assert!(!page.body.contains("<script>alert"));
    assert_eq!(page.reply()["state"], evil);
}

#[tokio::test]
async fn a_code_belongs_to_its_client_redirect_uri_verifier_and_tenant() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let other = authority.tool().await;
    let code = code(&authority, &tool).await;
    let plain = "p".repeat(43);
    let cases: [(&[(&str, &str)], Aadsts); 5] = [
        (
            &[("client_id", &other.client_id)],
            Aadsts::InvalidGrantMaterial,
        ),
        (
            &[("redirect_uri", "http://localhost:1")],
            Aadsts::RedirectUriDiffers,
        ),
        (&[("code_verifier", "")], Aadsts::CodeVerifierMissing),
        (&[("code_verifier", &plain)], Aadsts::CodeVerifierMismatch),
        (&[("client_secret", "x")], Aadsts::ClientIsPublic),
    ];
    for (changes, refusal) in cases {
        let answer = redeem(&authority, &tool, &code, changes).await;
        assert_eq!(answer.body["error_codes"], json!([refusal.row().code]));
    }
    // None of that spent the code.
    redeem(&authority, &tool, &code, &[]).await.granted();
}

#[tokio::test]
async fn a_verifier_cannot_be_smuggled_into_a_request_without_a_challenge() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    let page = browser.open(&authorize_url(&authority, &tool, &none)).await;
    assert!(page.reply()["error_description"].starts_with("AADSTS9002325:"));
    // A method that was taken out on the way makes the challenge a plain one, which the verifier is
    // not.
    let stripped = [("code_challenge_method", "")];
    let page = browser
        .open(&authorize_url(&authority, &tool, &stripped))
        .await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    let answer = redeem(&authority, &tool, &super::code_of(&page), &[]).await;
    answer.refused_as(Aadsts::CodeVerifierMismatch);
}

#[tokio::test]
async fn another_sites_form_is_handed_over_as_a_link() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let url = authorize_url(&authority, &tool, &[]);
    let (path, query) = url.split_once('?').unwrap();
    let fields: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.post(path, &fields).await;
    page.says("name=\"loginfmt\"");
}

#[tokio::test]
async fn oversized_and_malformed_requests_are_refused() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let authorize = format!("/{}/oauth2/v2.0/authorize", authority.segment());
    for (query, says) in [
        ("client_id=%zz", "AADSTS9002313"),
        ("client_id=a&client_id=b", "AADSTS90013"),
        ("", "AADSTS900144"),
    ] {
        browser
            .open(&format!("{authorize}?{query}"))
            .await
            .says(says);
    }
    let long = "x".repeat(300 * 1024);
    let form = [("client_id", tool.client_id.as_str()), ("scope", &long)];
    let url = format!("{}{authorize}", authority.cloud.facts().origin);
    let answer = authority.http.post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
