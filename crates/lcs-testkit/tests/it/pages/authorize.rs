//! Authorization code and PKCE, from link to tokens.

use lcs_wire::entra::Aadsts;
use serde_json::json;

use super::{LOOPBACK, authorize_url, claims, code, code_of, redeem};
use crate::{
    browser::Browser,
    refusals::authority::{ARTICLE_SCOPE, Authority},
};

#[tokio::test]
async fn a_person_signs_in_and_the_client_gets_tokens() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    page.says("Test client");
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    let location = page.location.as_ref().unwrap();
    // A redirect URI without a path is answered at the root.
    assert!(
        location
            .as_str()
            .starts_with("http://localhost:53123/?code=")
    );
    let reply = page.reply();
    assert_eq!(reply["state"], "s-1");
    assert_eq!(reply["session_state"].len(), 36);

    let answer = redeem(&authority, &tool, &reply["code"], &[]).await;
    let access = claims(&answer, "access_token");
    assert_eq!(access["scp"], "user_impersonation");
    assert_eq!(access["upn"], user.user_principal_name.to_string());
    assert_eq!(access["appidacr"], "0");
    let id = claims(&answer, "id_token");
    assert_eq!(id["nonce"], "n-1");
    assert_eq!(id["aud"], tool.client_id);
    assert!(id["iss"].as_str().unwrap().ends_with("/v2.0"));
    let renewed = authority
        .renew(&tool, &answer.text("refresh_token"), &[])
        .await;
    renewed.granted();
}

#[tokio::test]
async fn the_reply_travels_in_query_fragment_or_form() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.service_user().clone();
    for mode in ["query", "fragment", "form_post"] {
        let mut browser = Browser::new(&authority.cloud);
        let url = authorize_url(&authority, &tool, &[("response_mode", mode)]);
        let page = browser.open(&url).await;
        let page = browser.sign_in(&page, &user).await;
        let location = page.location.as_ref();
        assert_eq!(
            location.is_some_and(|url| url.query().is_some()),
            mode == "query"
        );
        assert_eq!(
            location.is_some_and(|url| url.fragment().is_some()),
            mode == "fragment"
        );
        if mode == "form_post" {
            assert_eq!(
                page.attribute("<form", "action").unwrap(),
                format!("{LOOPBACK}/")
            );
            // The policy lets the form out to the client, and the script is the page's own.
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(
                policy.contains(&format!("form-action 'self' {LOOPBACK};")),
                "{policy}"
            );
            page.says("<button class=\"primary\" type=\"submit\">Continue</button>");
        }
        redeem(&authority, &tool, &code_of(&page), &[])
            .await
            .granted();
    }
}

#[tokio::test]
async fn the_first_generation_takes_a_resource_and_answers_in_strings() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let resource = ("resource", "https://lcsapi.lcs.dynamics.com");
    let url = authorize_url(&authority, &tool, &[resource, ("scope", "openid")]);
    let page = browser.open(&url.replace("/v2.0", "")).await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    let code = code_of(&page);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", tool.client_id.as_str()),
        ("code", &code),
        ("redirect_uri", LOOPBACK),
        ("code_verifier", super::VERIFIER),
    ];
    let segment = authority.segment();
    let answer = authority
        .token_at(&segment, lcs_wire::entra::Endpoint::V1, &form)
        .await;
    assert!(answer.granted()["expires_in"].is_string());
    assert_eq!(claims(&answer, "id_token")["ver"], "1.0");
    assert_eq!(answer.text("resource"), "https://lcsapi.lcs.dynamics.com");
}

#[tokio::test]
async fn a_client_that_wants_to_know_only_who_signed_in_asks_user_info() {
    let authority = Authority::start().await;
    let tool = authority.register(json!({})).await;
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &tool, &[("scope", "openid profile email")]);
    let page = browser.open(&url).await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    page.says("Permissions requested");
    let page = browser.submit(&page, &[], "accept").await;
    let answer = redeem(&authority, &tool, &code_of(&page), &[]).await;
    let url = format!("{}/oidc/userinfo", authority.cloud.facts().origin);
    let info: serde_json::Value = authority
        .http
        .get(url)
        .bearer_auth(answer.text("access_token"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(info["sub"], claims(&answer, "id_token")["sub"]);
    assert_eq!(info["email"], user.user_principal_name.to_string());
}

#[tokio::test]
async fn a_code_may_be_redeemed_for_another_resource_that_was_consented_to() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let both = format!("openid {ARTICLE_SCOPE} https://graph.microsoft.com/User.Read");
    let page = browser
        .open(&authorize_url(&authority, &tool, &[("scope", &both)]))
        .await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    // LCS was granted by the administrator; only what is missing is asked for.
    page.says("Sign in and read user profile");
    assert!(!page.body.contains("Access Dynamics Lifecycle Services"));
    let page = browser.submit(&page, &[], "accept").await;
    let scope = [("scope", "https://graph.microsoft.com/User.Read")];
    let answer = redeem(&authority, &tool, &code_of(&page), &scope).await;
    let granted = claims(&answer, "access_token");
    assert_eq!(granted["aud"], "https://graph.microsoft.com");
}

#[tokio::test]
async fn of_eight_redemptions_at_once_one_wins_and_the_rest_kill_what_it_got() {
    let authority = std::sync::Arc::new(Authority::start().await);
    let tool = authority.tool().await;
    let code = code(&authority, &tool).await;
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(8));
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let (authority, tool, code) = (authority.clone(), tool.clone(), code.clone());
            let barrier = barrier.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                redeem(&authority, &tool, &code, &[]).await
            })
        })
        .collect();
    let mut won = Vec::new();
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        if answer.status == reqwest::StatusCode::OK {
            won.push(answer.text("refresh_token"));
        } else {
            answer.refused_as(Aadsts::CodeAlreadyRedeemed);
        }
    }
    assert_eq!(won.len(), 1);
    let renewed = authority.renew(&tool, &won[0], &[]).await;
    assert_eq!(renewed.body["error_codes"], json!([50_173]));
}
