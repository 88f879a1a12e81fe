//! Step 2: the permission of the right resource, and consent.

use lcs_diagnosis::{Check, Step};
use lcs_types::PermissionId;
use lcs_wire::well_known::LCS_CLIENT_ID;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Patient, blamed, passed, refused};
use crate::refusals::authority::{Application, Authority, listing};

const LOOKALIKE: &str = "b96b7e94-b82e-4e71-99a0-cf7fb188acea";
const UNKNOWN: PermissionId = PermissionId::from_u128(0xdead);

/// Examined without rights, and with those of an administrator.
async fn both(authority: &Authority, tool: &Application, code: u32) -> String {
    let found = Patient::with(authority, tool).examined().await;
    refused(&found, Check::Permission, Step::Permission, code);
    passed(&found, &[Check::Application]);
    let found = Patient::with(authority, tool)
        .asking_graph()
        .examined()
        .await;
    let failed: Vec<Check> = found.failed().map(|result| result.check).collect();
    assert_eq!(failed[0], Check::Permission, "{found:#?}");
    found.of(Check::Permission).unwrap().message.clone()
}

#[tokio::test]
async fn a_lookalike_was_picked() {
    let authority = Authority::start().await;
    let picked = listing(LOOKALIKE.parse().unwrap(), UNKNOWN);
    let tool = authority
        .register(json!({ "requiredResourceAccess": [picked] }))
        .await;
    let message = both(&authority, &tool, 650_057).await;
    assert!(message.contains("was picked instead of"), "{message}");
}

#[tokio::test]
async fn no_permission_is_listed() {
    let authority = Authority::start().await;
    let tool = authority
        .register(json!({ "requiredResourceAccess": [] }))
        .await;
    let message = both(&authority, &tool, 650_057).await;
    assert!(message.contains("is not listed"), "{message}");
}

#[tokio::test]
async fn an_unknown_permission_of_lcs_is_listed() {
    let authority = Authority::start().await;
    let wrong = listing(LCS_CLIENT_ID, UNKNOWN);
    let tool = authority
        .register(json!({ "requiredResourceAccess": [wrong] }))
        .await;
    let message = both(&authority, &tool, 65005).await;
    assert!(
        message.contains("not with the delegated permission"),
        "{message}"
    );
}

#[tokio::test]
async fn lcs_is_not_present_in_the_tenant() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let lcs = authority.service_principal(LCS_CLIENT_ID).await;
    let path = format!("/servicePrincipals/{lcs}");
    authority.graph(Method::DELETE, &path, Value::Null).await;
    let message = both(&authority, &tool, 500_011).await;
    assert!(message.contains("is not present"), "{message}");
}

#[tokio::test]
async fn lcs_is_disabled_in_the_tenant() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let lcs = authority.service_principal(LCS_CLIENT_ID).await;
    let off = json!({ "accountEnabled": false });
    authority
        .change(&format!("/servicePrincipals/{lcs}"), off)
        .await;
    let message = both(&authority, &tool, 500_014).await;
    assert!(message.contains("is disabled"), "{message}");
}

#[tokio::test]
async fn nobody_consented() {
    let authority = Authority::start().await;
    let tool = authority.register(Value::Null).await;
    let found = Patient::with(&authority, &tool).examined().await;
    refused(&found, Check::Consent, Step::Permission, 65001);
    passed(
        &found,
        &[Check::PublicClient, Check::Permission, Check::Account],
    );
    let patient = Patient::with(&authority, &tool).asking_graph();
    let found = patient.examined().await;
    refused(&found, Check::Consent, Step::Permission, 65001);
    let words = blamed(&found, Check::Consent, Step::Permission);
    assert!(words.contains("nobody consented"), "{words}");
}

#[tokio::test]
async fn users_have_to_be_assigned() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let required = json!({ "appRoleAssignmentRequired": true });
    authority.change(&tool.principal_path(), required).await;
    for patient in [
        Patient::with(&authority, &tool),
        Patient::with(&authority, &tool).asking_graph(),
    ] {
        let found = patient.examined().await;
        refused(&found, Check::Consent, Step::Permission, 50105);
    }
}

#[tokio::test]
async fn healthy_with_the_consent_of_one_user() {
    let authority = Authority::start().await;
    let tool = authority.register(Value::Null).await;
    let user = authority.cloud.service_user();
    let grant = json!({
        "clientId": tool.principal_path().rsplit('/').next(),
        "consentType": "Principal",
        "principalId": authority.cloud.user_id(user).await.unwrap(),
        "resourceId": authority.service_principal(LCS_CLIENT_ID).await,
        "scope": "user_impersonation",
    });
    authority
        .graph(Method::POST, "/oauth2PermissionGrants", grant)
        .await;
    let patient = Patient::with(&authority, &tool).asking_graph();
    let found = patient.examined().await;
    assert!(found.is_healthy(), "{found:#?}");
    let consent = found.of(Check::Consent).unwrap();
    assert_eq!(consent.message, "the user consented");
}
