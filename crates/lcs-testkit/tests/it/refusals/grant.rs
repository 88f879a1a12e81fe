//! Codes, device codes, refresh tokens, assertions.

use jiff::SignedDuration;
use lcs_types::Clock as _;
use lcs_wire::entra::{Aadsts, Endpoint};
use serde_json::json;

use super::{
    authority::{ARTICLE_SCOPE, Application, Authority},
    person::Person,
};
use crate::pages::tenants::{FABRIKAM, two_tenants, user};

#[tokio::test]
async fn aadsts_70000_a_refresh_token_that_is_none() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let other = authority.tool().await;
    let token = authority.session(&other).await;
    for wrong in ["garbage", &token] {
        let answer = authority.renew(&tool, wrong, &[]).await;
        answer.refused_as(Aadsts::InvalidGrantMaterial);
    }
}

#[tokio::test]
async fn aadsts_700082_a_refresh_token_left_alone_for_91_days() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let days = SignedDuration::from_hours(91 * 24);
    authority.cloud.clock.advance(days);
    let answer = authority.renew(&tool, &token, &[]).await;
    answer.refused_as(Aadsts::RefreshTokenInactive);
}

#[tokio::test]
async fn aadsts_70016_the_user_has_not_answered_yet() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.device_code(&tool).await.text("device_code");
    let answer = authority.poll(&tool, &code).await;
    answer.refused_as(Aadsts::AuthorizationPending);
}

#[tokio::test]
async fn aadsts_70018_an_unknown_device_code() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let answer = authority.poll(&tool, "garbage").await;
    answer.refused_as(Aadsts::BadVerificationCode);
}

#[tokio::test]
async fn aadsts_70020_nobody_entered_the_device_code_in_time() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.device_code(&tool).await.text("device_code");
    let quarter = SignedDuration::from_mins(15);
    authority.cloud.clock.advance(quarter);
    let answer = authority.poll(&tool, &code).await;
    answer.refused_as(Aadsts::DeviceCodeExpired);
}

#[tokio::test]
async fn aadsts_90120_a_device_code_is_answered_twice() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let device = authority.device_code(&tool).await;
    let user_code = device.text("user_code");
    let mut person = Person::at_device_page(&authority).await;
    person.enters_device_code(&user_code).await;
    person.signs_in_as_service_user().await;
    person.submits(&[], "continue").await;
    person.enters_device_code(&user_code).await;
    person.is_shown(Aadsts::AlreadyAnswered);
}

#[tokio::test]
async fn aadsts_54005_a_code_is_redeemed_twice() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    authority.redeem(&tool, &code, &[]).await.granted();
    let answer = authority.redeem(&tool, &code, &[]).await;
    answer.refused_as(Aadsts::CodeAlreadyRedeemed);
}

#[tokio::test]
async fn aadsts_70008_a_code_is_redeemed_too_late() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let while_away = SignedDuration::from_mins(11);
    authority.cloud.clock.advance(while_away);
    let answer = authority.redeem(&tool, &code, &[]).await;
    answer.refused_as(Aadsts::CodeExpired);
}

#[tokio::test]
async fn aadsts_50148_a_code_without_its_verifier() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let without = [("code_verifier", "")];
    let answer = authority.redeem(&tool, &code, &without).await;
    answer.refused_as(Aadsts::CodeVerifierMissing);
}

#[tokio::test]
async fn aadsts_501481_a_code_with_another_verifier() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let other = "x".repeat(43);
    let answer = authority
        .redeem(&tool, &code, &[("code_verifier", &other)])
        .await;
    answer.refused_as(Aadsts::CodeVerifierMismatch);
}

#[tokio::test]
async fn aadsts_501491_a_code_challenge_that_is_too_short() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for length in [42, 129] {
        let challenge = "x".repeat(length);
        let size = [("code_challenge", challenge.as_str())];
        let person = Person::sent_by(&tool, &authority, &size).await;
        person.is_sent_back_with(Aadsts::CodeChallengeSize);
    }
}

#[tokio::test]
async fn aadsts_50089_a_page_is_left_open_too_long() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    let quarter = SignedDuration::from_mins(15);
    authority.cloud.clock.advance(quarter);
    let name = [("loginfmt", "anna@contoso.onmicrosoft.com")];
    person.submits(&name, "next").await;
    person.is_shown(Aadsts::FlowTokenExpired);
}

#[tokio::test]
async fn aadsts_50147_a_method_without_its_code_challenge() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_by(&tool, &authority, &[("code_challenge", "")]).await;
    person.is_sent_back_with(Aadsts::CodeChallengeInvalid);
}

#[tokio::test]
async fn aadsts_50149_an_unknown_method_of_the_code_challenge() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let method = [("code_challenge_method", "S512")];
    let person = Person::sent_by(&tool, &authority, &method).await;
    person.is_sent_back_with(Aadsts::CodeChallengeMethod);
}

/// An application for the users of every tenant, with a refresh token of somebody at Contoso.
async fn shared_application(authority: &Authority) -> (Application, String) {
    let every = json!({ "signInAudience": "AzureADMultipleOrgs" });
    let shared = authority.register(every).await;
    authority.consent(&shared).await;
    let token = authority.session(&shared).await;
    (shared, token)
}

#[tokio::test]
async fn aadsts_700005_a_code_at_another_tenant() {
    let authority = two_tenants().await;
    let (shared, _) = shared_application(&authority).await;
    let code = authority.code(&shared, &[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &shared.client_id),
        ("code", &code),
    ];
    let answer = authority.token_at(FABRIKAM, Endpoint::V2, &form).await;
    answer.refused_as(Aadsts::CodeOfOtherTenant);
}

#[tokio::test]
async fn aadsts_7000012_a_refresh_token_at_another_tenant() {
    let authority = two_tenants().await;
    let (shared, token) = shared_application(&authority).await;
    // The application is present there once somebody of that tenant consented.
    let ben = user(&authority.cloud, "ben@fabrikam.onmicrosoft.com");
    let mut person = Person::sent_to(FABRIKAM, &shared, &authority).await;
    person.signs_in(&ben).await;
    person.submits(&[], "accept").await.code();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", &shared.client_id),
        ("refresh_token", &token),
        ("scope", ARTICLE_SCOPE),
    ];
    let answer = authority.token_at(FABRIKAM, Endpoint::V2, &form).await;
    answer.refused_as(Aadsts::OtherTenant);
}

#[tokio::test]
async fn aadsts_90033_the_store_is_destroyed_under_the_server() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let data = authority.cloud.folder().join("data");
    for file in ["store.sqlite", "store.sqlite-wal"] {
        std::fs::write(data.join(file), "no database").unwrap();
    }
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ServiceFailure);
}

#[tokio::test]
async fn aadsts_50173_sessions_were_revoked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let later = authority.cloud.clock.now() + SignedDuration::from_secs(1);
    authority
        .change_service_user(|user| user.tokens_valid_from = later)
        .await;
    let answer = authority.renew(&tool, &token, &[]).await;
    answer.refused_as(Aadsts::GrantRevoked);
}

#[tokio::test]
async fn aadsts_70043_a_policy_demands_a_fresh_sign_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let hourly = json!({ "isEnabled": true, "type": "hours", "value": 1 });
    let controls = json!({ "sessionControls": { "signInFrequency": hourly } });
    authority.add_policy(controls, json!({})).await;
    let hours = SignedDuration::from_hours(2);
    authority.cloud.clock.advance(hours);
    let answer = authority.renew(&tool, &token, &[]).await;
    answer.refused_as(Aadsts::SignInFrequency);
}
