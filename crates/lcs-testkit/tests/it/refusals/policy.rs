//! Multifactor authentication, conditional access, security defaults.

use lcs_wire::entra::{Aadsts, Endpoint};

use super::{authority::Authority, person::Person};

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
