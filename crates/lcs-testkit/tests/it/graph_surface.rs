//! Graph beyond the article's steps: queries, the logs, conditional access, sessions, domains.

use lcs_wire::entra::Aadsts;
use reqwest::Method;
use serde_json::{Value, json};

use crate::refusals::authority::Authority;

/// A call in the administrator's name; status and body, whatever they are.
async fn call(authority: &Authority, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("{}{path}", authority.cloud.facts().graph);
    let mut request = authority
        .http
        .get(url)
        .bearer_auth(authority.administrators_token());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_list_is_paged_counted_and_searched() {
    let authority = Authority::start().await;
    for number in 0..5 {
        let name = json!({ "displayName": format!("Pipeline {number}") });
        authority.graph(Method::POST, "/applications", name).await;
    }
    let mut path = "/applications?$top=2&$filter=startswith(displayName,'Pipeline')\
                    &$select=displayName&$orderby=displayName&$count=true"
        .to_owned();
    let eventual = [("ConsistencyLevel", "eventual")];
    let mut seen = Vec::new();
    loop {
        let (status, page) = call(&authority, &path, &eventual).await;
        assert_eq!(status, 200, "{page}");
        let names = page["value"].as_array().unwrap().iter();
        seen.extend(names.map(|it| it["displayName"].as_str().unwrap().to_owned()));
        let Some(next) = page["@odata.nextLink"].as_str() else {
            break;
        };
        path = next.split_once("/v1.0").unwrap().1.to_owned();
    }
    let wanted: Vec<String> = (0..5).map(|number| format!("Pipeline {number}")).collect();
    assert_eq!(seen, wanted);
    let (status, refused) = call(&authority, "/applications?$filter=displayName ne 'x'", &[]).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (400, &json!("Request_UnsupportedQuery"))
    );
    let (status, refused) = call(&authority, "/applications?$filter=nonsense eq 1", &[]).await;
    assert_eq!(status, 400, "{refused}");
}

#[tokio::test]
async fn a_policy_counts_at_once_and_the_logs_tell_of_it() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let policies = "/identity/conditionalAccess/policies";
    let policy = json!({
        "displayName": "No passwords for LCS", "state": "enabled",
        "conditions": {
            "users": { "includeUsers": ["All"] },
            "applications": { "includeApplications": ["913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    let made = authority.graph(Method::POST, policies, policy).await;
    let id = made["id"].as_str().unwrap();
    let answer = authority.sign_in(&tool, &[]).await;
    assert_eq!(answer.body["error_codes"], json!([53_003]));
    assert!(answer.body["claims"].as_str().unwrap().contains(id));

    let path = "/auditLogs/signIns?$filter=status/errorCode eq 53003";
    let (_, log) = call(&authority, path, &[]).await;
    let entry = &log["value"][0];
    assert_eq!(entry["conditionalAccessStatus"], "failure");
    assert_eq!(entry["appDisplayName"], "Test client");
    assert!(entry["status"]["failureReason"].is_string());

    let off = json!({ "state": "disabled" });
    authority
        .graph(Method::PATCH, &format!("{policies}/{id}"), off)
        .await;
    authority.sign_in(&tool, &[]).await.granted();
    authority
        .graph(Method::DELETE, &format!("{policies}/{id}"), Value::Null)
        .await;
    let (_, left) = call(&authority, policies, &[]).await;
    assert_eq!(left["value"], json!([]));
}

#[tokio::test]
async fn revoked_sessions_renew_no_more() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let session = authority.session(&tool).await;
    authority
        .cloud
        .clock
        .advance(jiff::SignedDuration::from_secs(1));
    let user = authority.cloud.service_user().user_principal_name.clone();
    let path = format!("/users/{user}/revokeSignInSessions");
    let done = authority.graph(Method::POST, &path, Value::Null).await;
    assert_eq!(done["value"], true);
    let answer = authority.renew(&tool, &session, &[]).await;
    answer.refused_as(Aadsts::GrantRevoked);
    let (_, domains) = call(&authority, "/domains", &[]).await;
    assert_eq!(domains["value"][0]["authenticationType"], "Managed");
}

#[tokio::test]
async fn an_ordinary_user_reads_no_log_and_no_policy() {
    let authority = Authority::start().await;
    let user = authority.cloud.service_user().clone();
    let token = authority.graph_token(&user).await;
    for path in [
        "/auditLogs/signIns",
        "/auditLogs/directoryAudits",
        "/identity/conditionalAccess/policies",
        "/identityGovernance/appConsent/appConsentRequests",
    ] {
        let url = format!("{}{path}", authority.cloud.facts().graph);
        let answer = authority
            .http
            .get(url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{path}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["code"], "Authorization_RequestDenied");
    }
}
