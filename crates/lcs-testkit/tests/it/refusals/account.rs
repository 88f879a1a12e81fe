//! The account and its session.

use lcs_wire::entra::Aadsts;
use serde_json::json;

use super::{authority::Authority, person::Person};
use crate::pages::tenants::{two_tenants, user};

#[tokio::test]
async fn aadsts_50126_a_wrong_password() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[("password", "wrong")]).await;
    answer.refused_as(Aadsts::WrongPassword);

    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    let name = authority
        .cloud
        .service_user()
        .user_principal_name
        .to_string();
    person.gives(&name, "wrong").await;
    person.is_warned_of(Aadsts::WrongPassword);
}

#[tokio::test]
async fn aadsts_50034_an_unknown_user() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let nobody = [("username", "nobody@contoso.onmicrosoft.com")];
    let answer = authority.sign_in(&tool, &nobody).await;
    answer.refused_as(Aadsts::UserNotFound);

    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.gives(nobody[0].1, "x").await;
    person.is_warned_of(Aadsts::UserNotFound);
}

#[tokio::test]
async fn aadsts_50053_too_many_wrong_passwords() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for guess in 0..10 {
        let wrong = format!("wrong {guess}");
        let answer = authority.sign_in(&tool, &[("password", &wrong)]).await;
        answer.refused_as(Aadsts::WrongPassword);
    }
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::AccountLocked);
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.is_warned_of(Aadsts::AccountLocked);
}

#[tokio::test]
async fn aadsts_50058_nobody_is_signed_in_and_nobody_may_be_asked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_by(&tool, &authority, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::NoSession);
}

#[tokio::test]
async fn aadsts_16000_two_are_signed_in_and_nobody_may_be_asked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    for user in [
        authority.cloud.service_user(),
        authority.cloud.administrator(),
    ] {
        person.sent_again_by(&tool, &[("prompt", "login")]).await;
        person.signs_in(user).await.code();
    }
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::SeveralSessions);
}

#[tokio::test]
async fn aadsts_50055_a_password_that_must_be_changed() {
    let authority = Authority::start_with(|config| {
        for user in &mut config.users {
            user.must_change_password = user.roles.is_empty();
        }
    })
    .await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::PasswordExpired);
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.page().says("Update your password");
}

#[tokio::test]
async fn aadsts_50020_an_account_of_another_tenant() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    let ben = user(&authority.cloud, "ben@fabrikam.onmicrosoft.com");
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in(&ben).await;
    person.is_warned_of(Aadsts::ForeignUser);

    // Ben stays signed in at home, and Contoso asks nobody.
    let every = json!({ "signInAudience": "AzureADMultipleOrgs" });
    let shared = authority.register(every).await;
    let mut person = Person::sent_to("organizations", &shared, &authority).await;
    person.signs_in(&ben).await;
    person.submits(&[], "accept").await.code();
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::ForeignUser);
}
