//! Codes, device codes, refresh tokens, assertions.

use jiff::SignedDuration;
use lcs_wire::entra::Aadsts;

use super::authority::Authority;

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
