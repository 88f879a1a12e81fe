//! *Stay signed in?*: sessions that outlive the browser and the server, and what ends them.

use jiff::SignedDuration;
use lcs_testkit::TestCloud;
use lcs_types::Secret;
use lcs_wire::local::ReadyUser;
use serde_json::{Value, json};

use super::{authorize_url, code_of};
use crate::{
    browser::{Browser, Page},
    refusals::authority::{Application, Authority},
};

/// A tenant that lets people stay signed in.
async fn authority() -> Authority {
    Authority::start_with(|config| config.tenant.settings.keep_me_signed_in = true).await
}

/// Signs in and stands before the question.
async fn asked(
    authority: &Authority,
    tool: &Application,
    browser: &mut Browser,
    user: &ReadyUser,
) -> Page {
    let url = authorize_url(authority, tool, &[("prompt", "login")]);
    let page = browser.open(&url).await;
    let page = browser.sign_in(&page, user).await;
    page.says("Stay signed in?");
    page
}

/// A browser in which the service user stays signed in.
async fn staying(authority: &Authority, tool: &Application) -> Browser {
    let mut browser = Browser::new(&authority.cloud);
    let user = authority.cloud.service_user().clone();
    let page = asked(authority, tool, &mut browser, &user).await;
    page.says("id=\"idSIButton9\"");
    code_of(&browser.submit(&page, &[], "yes").await);
    browser
}

fn must_sign_in(page: &Page) {
    page.says("name=\"loginfmt\"");
}

/// The same cloud after its server was stopped and started.
async fn restarted(authority: Authority) -> (TestCloud, tempfile::TempDir) {
    let folder = authority.cloud.stop().await.unwrap();
    let data = folder.path().join("data");
    let cloud = TestCloud::start_with(|options| {
        options.data_directory = data;
        options.config = None;
    })
    .await
    .unwrap();
    (cloud, folder)
}

#[tokio::test]
async fn nobody_is_asked_unless_the_tenant_says_so() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let user = authority.cloud.service_user().clone();
    code_of(&browser.sign_in(&page, &user).await);
    browser.restart();
    must_sign_in(&browser.open(&authorize_url(&authority, &tool, &[])).await);
}

#[tokio::test]
async fn who_stays_signed_in_does_so_after_a_restart_of_browser_and_server() {
    let authority = authority().await;
    let tool = authority.tool().await;
    let mut browser = staying(&authority, &tool).await;
    let url = authorize_url(&authority, &tool, &[]);
    browser.restart();
    code_of(&browser.open(&url).await);
    let cookie = browser.cookie("__Host-lcs-session").to_owned();
    let (cloud, folder) = restarted(authority).await;
    let mut browser = browser.moved_to(&cloud);
    code_of(&browser.open(&url).await);
    let page = browser.open(&format!("{url}&prompt=none")).await;
    code_of(&page);
    // The cookie itself stands nowhere in the store.
    for file in ["store.sqlite", "store.sqlite-wal"] {
        let store = std::fs::read(folder.path().join("data").join(file)).unwrap();
        let mut parts = store.windows(cookie.len());
        assert!(!parts.any(|part| part == cookie.as_bytes()), "{file}");
    }
}

#[tokio::test]
async fn who_does_not_is_signed_out_with_the_browser_and_by_a_restart_of_the_server() {
    let authority = authority().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let user = authority.cloud.service_user().clone();
    let page = asked(&authority, &tool, &mut browser, &user).await;
    code_of(&browser.submit(&page, &[], "no").await);
    let url = authorize_url(&authority, &tool, &[]);
    code_of(&browser.open(&url).await);
    let (cloud, _folder) = restarted(authority).await;
    let mut browser = browser.moved_to(&cloud);
    must_sign_in(&browser.open(&url).await);
    browser.restart();
    must_sign_in(&browser.open(&url).await);
}

#[tokio::test]
async fn a_kept_session_ends_after_ninety_days() {
    let authority = authority().await;
    let tool = authority.tool().await;
    let mut browser = staying(&authority, &tool).await;
    let url = authorize_url(&authority, &tool, &[]);
    let day = SignedDuration::from_hours(24);
    authority.cloud.clock.advance(day * 89);
    code_of(&browser.open(&url).await);
    authority.cloud.clock.advance(day);
    must_sign_in(&browser.open(&url).await);
}

