//! The account, and what policies demand of it.

use lcs_diagnosis::{Check, Outcome, Step};
use serde_json::json;

use super::{Patient, blamed, passed, refused};
use crate::{
    pages::tenants::{two_tenants, user},
    refusals::authority::Authority,
};

const BEFORE: Step = Step::Prerequisites;

#[tokio::test]
async fn the_password_is_wrong() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.password = "wrong password".to_owned();
    let found = patient.examined().await;
    refused(&found, Check::Account, BEFORE, 50126);
    passed(
        &found,
        &[Check::Application, Check::PublicClient, Check::Permission],
    );
}

#[tokio::test]
async fn the_user_does_not_exist() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.user = "nobody@contoso.onmicrosoft.com".to_owned();
    refused(&patient.examined().await, Check::Account, BEFORE, 50034);
}

#[tokio::test]
async fn the_users_domain_is_of_no_tenant() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.user = "anna@nowhere.example".to_owned();
    let found = patient.examined().await;
    let words = blamed(&found, Check::Account, BEFORE);
    assert!(
        words.contains("no tenant of this cloud has the domain"),
        "{words}"
    );
}

#[tokio::test]
async fn the_account_is_disabled() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_service_user(|user| user.is_enabled = false)
        .await;
    for patient in [
        Patient::with(&authority, &tool),
        Patient::with(&authority, &tool).asking_graph(),
    ] {
        refused(&patient.examined().await, Check::Account, BEFORE, 50057);
    }
}

#[tokio::test]
async fn the_account_is_locked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for guess in 0..10 {
        let wrong = format!("wrong {guess}");
        authority.sign_in(&tool, &[("password", &wrong)]).await;
    }
    let patient = Patient::with(&authority, &tool);
    refused(&patient.examined().await, Check::Account, BEFORE, 50053);
}

#[tokio::test]
async fn the_password_has_to_be_changed() {
    let authority = Authority::start_with(|config| {
        for user in &mut config.users {
            user.must_change_password = user.roles.is_empty();
        }
    })
    .await;
    let tool = authority.tool().await;
    let patient = Patient::with(&authority, &tool);
    refused(&patient.examined().await, Check::Account, BEFORE, 50055);
}

#[tokio::test]
async fn the_account_has_no_password() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_service_user(|user| user.password = None)
        .await;
    let patient = Patient::with(&authority, &tool);
    refused(&patient.examined().await, Check::Account, BEFORE, 50056);
}

#[tokio::test]
async fn the_accounts_domain_is_federated_and_its_password_is_not_tried() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    let carl = user(&authority.cloud, "carl@corp.fabrikam.com");
    let found = Patient::with(&authority, &tool)
        .user(&carl)
        .examined()
        .await;
    let words = blamed(&found, Check::Account, BEFORE);
    assert!(words.contains("Federated"), "{words}");
    assert_eq!(found.of(Check::Consent).unwrap().outcome, Outcome::Skipped);
}

#[tokio::test]
async fn the_account_is_of_another_tenant() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    let ben = user(&authority.cloud, "ben@fabrikam.onmicrosoft.com");
    let found = Patient::with(&authority, &tool).user(&ben).examined().await;
    blamed(&found, Check::Account, BEFORE);
}

#[tokio::test]
async fn a_second_factor_is_demanded() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.mfa_user();
    let found = Patient::with(&authority, &tool).user(user).examined().await;
    refused(&found, Check::Policy, BEFORE, 50076);
    passed(&found, &[Check::Account, Check::Application]);
}

#[tokio::test]
async fn a_second_factor_has_to_be_set_up() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_settings(|settings| settings.security_defaults = true)
        .await;
    let patient = Patient::with(&authority, &tool);
    refused(&patient.examined().await, Check::Policy, BEFORE, 50079);
}

#[tokio::test]
async fn security_defaults_block_the_password_of_an_administrator() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_settings(|settings| settings.security_defaults = true)
        .await;
    let administrator = authority.cloud.administrator();
    let patient = Patient::with(&authority, &tool).user(administrator);
    refused(&patient.examined().await, Check::Policy, BEFORE, 530_035);
}

#[tokio::test]
async fn a_policy_blocks_the_sign_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let block = json!({ "operator": "OR", "builtInControls": ["block"] });
    let block = json!({ "grantControls": block });
    authority.add_policy(block, json!({})).await;
    let patient = Patient::with(&authority, &tool);
    refused(&patient.examined().await, Check::Policy, BEFORE, 53003);
}

#[tokio::test]
async fn a_policy_demands_a_compliant_device() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let device = json!({ "operator": "OR", "builtInControls": ["compliantDevice"] });
    let device = json!({ "grantControls": device });
    authority.add_policy(device, json!({})).await;
    let patient = Patient::with(&authority, &tool);
    refused(&patient.examined().await, Check::Policy, BEFORE, 53000);
}
