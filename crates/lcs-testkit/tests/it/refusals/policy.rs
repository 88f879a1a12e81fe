//! Multifactor authentication, conditional access, security defaults.

use lcs_wire::entra::{Aadsts, Endpoint};

use super::{authority::Authority, browser::Browser};

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

    let mut browser = Browser::new(&authority);
    browser.authorize(&tool, &[]).await;
    browser.sign_in(user).await;
    browser.authorize(&tool, &[("prompt", "none")]).await;
    browser.sent_back_as(Aadsts::MfaRequired);
}

#[tokio::test]
async fn aadsts_500121_a_wrong_one_time_code() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority);
    browser.authorize(&tool, &[]).await;
    browser.sign_in(authority.cloud.mfa_user()).await;
    let wrong = [("otc", "000000"), ("action", "verify")];
    browser.submit(&wrong).await;
    browser.warned_as(Aadsts::StrongAuthenticationFailed);
}
