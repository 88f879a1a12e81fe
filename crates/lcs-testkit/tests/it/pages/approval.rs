//! The admin consent workflow: a user asks on the page, an administrator decides.

use lcs_directory::model::UserConsent;
use reqwest::Method;
use serde_json::{Value, json};

use super::{authorize_url, code_of};
use crate::{
    browser::{Browser, Page},
    refusals::authority::{Application, Authority},
};

const BUSY: &str = "I move databases & <b>more</b>.";

/// A tenant whose users may consent to nothing and ask on the page.
async fn authority() -> Authority {
    Authority::start_with(|config| {
        config.tenant.settings.user_consent = UserConsent::Disabled;
        config.tenant.settings.admin_consent_workflow = true;
    })
    .await
}

/// The service user in front of the page that offers to ask.
async fn in_need(authority: &Authority, tool: &Application) -> (Browser, Page) {
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(authority, tool, &[])).await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    page.says("Approval required");
    page.says("Access Dynamics Lifecycle Services");
    (browser, page)
}

async fn ask(authority: &Authority, tool: &Application) -> (Browser, Page) {
    let (mut browser, page) = in_need(authority, tool).await;
    let page = browser
        .submit(&page, &[("justification", BUSY)], "request")
        .await;
    page.says("Request sent");
    (browser, page)
}

/// The administrator in front of what waits.
async fn review(authority: &Authority) -> (Browser, Page) {
    let mut browser = Browser::new(&authority.cloud);
    let url = format!("/{}/consentrequests", authority.segment());
    let page = browser.open(&url).await;
    let administrator = authority.cloud.administrator().clone();
    let page = browser.sign_in(&page, &administrator).await;
    page.says("Admin consent requests");
    (browser, page)
}

/// The statuses of what was asked for an application, over Graph.
async fn statuses(authority: &Authority, tool: &Application) -> Vec<Value> {
    let path = format!(
        "/identityGovernance/appConsent/appConsentRequests/{}/userConsentRequests",
        tool.client_id
    );
    let found = authority.graph(Method::GET, &path, Value::Null).await;
    let entries = found["value"].as_array().unwrap();
    entries.iter().map(|it| it["status"].clone()).collect()
}

async fn activities(authority: &Authority) -> Vec<String> {
    let log = authority
        .graph(Method::GET, "/auditLogs/directoryAudits", Value::Null)
        .await;
    let entries = log["value"].as_array().unwrap().iter();
    entries
        .map(|it| it["activityDisplayName"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_user_asks_and_an_approval_lets_everybody_in() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    let (mut browser, sent) = ask(&authority, &tool).await;
    // The client is told that nothing was granted.
    let reply = browser.submit(&sent, &[], "cancel").await.reply();
    assert_eq!(reply["error"], "access_denied");
    assert_eq!(statuses(&authority, &tool).await, ["InProgress"]);

    let (mut reviewer, page) = review(&authority).await;
    assert!(page.text().contains(BUSY), "{}", page.body);
    assert!(!page.body.contains("<b>"), "{}", page.body);
    page.says(authority.cloud.service_user().user_principal_name.as_str());
    page.says("Access Dynamics Lifecycle Services");
    let page = reviewer.submit(&page, &[], "approve").await;
    page.says("Nothing waits for a decision.");

    assert_eq!(statuses(&authority, &tool).await, ["Completed"]);
    code_of(&browser.open(&authorize_url(&authority, &tool, &[])).await);
    let activities = activities(&authority).await;
    for expected in [
        "Create request",
        "Approve all requests in business flow",
        "Consent to application",
    ] {
        assert!(activities.iter().any(|it| it == expected), "{activities:?}");
    }
}

#[tokio::test]
async fn one_request_is_pending_for_each_user_and_application() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    let (mut second, form) = in_need(&authority, &tool).await;
    let (mut first, _) = ask(&authority, &tool).await;
    // In a tab that was open before.
    let page = second
        .submit(&form, &[("justification", "Again.")], "request")
        .await;
    page.says("The request is pending.");
    // And whenever the person comes again: there is no form any more.
    let page = first.open(&authorize_url(&authority, &tool, &[])).await;
    page.says("The request is pending.");
    page.says("AADSTS90095");
    assert!(!page.body.contains("name=\"justification\""));
    assert_eq!(statuses(&authority, &tool).await, ["InProgress"]);
}

#[tokio::test]
async fn a_denied_request_may_be_made_again() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    let (mut browser, _) = ask(&authority, &tool).await;
    let (mut reviewer, page) = review(&authority).await;
    reviewer.submit(&page, &[], "deny").await;
    // What is decided is not decided again.
    let late = reviewer.submit(&page, &[], "approve").await;
    late.says("does not wait for a decision any more");
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    page.says("Approval required");
    let page = browser
        .submit(&page, &[("justification", "Please.")], "request")
        .await;
    page.says("Request sent");
    assert_eq!(
        statuses(&authority, &tool).await,
        ["Completed", "InProgress"]
    );
    assert!(
        activities(&authority)
            .await
            .contains(&"Deny request".to_owned())
    );
}