#[tokio::test]
async fn signing_out_a_new_password_revoked_sessions_and_a_disabled_account_end_a_kept_session() {
    for end in ["sign-out", "password", "revoked", "disabled"] {
        let authority = authority().await;
        let tool = authority.tool().await;
        let mut browser = staying(&authority, &tool).await;
        let url = authorize_url(&authority, &tool, &[]);
        authority.cloud.clock.advance(SignedDuration::from_secs(1));
        let directory = authority.cloud.directory();
        let tenant = authority.cloud.facts().tenant_id;
        let account = authority.cloud.service_user().clone();
        let user = authority.cloud.user_id(&account).await.unwrap();
        // What a thief of the cookie would hold.
        let stolen = browser.cookie("__Host-lcs-session").to_owned();
        match end {
            "sign-out" => {
                let logout = format!("/{}/oauth2/v2.0/logout", authority.segment());
                browser
                    .open(&logout)
                    .await
                    .says("You signed out of your account");
            }
            "password" => {
                let new = Secret::new("a new password that is long");
                directory.set_password(tenant, user, &new).await.unwrap();
            }
            "revoked" => {
                let path = format!(
                    "/users/{}/revokeSignInSessions",
                    account.user_principal_name
                );
                authority
                    .graph(reqwest::Method::POST, &path, Value::Null)
                    .await;
            }
            _ => {
                directory
                    .set_user_enabled(tenant, user, false)
                    .await
                    .unwrap();
            }
        }
        browser.set_cookie("__Host-lcs-session", &stolen);
        must_sign_in(&browser.open(&url).await);
        let (cloud, _folder) = restarted(authority).await;
        let mut browser = browser.moved_to(&cloud);
        browser.set_cookie("__Host-lcs-session", &stolen);
        must_sign_in(&browser.open(&url).await);
    }
}

#[tokio::test]
async fn the_answer_is_remembered_when_it_is_not_to_be_asked_again() {
    let authority = authority().await;
    let tool = authority.tool().await;
    let user = authority.cloud.service_user().clone();
    for (answer, stays) in [("yes", true), ("no", false)] {
        let mut browser = Browser::new(&authority.cloud);
        let page = asked(&authority, &tool, &mut browser, &user).await;
        page.says("name=\"DontShowAgain\"");
        let not_again = [("DontShowAgain", "true")];
        code_of(&browser.submit(&page, &not_again, answer).await);
        let logout = format!("/{}/oauth2/v2.0/logout", authority.segment());
        browser.open(&logout).await;
        browser.restart();
        let url = authorize_url(&authority, &tool, &[]);
        let page = browser.open(&url).await;
        code_of(&browser.sign_in(&page, &user).await);
        browser.restart();
        let page = browser.open(&url).await;
        if stays {
            code_of(&page);
        } else {
            must_sign_in(&page);
        }
    }
}

#[tokio::test]
async fn whoever_comes_to_a_kept_session_is_asked_for_themself() {
    let authority = authority().await;
    let tool = authority.tool().await;
    let mut browser = staying(&authority, &tool).await;
    let administrator = authority.cloud.administrator().clone();
    let page = asked(&authority, &tool, &mut browser, &administrator).await;
    code_of(&browser.submit(&page, &[], "no").await);
    browser.restart();
    must_sign_in(&browser.open(&authorize_url(&authority, &tool, &[])).await);
}

#[tokio::test]
async fn who_stays_signed_in_and_gives_the_password_anew_is_not_asked_again() {
    let authority = authority().await;
    let tool = authority.tool().await;
    let mut browser = staying(&authority, &tool).await;
    let user = authority.cloud.service_user().clone();
    let before = browser.cookie("__Host-lcs-session").to_owned();
    let url = authorize_url(&authority, &tool, &[("prompt", "login")]);
    let page = browser.open(&url).await;
    code_of(&browser.sign_in(&page, &user).await);
    // The id of the session changed, and the new one is kept.
    let url = authorize_url(&authority, &tool, &[]);
    let mut thief = Browser::new(&authority.cloud);
    thief.set_cookie("__Host-lcs-session", &before);
    must_sign_in(&thief.open(&url).await);
    browser.restart();
    code_of(&browser.open(&url).await);
}

#[tokio::test]
async fn the_question_comes_after_the_second_factor_and_before_consent() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    let user = authority.cloud.mfa_user().clone();
    let secret = user.totp_secret.clone().unwrap();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Enter code");
    let code = crate::browser::one_time_code(&authority.cloud, &secret);
    let page = browser
        .submit(&page, &[("otc", code.expose())], "verify")
        .await;
    page.says("Stay signed in?");
    // Whoever knows the address does not get around it, and a form without an answer is none.
    let page = browser.submit(&page, &[], "accept").await;
    page.says("Stay signed in?");
    let page = browser.submit(&page, &[], "yes").await;
    page.says("Permissions requested");
    code_of(&browser.submit(&page, &[], "accept").await);
}
