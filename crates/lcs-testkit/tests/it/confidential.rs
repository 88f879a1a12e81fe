//! Confidential clients over HTTP: Basic, web redirect URIs, and LCS, which acts only for users.

use lcs_wire::entra::Aadsts;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    pages::{authorize_url, claims, code_of, redeem},
    refusals::{
        authority::{ARTICLE_SCOPE, Authority},
        credentials::{own_token, secret},
    },
};

#[tokio::test]
async fn lcs_refuses_the_token_that_an_application_gets_for_itself() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let secret = secret(&authority, &tool).await;
    let answer = own_token(&authority, &tool, &[("client_secret", &secret)]).await;
    let token = answer.text("access_token");
    assert!(claims(&answer, "access_token").get("scp").is_none());
    let facts = authority.cloud.facts();
    let url = format!(
        "{}/environmentinfo/v1/detail/project/{}",
        facts.lcs_api.trim_end_matches('/'),
        facts.project_id
    );
    let call = |token: String| authority.http.get(&url).bearer_auth(token).send();
    let refused = call(token).await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    // The same call by a user is good.
    let user = authority.sign_in(&tool, &[]).await.text("access_token");
    assert_eq!(call(user).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn http_basic_proves_the_client_as_well_as_the_body_does() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let secret = secret(&authority, &tool).await;
    let path = format!("/{}/oauth2/v2.0/token", authority.segment());
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", ARTICLE_SCOPE),
    ];
    let request = |secret: &str| {
        authority
            .request(Method::POST, &path)
            .basic_auth(&tool.client_id, Some(secret))
    };
    authority.send(request(&secret).form(&form)).await.granted();
    let wrong = authority.send(request("x").form(&form)).await;
    wrong.refused_as(Aadsts::InvalidClientSecret);
    let both = [form[0], form[1], ("client_secret", secret.as_str())];
    let twice = authority.send(request(&secret).form(&both)).await;
    twice.refused_as(Aadsts::InvalidInput);
}

#[tokio::test]
async fn a_code_through_a_web_redirect_uri_needs_a_secret_and_so_does_its_renewal() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let redirect = "https://contoso.example/signin";
    let web = json!({ "web": { "redirectUris": [redirect] } });
    authority.change(&tool.path(), web).await;
    let secret = secret(&authority, &tool).await;
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &tool, &[("redirect_uri", redirect)]);
    let page = browser.open(&url).await;
    let user = authority.cloud.service_user().clone();
    let code = code_of(&browser.sign_in(&page, &user).await);
    let uri = ("redirect_uri", redirect);
    let without = redeem(&authority, &tool, &code, &[uri]).await;
    without.refused_as(Aadsts::NotAPublicClient);
    let proof = ("client_secret", secret.as_str());
    let answer = redeem(&authority, &tool, &code, &[uri, proof]).await;
    assert_eq!(claims(&answer, "access_token")["appidacr"], "1");
    let token = answer.text("refresh_token");
    let without = authority.renew(&tool, &token, &[]).await;
    without.refused_as(Aadsts::NotAPublicClient);
    authority.renew(&tool, &token, &[proof]).await.granted();
}

#[tokio::test]
async fn a_person_who_is_not_assigned_is_refused_before_consent() {
    let authority = Authority::start().await;
    let tool = authority.register(json!(null)).await;
    let required = json!({ "appRoleAssignmentRequired": true });
    authority.change(&tool.principal_path(), required).await;
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    page.says("AADSTS50105");
    assert!(!page.body.contains("Permissions requested"));
}