#[tokio::test]
async fn a_request_expires_after_thirty_days() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    ask(&authority, &tool).await;
    authority
        .cloud
        .clock
        .advance(jiff::SignedDuration::from_hours(30 * 24));
    let (_, page) = review(&authority).await;
    page.says("Nothing waits for a decision.");
    ask(&authority, &tool).await;
}

#[tokio::test]
async fn whoever_grants_admin_consent_completes_the_request() {
    let authority = authority().await;
    // On the page for administrators …
    let tool = authority.register(json!({})).await;
    ask(&authority, &tool).await;
    let url = format!(
        "/{}/adminconsent?client_id={}",
        authority.segment(),
        tool.client_id
    );
    let mut administrator = Browser::new(&authority.cloud);
    let page = administrator.open(&url).await;
    let account = authority.cloud.administrator().clone();
    let page = administrator.sign_in(&page, &account).await;
    administrator.submit(&page, &[], "accept").await;
    assert_eq!(statuses(&authority, &tool).await, ["Completed"]);

    // … and through Graph, once all that was asked for is granted.
    let tool = authority.register(json!({})).await;
    ask(&authority, &tool).await;
    let resource = authority
        .service_principal(lcs_wire::well_known::LCS_CLIENT_ID)
        .await;
    let grant = json!({
        "clientId": tool.principal_path().rsplit('/').next().unwrap(),
        "consentType": "AllPrincipals", "resourceId": resource, "scope": "other",
    });
    let made = authority
        .graph(Method::POST, "/oauth2PermissionGrants", grant)
        .await;
    assert_eq!(statuses(&authority, &tool).await, ["InProgress"]);
    let path = format!("/oauth2PermissionGrants/{}", made["id"].as_str().unwrap());
    let scope = json!({ "scope": "other user_impersonation" });
    authority.graph(Method::PATCH, &path, scope).await;
    assert_eq!(statuses(&authority, &tool).await, ["Completed"]);
}

#[tokio::test]
async fn a_request_says_why() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    let (mut browser, page) = in_need(&authority, &tool).await;
    for typed in [" ".to_owned(), "x".repeat(501)] {
        let page = browser
            .submit(&page, &[("justification", &typed)], "request")
            .await;
        page.says("Enter a justification");
        page.says("role=\"alert\"");
    }
}

#[tokio::test]
async fn only_an_administrator_reviews_and_only_by_the_pages_own_form() {
    let authority = authority().await;
    let tool = authority.register(json!({})).await;
    let (mut user, sent) = ask(&authority, &tool).await;
    let url = format!("/{}/consentrequests", authority.segment());
    user.open(&url).await.says("AADSTS90094");
    // A user's own form field decides nothing.
    user.submit(&sent, &[], "approve")
        .await
        .says("Request sent");

    let (mut reviewer, page) = review(&authority).await;
    let forged = reviewer
        .submit(&page, &[("csrf", "forged")], "approve")
        .await;
    forged.says("AADSTS50089");
    assert_eq!(statuses(&authority, &tool).await, ["InProgress"]);
}

#[tokio::test]
async fn without_the_workflow_nothing_can_be_asked() {
    let authority = Authority::start_with(|config| {
        config.tenant.settings.user_consent = UserConsent::Disabled;
    })
    .await;
    let tool = authority.register(json!({})).await;
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    page.says("Need admin approval");
    let forged = [("justification", BUSY)];
    let page = browser.submit(&page, &forged, "request").await;
    page.says("AADSTS90094");
    let (_, page) = review(&authority).await;
    page.says("Nothing waits for a decision.");
}
