//! Multifactor authentication, conditional access, security defaults.

use jiff::SignedDuration;
use lcs_wire::entra::{Aadsts, Endpoint};
use serde_json::json;

use super::{authority::Authority, person::Person};
use crate::browser::one_time_code;

#[tokio::test]
async fn aadsts_50076_a_password_where_a_second_factor_is_demanded() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.mfa_user();
    let answer = authority.sign_in_as(&tool.client_id, user, &[]).await;
    answer.refused_as(Aadsts::MfaRequired);
    let name = user.user_principal_name.to_string();
    let form = [
        ("grant_type", "password"),
        ("client_id", &tool.client_id),
        ("username", &name),
        ("password", &user.password),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
    ];
    let answer = authority
        .token_at(&authority.segment(), Endpoint::V1, &form)
        .await;
    answer.refused_by_v1_as(Aadsts::MfaRequired);

    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in(user).await;
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::MfaRequired);
}

#[tokio::test]
async fn aadsts_500121_a_wrong_one_time_code() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in(authority.cloud.mfa_user()).await;
    person.submits(&[("otc", "000000")], "verify").await;
    person.is_warned_of(Aadsts::StrongAuthenticationFailed);
}

#[tokio::test]
async fn aadsts_50079_a_password_where_a_second_factor_must_be_set_up_first() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_settings(|settings| settings.security_defaults = true)
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::MfaEnrolment);
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.page().says("Keep your account secure");
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::MfaEnrolment);
}

#[tokio::test]
async fn aadsts_530035_the_password_of_an_administrator_under_security_defaults() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_settings(|settings| settings.security_defaults = true)
        .await;
    let administrator = authority.cloud.administrator();
    let answer = authority
        .sign_in_as(&tool.client_id, administrator, &[])
        .await;
    answer.refused_as(Aadsts::BlockedBySecurityDefaults);
}

#[tokio::test]
async fn aadsts_50078_a_second_factor_that_is_older_than_a_policy_allows() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.mfa_user();
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in(user).await;
    let code = one_time_code(&authority.cloud, user.totp_secret.as_deref().unwrap());
    person.submits(&[("otc", code.expose())], "verify").await;
    let answer = authority.redeem(&tool, &person.code(), &[]).await;
    let token = answer.text("refresh_token");
    let hourly = json!({
        "isEnabled": true, "type": "hours", "value": 1,
        "authenticationType": "secondaryAuthentication",
    });
    let controls = json!({ "sessionControls": { "signInFrequency": hourly } });
    authority.add_policy(controls, json!({})).await;
    let hours = SignedDuration::from_hours(2);
    authority.cloud.clock.advance(hours);
    let answer = authority.renew(&tool, &token, &[]).await;
    answer.refused_as(Aadsts::MfaExpired);
    answer.names_the_policy();
}

/// The policy demands this before it lets anybody in.
async fn demanding(operator: &str, controls: &[&str]) -> Authority {
    let authority = Authority::start().await;
    let controls = json!({ "operator": operator, "builtInControls": controls });
    let controls = json!({ "grantControls": controls });
    authority.add_policy(controls, json!({})).await;
    authority
}

#[tokio::test]
async fn aadsts_53003_a_policy_blocks_everywhere() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let block = json!({ "operator": "OR", "builtInControls": ["block"] });
    let block = json!({ "grantControls": block });
    authority.add_policy(block, json!({})).await;
    let answers = [
        authority.sign_in(&tool, &[]).await,
        authority.renew(&tool, &token, &[]).await,
    ];
    for answer in answers {
        answer.refused_as(Aadsts::BlockedByConditionalAccess);
        answer.names_the_policy();
    }
    let user = authority.cloud.service_user();
    let name = user.user_principal_name.to_string();
    let form = [
        ("grant_type", "password"),
        ("client_id", &tool.client_id),
        ("username", &name),
        ("password", &user.password),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
    ];
    let answer = authority
        .token_at(&authority.segment(), Endpoint::V1, &form)
        .await;
    answer.refused_by_v1_as(Aadsts::BlockedByConditionalAccess);
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.is_shown(Aadsts::BlockedByConditionalAccess);
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::BlockedByConditionalAccess);
}

#[tokio::test]
async fn aadsts_53003_a_policy_blocks_device_codes() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let block = json!({ "operator": "OR", "builtInControls": ["block"] });
    let flows = json!({ "authenticationFlows": { "transferMethods": "deviceCodeFlow" } });
    authority
        .add_policy(json!({ "grantControls": block }), flows)
        .await;
    let device = authority.device_code(&tool).await;
    let mut person = Person::at_device_page(&authority).await;
    person.enters_device_code(&device.text("user_code")).await;
    person.signs_in_as_service_user().await;
    person.is_shown(Aadsts::BlockedByConditionalAccess);
    authority.sign_in(&tool, &[]).await.granted();
}

#[tokio::test]
async fn aadsts_53000_a_policy_demands_a_compliant_device() {
    let authority = demanding("OR", &["compliantDevice"]).await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::DeviceNotCompliant);
    answer.names_the_policy();
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.is_shown(Aadsts::DeviceNotCompliant);
}

#[tokio::test]
async fn aadsts_53001_a_policy_demands_a_device_of_the_domain() {
    let authority = demanding("OR", &["domainJoinedDevice"]).await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::DeviceNotDomainJoined);
}

#[tokio::test]
async fn aadsts_53002_a_policy_demands_an_approved_application() {
    let authority = demanding("OR", &["approvedApplication"]).await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ApplicationNotApproved);
}

#[tokio::test]
async fn aadsts_530003_a_policy_demands_either_kind_of_managed_device() {
    let either = ["compliantDevice", "domainJoinedDevice"];
    let authority = demanding("OR", &either).await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::DeviceNotManaged);
}

#[tokio::test]
async fn aadsts_50158_a_policy_demands_that_terms_of_use_are_accepted() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let terms = json!({
        "operator": "OR", "builtInControls": [],
        "termsOfUse": ["ce580154-086a-40fd-91df-8a60abac81a0"],
    });
    let terms = json!({ "grantControls": terms });
    authority.add_policy(terms, json!({})).await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ExternalChallenge);
}
