//! Every form of the sign-in pages, sent without the page's own token; and what a client or a person
//! sends to break out of headers and logs.

use lcs_directory::model::{Multifactor, PasswordState};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::authorize_url;
use crate::{
    browser::{Browser, Fields, Page, one_time_code},
    refusals::authority::Authority,
};

/// The form with a forged token is refused, and with its own it still works.
async fn press(browser: &mut Browser, page: &Page, fields: Fields<'_>, action: &str) -> Page {
    let mut forged = vec![("csrf", "forged")];
    forged.extend(fields);
    let refused = browser.submit(page, &forged, action).await;
    refused.says("AADSTS50089");
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{action}");
    browser.submit(page, fields, action).await
}

#[tokio::test]
async fn no_form_on_the_way_to_a_code_does_anything_with_a_forged_token() {
    let authority = Authority::start().await;
    let unconsented = authority.register(json!({})).await;
    let user = authority.cloud.service_user().clone();
    authority
        .cloud
        .change_user(&user, |user| {
            user.password_state = PasswordState::MustChange;
            user.multifactor = Multifactor::Required;
        })
        .await
        .unwrap();
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &unconsented, &[]);
    let page = browser.open(&url).await;
    let name = user.user_principal_name.to_string();
    let page = press(&mut browser, &page, &[("loginfmt", &name)], "next").await;
    let passwd = [("passwd", user.password.as_str())];
    let page = press(&mut browser, &page, &passwd, "signin").await;
    page.says("Update your password");
    let new = "A password that is new";
    let fields = [
        ("oldpasswd", user.password.as_str()),
        ("newpasswd", new),
        ("confirmnewpasswd", new),
    ];
    let page = press(&mut browser, &page, &fields, "change").await;
    let page = press(&mut browser, &page, &[("passwd", new)], "signin").await;
    page.says("Keep your account secure");
    let secret = page
        .body
        .split_once("data-testid=\"totp-secret\">")
        .unwrap()
        .1;
    let secret = secret.split('<').next().unwrap().to_owned();
    let code = one_time_code(&authority.cloud, &secret);
    let page = press(&mut browser, &page, &[("otc", code.expose())], "enrol").await;
    page.says("Permissions requested");
    let page = press(&mut browser, &page, &[], "accept").await;
    assert!(page.reply().contains_key("code"), "{:?}", page.location);
}

#[tokio::test]
async fn no_form_of_the_device_page_does_anything_with_a_forged_token() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let started = authority.device_code(&tool).await;
    let user = authority.cloud.service_user().clone();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open("/common/oauth2/deviceauth").await;
    let code = started.text("user_code");
    let fields = [("otc", code.as_str())];
    let forged = [("csrf", "forged"), fields[0]];
    let refused = browser.submit(&page, &forged, "next").await;
    refused.says("This page was open too long");
    let page = browser.submit(&page, &fields, "next").await;
    let name = user.user_principal_name.to_string();
    let page = press(&mut browser, &page, &[("loginfmt", &name)], "next").await;
    let passwd = [("passwd", user.password.as_str())];
    let page = press(&mut browser, &page, &passwd, "signin").await;
    let device_code = started.text("device_code");
    let pending = authority.poll(&tool, &device_code).await;
    assert_eq!(pending.body["error"], "authorization_pending");
    press(&mut browser, &page, &[], "continue").await;
    authority.poll(&tool, &device_code).await.granted();
}

#[tokio::test]
async fn line_breaks_of_a_client_stay_out_of_headers() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let evil = "x\r\nSet-Cookie: stolen=1\r\n\r\n<html>";
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &tool, &[("state", evil)]);
    let page = browser.open(&url).await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    assert_eq!(page.reply()["state"], evil);
    let cookies = page.headers.get_all(header::SET_COOKIE).iter();
    let cookies: Vec<_> = cookies.map(|it| it.to_str().unwrap()).collect();
    assert!(
        cookies.iter().all(|it| !it.contains("stolen")),
        "{cookies:?}"
    );

    // An id that is none is replaced, never echoed.
    let path = format!(
        "/{}/v2.0/.well-known/openid-configuration?client-request-id=x%0d%0aX-Evil:%201",
        authority.segment()
    );
    let url = format!("{}{path}", authority.cloud.facts().origin);
    let request = authority.http.get(url);
    let answer = request.header("return-client-request-id", "true").send();
    let answer = answer.await.unwrap();
    assert!(answer.headers().get("x-evil").is_none());
    let echoed = answer.headers()["client-request-id"].to_str().unwrap();
    assert!(uuid::Uuid::parse_str(echoed).is_ok(), "{echoed}");
}

#[tokio::test]
async fn a_user_name_with_line_breaks_is_one_entry_of_the_sign_in_log() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let log = "/auditLogs/signIns?$top=999";
    let before = authority.graph(Method::GET, log, Value::Null).await;
    let mut user = authority.cloud.service_user().clone();
    "wrong".clone_into(&mut user.password);
    let evil = "anna@contoso.com\r\n2026-01-01 granted admin@contoso.com";
    let form = [("username", evil)];
    authority.sign_in_as(&tool.client_id, &user, &form).await;
    let after = authority.graph(Method::GET, log, Value::Null).await;
    let count = |log: &Value| log["value"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before) + 1);
    let name = after["value"][0]["userPrincipalName"].as_str().unwrap();
    assert!(name.starts_with("anna@contoso.com"), "{name}");
    assert!(!name.contains(char::is_control), "{name:?}");
    assert_ne!(after["value"][0]["status"]["errorCode"], 0);
}
