//! Step 4: the earlier sign-in, and the token.

use jiff::SignedDuration;
use lcs_diagnosis::{Check, Step};
use serde_json::json;

use super::{Patient, passed, refused};
use crate::refusals::authority::Authority;

const TOKEN: Step = Step::TokenRequest;

#[tokio::test]
async fn nobody_is_signed_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.cache = Some(std::sync::Arc::new(lcs_signin::TokenCache::in_memory()));
    let found = patient.examined().await;
    let failed: Vec<Check> = found.failed().map(|result| result.check).collect();
    assert_eq!(failed, [Check::SignIn], "{found:#?}");
    passed(&found, &[Check::Tenant, Check::Application]);
}

#[tokio::test]
async fn nobody_is_signed_in_and_the_client_id_is_of_no_application() {
    let authority = Authority::start().await;
    let mut patient = Patient::of(&authority.cloud, "3f1e5b52-8f6b-4c5e-9d0a-1d2c3b4a5f60");
    patient.cache = Some(std::sync::Arc::new(lcs_signin::TokenCache::in_memory()));
    let found = patient.examined().await;
    refused(&found, Check::Application, Step::Registration, 700_016);
}

#[tokio::test]
async fn the_session_was_not_used_for_90_days() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let patient = Patient::with(&authority, &tool).signed_in().await;
    let clock = &authority.cloud.clock;
    clock.advance(SignedDuration::from_hours(91 * 24));
    let mut found = patient.examined().await;
    // The patient's clock moved with the cloud's, and that by which answers are dated did not.
    found.checks.retain(|result| result.check != Check::Clock);
    refused(&found, Check::SignIn, TOKEN, 700_082);
}

#[tokio::test]
async fn the_session_was_revoked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let patient = Patient::with(&authority, &tool).signed_in().await;
    let later = lcs_types::Clock::now(authority.cloud.clock.as_ref());
    let later = later + SignedDuration::from_secs(1);
    authority
        .change_service_user(|user| user.tokens_valid_from = later)
        .await;
    refused(&patient.examined().await, Check::SignIn, TOKEN, 50173);
}

#[tokio::test]
async fn consent_was_withdrawn_after_the_sign_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let patient = Patient::with(&authority, &tool).signed_in().await;
    let path = "/oauth2PermissionGrants";
    let grants = authority
        .graph(reqwest::Method::GET, path, serde_json::Value::Null)
        .await;
    for grant in grants["value"].as_array().unwrap() {
        let path = format!("{path}/{}", grant["id"].as_str().unwrap());
        authority
            .graph(reqwest::Method::DELETE, &path, serde_json::Value::Null)
            .await;
    }
    let found = patient.examined().await;
    refused(&found, Check::Consent, Step::Permission, 65001);
}

#[tokio::test]
async fn a_policy_blocks_since_the_sign_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let patient = Patient::with(&authority, &tool).signed_in().await;
    let block = json!({ "operator": "OR", "builtInControls": ["block"] });
    let block = json!({ "grantControls": block });
    authority.add_policy(block, json!({})).await;
    let found = patient.examined().await;
    refused(&found, Check::Policy, Step::Prerequisites, 53003);
}

#[tokio::test]
async fn the_resource_is_misspelled() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.resource = "https://lcsapi.lcs.dynamics.example".to_owned();
    let found = patient.examined().await;
    refused(&found, Check::Permission, Step::Permission, 500_011);
}
