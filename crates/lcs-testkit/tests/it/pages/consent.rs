//! Consent on pages: for oneself, for the organization, not at all; the admin consent endpoint.

use reqwest::Method;
use serde_json::{Value, json};

use super::{authorize_url, code_of, redeem};
use crate::{
    browser::Browser,
    refusals::authority::{Application, Authority},
};

/// The grants of an application, as (consent type, scope).
async fn grants(authority: &Authority, client: &Application) -> Vec<(String, String)> {
    let path = format!(
        "/oauth2PermissionGrants?$filter=clientId eq '{}'",
        client.principal_path().rsplit('/').next().unwrap()
    );
    let found = authority.graph(Method::GET, &path, Value::Null).await;
    let text = |grant: &Value, name: &str| grant[name].as_str().unwrap().to_owned();
    let mut grants: Vec<_> = found["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| (text(grant, "consentType"), text(grant, "scope")))
        .collect();
    grants.sort();
    grants
}

fn granted(consent_type: &str, scope: &str) -> (String, String) {
    (consent_type.to_owned(), scope.to_owned())
}

#[tokio::test]
async fn a_user_accepts_for_themself_and_is_not_asked_again() {
    let authority = Authority::start().await;
    let tool = authority.register(json!({})).await;
    let user = authority.cloud.service_user().clone();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Permissions requested");
    page.says("Access Dynamics Lifecycle Services");
    page.says("Maintain access to data you have given it access to");
    assert!(!page.body.contains("consent_for_organization"));
    // A user's own form field does not make it everybody's.
    let forged = [("consent_for_organization", "true")];
    let refused = browser.submit(&page, &forged, "accept").await;
    refused.says("AADSTS90094");
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.submit(&page, &[], "accept").await;
    redeem(&authority, &tool, &code_of(&page), &[])
        .await
        .granted();
    assert_eq!(
        grants(&authority, &tool).await,
        [
            granted("Principal", "openid offline_access"),
            granted("Principal", "user_impersonation"),
        ]
    );
    code_of(&browser.open(&authorize_url(&authority, &tool, &[])).await);
}

#[tokio::test]
async fn an_administrator_may_accept_for_everybody() {
    let authority = Authority::start().await;
    let tool = authority.register(json!({})).await;
    let administrator = authority.cloud.administrator().clone();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.sign_in(&page, &administrator).await;
    let everybody = [("consent_for_organization", "true")];
    code_of(&browser.submit(&page, &everybody, "accept").await);
    assert!(
        grants(&authority, &tool)
            .await
            .contains(&granted("AllPrincipals", "user_impersonation"))
    );
    // The service user is not asked any more, on a page or off it.
    authority.sign_in(&tool, &[]).await.granted();
}

#[tokio::test]
async fn cancelling_goes_back_to_the_client_with_its_state() {
    let authority = Authority::start().await;
    let tool = authority.register(json!({})).await;
    let user = authority.cloud.service_user().clone();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.sign_in(&page, &user).await;
    let page = browser.submit(&page, &[], "cancel").await;
    let reply = page.reply();
    assert_eq!(reply["error"], "access_denied");
    assert_eq!(reply["error_subcode"], "cancel");
    assert!(reply["error_description"].starts_with("AADSTS65004:"));
    assert_eq!(reply["state"], "s-1");
    assert!(grants(&authority, &tool).await.is_empty());
}

#[tokio::test]
async fn where_users_may_not_consent_an_administrator_is_needed() {
    let authority = Authority::start().await;
    let tool = authority.register(json!({})).await;
    let directory = authority.cloud.directory();
    let tenant = authority.cloud.facts().tenant_id;
    let mut settings = directory.tenant(tenant).await.unwrap().unwrap().settings;
    settings.user_consent = lcs_directory::model::UserConsent::Disabled;
    directory.change_settings(tenant, &settings).await.unwrap();
    let user = authority.cloud.service_user().clone();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Need admin approval");
    page.says("AADSTS90094");
    // Pressing a button that is not there does not help.
    let page = browser.submit(&page, &[], "accept").await;
    page.says("Need admin approval");
    // With an administrator's account it goes on.
    let page = browser.submit(&page, &[], "other").await;
    let administrator = authority.cloud.administrator().clone();
    let page = browser.sign_in(&page, &administrator).await;
    code_of(&browser.submit(&page, &[], "accept").await);
}

#[tokio::test]
async fn the_admin_consent_endpoint_replaces_what_was_granted_to_everybody() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let graph = authority
        .service_principal(lcs_wire::well_known::GRAPH_CLIENT_ID)
        .await;
    let old = json!({
        "clientId": tool.principal_path().rsplit('/').next().unwrap(),
        "consentType": "AllPrincipals", "resourceId": graph, "scope": "User.Read",
    });
    authority
        .graph(Method::POST, "/oauth2PermissionGrants", old)
        .await;
    let url = format!(
        "/{}/v2.0/adminconsent?client_id={}&scope=https://lcsapi.lcs.dynamics.com/.default\
         &redirect_uri=http://localhost:5&state=x",
        authority.segment(),
        tool.client_id
    );
    let mut browser = Browser::new(&authority.cloud);
    let user = authority.cloud.service_user().clone();
    let page = browser.open(&url).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Need admin approval");
    let page = browser.submit(&page, &[], "other").await;
    let administrator = authority.cloud.administrator().clone();
    let page = browser.sign_in(&page, &administrator).await;
    page.says("Review for your organization");
    let page = browser.submit(&page, &[], "accept").await;
    let reply = page.reply();
    assert_eq!(reply["admin_consent"], "True");
    assert_eq!(reply["tenant"], authority.segment());
    assert_eq!(reply["state"], "x");
    assert_eq!(
        grants(&authority, &tool).await,
        [granted("AllPrincipals", "user_impersonation")]
    );
}

#[tokio::test]
async fn without_a_redirect_uri_admin_consent_is_recorded_and_ends_on_500113() {
    let authority = Authority::start().await;
    let tool = authority
        .register(json!({ "publicClient": { "redirectUris": [] } }))
        .await;
    let mut browser = Browser::new(&authority.cloud);
    let url = format!(
        "/{}/adminconsent?client_id={}",
        authority.segment(),
        tool.client_id
    );
    let page = browser.open(&url).await;
    let administrator = authority.cloud.administrator().clone();
    let page = browser.sign_in(&page, &administrator).await;
    let page = browser.submit(&page, &[], "accept").await;
    page.says("AADSTS500113");
    assert_eq!(
        grants(&authority, &tool).await,
        [granted("AllPrincipals", "user_impersonation")]
    );
}
