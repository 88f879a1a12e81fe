//! The browser's session: single sign-on, the account picker, prompts, signing out.

use lcs_types::{ManualClock, Secret};

use super::{authorize_url, code_of};
use crate::{
    browser::{Browser, Page},
    refusals::authority::{Application, Authority},
};

/// A browser in which the service user is signed in.
async fn signed_in(authority: &Authority, tool: &Application) -> Browser {
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(authority, tool, &[])).await;
    let user = authority.cloud.service_user().clone();
    code_of(&browser.sign_in(&page, &user).await);
    browser
}

fn error_of(page: &Page) -> (String, String) {
    let reply = page.reply();
    let description = reply["error_description"].clone();
    let code = description.split(':').next().unwrap().to_owned();
    assert_eq!(reply["state"], "s-1");
    (reply["error"].clone(), code)
}

#[tokio::test]
async fn the_second_request_needs_no_password_and_prompts_change_that() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = signed_in(&authority, &tool).await;
    let url = |changes: &[(&str, &str)]| authorize_url(&authority, &tool, changes);
    code_of(&browser.open(&url(&[])).await);
    code_of(&browser.open(&url(&[("prompt", "none")])).await);
    let page = browser.open(&url(&[("prompt", "login")])).await;
    page.says("name=\"loginfmt\"");
    let page = browser.open(&url(&[("prompt", "select_account")])).await;
    page.says("Pick an account");
    let page = browser.submit(&page, &[("account", "0")], "").await;
    code_of(&page);
    let page = browser.open(&url(&[("prompt", "consent")])).await;
    page.says("Permissions requested");
    code_of(&browser.submit(&page, &[], "accept").await);
}

#[tokio::test]
async fn who_may_not_be_asked_is_refused_to_the_client() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let none = [("prompt", "none")];
    let mut stranger = Browser::new(&authority.cloud);
    let page = stranger
        .open(&authorize_url(&authority, &tool, &none))
        .await;
    assert_eq!(
        error_of(&page),
        ("login_required".into(), "AADSTS50058".into())
    );

    let unconsented = authority.register(serde_json::json!({})).await;
    let mut browser = signed_in(&authority, &tool).await;
    let page = browser
        .open(&authorize_url(&authority, &unconsented, &none))
        .await;
    assert_eq!(
        error_of(&page),
        ("consent_required".into(), "AADSTS65001".into())
    );

    let administrator = authority.cloud.administrator().clone();
    let page = browser
        .open(&authorize_url(&authority, &tool, &[("prompt", "login")]))
        .await;
    code_of(&browser.sign_in(&page, &administrator).await);
    let page = browser.open(&authorize_url(&authority, &tool, &none)).await;
    assert_eq!(
        error_of(&page),
        ("interaction_required".into(), "AADSTS16000".into())
    );
    let hint = administrator.user_principal_name.to_string();
    let hinted = [("prompt", "none"), ("login_hint", hint.as_str())];
    code_of(
        &browser
            .open(&authorize_url(&authority, &tool, &hinted))
            .await,
    );
}

#[tokio::test]
async fn max_age_asks_for_the_password_again() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = signed_in(&authority, &tool).await;
    let clock: &ManualClock = &authority.cloud.clock;
    clock.advance(jiff::SignedDuration::from_secs(61));
    let page = browser
        .open(&authorize_url(&authority, &tool, &[("max_age", "60")]))
        .await;
    page.says("name=\"loginfmt\"");
    code_of(
        &browser
            .open(&authorize_url(&authority, &tool, &[("max_age", "600")]))
            .await,
    );
}

#[tokio::test]
async fn revoked_sessions_sign_in_again() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = signed_in(&authority, &tool).await;
    authority
        .cloud
        .clock
        .advance(jiff::SignedDuration::from_secs(1));
    let directory = authority.cloud.directory();
    let tenant = authority.cloud.facts().tenant_id;
    let user = authority
        .cloud
        .user_id(authority.cloud.service_user())
        .await
        .unwrap();
    let new = Secret::new("a new password that is long");
    directory.set_password(tenant, user, &new).await.unwrap();
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    page.says("name=\"loginfmt\"");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_leads_only_where_the_application_says() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let logout = format!("/{}/oauth2/v2.0/logout", authority.segment());
    for (uri, is_followed) in [
        ("http://localhost:53123", true),
        ("https://evil.example", false),
    ] {
        let mut browser = signed_in(&authority, &tool).await;
        let page = browser
            .open(&format!(
                "{logout}?client_id={}&post_logout_redirect_uri={uri}&state=x",
                tool.client_id
            ))
            .await;
        assert_eq!(page.location.is_some(), is_followed, "{uri}");
        if is_followed {
            assert_eq!(page.reply()["state"], "x");
        } else {
            page.says("You signed out of your account");
        }
        let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
        page.says("name=\"loginfmt\"");
    }
}
