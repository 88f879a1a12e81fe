//! The account and its session.

use jiff::SignedDuration;
use lcs_directory::model::UserKind;
use lcs_types::Clock as _;
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

#[tokio::test]
async fn aadsts_50057_an_account_that_is_switched_off() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    authority
        .change_service_user(|user| user.is_enabled = false)
        .await;
    let answers = [
        authority.sign_in(&tool, &[]).await,
        authority.renew(&tool, &token, &[]).await,
    ];
    for answer in answers {
        answer.refused_as(Aadsts::UserDisabled);
    }
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.is_warned_of(Aadsts::UserDisabled);
}

#[tokio::test]
async fn aadsts_500341_an_account_that_was_deleted_after_the_sign_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let now = authority.cloud.clock.now();
    authority
        .change_service_user(|user| user.deleted_at = Some(now))
        .await;
    let answer = authority.renew(&tool, &token, &[]).await;
    answer.refused_as(Aadsts::UserDeleted);
}

#[tokio::test]
async fn aadsts_50056_an_account_without_password() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change_service_user(|user| user.password = None)
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::NoPassword);
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.is_warned_of(Aadsts::NoPassword);
}

#[tokio::test]
async fn aadsts_50014_a_guest_who_has_not_accepted() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    authority
        .change_user("anna_fabrikam@contoso.onmicrosoft.com", |user| {
            if let UserKind::Guest(home) = &mut user.kind {
                home.has_accepted = false;
            }
        })
        .await;
    let anna = user(&authority.cloud, "anna@fabrikam.onmicrosoft.com");
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in(&anna).await;
    person.is_warned_of(Aadsts::GuestPending);
}

#[tokio::test]
async fn aadsts_50133_a_session_that_was_revoked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await.code();
    let later = authority.cloud.clock.now() + SignedDuration::from_secs(1);
    authority
        .change_service_user(|user| user.tokens_valid_from = later)
        .await;
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::SessionRevoked);
}

#[tokio::test]
async fn aadsts_50132_the_session_of_an_account_that_is_gone_for_good() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await.code();
    let file = authority.cloud.folder().join("data/store.sqlite");
    let name = authority.cloud.service_user().user_principal_name.as_str();
    let database = rusqlite::Connection::open(file).unwrap();
    database.pragma_update(None, "foreign_keys", false).unwrap();
    let removed = database.execute("DELETE FROM users WHERE user_principal_name = ?1", [name]);
    assert_eq!(removed.unwrap(), 1);
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::SessionNotValid);
}
