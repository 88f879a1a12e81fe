//! The account and its session.

use lcs_wire::entra::Aadsts;

use super::{authority::Authority, browser::Browser};

#[tokio::test]
async fn aadsts_50126_a_wrong_password() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[("password", "wrong")]).await;
    answer.refused_as(Aadsts::WrongPassword);

    let mut browser = Browser::new(&authority);
    browser.authorize(&tool, &[]).await;
    let name = authority
        .cloud
        .service_user()
        .user_principal_name
        .to_string();
    browser.give_name_and_password(&name, "wrong").await;
    browser.warned_as(Aadsts::WrongPassword);
}

#[tokio::test]
async fn aadsts_50034_an_unknown_user() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let nobody = [("username", "nobody@contoso.onmicrosoft.com")];
    let answer = authority.sign_in(&tool, &nobody).await;
    answer.refused_as(Aadsts::UserNotFound);

    let mut browser = Browser::new(&authority);
    browser.authorize(&tool, &[]).await;
    browser.give_name_and_password(nobody[0].1, "x").await;
    browser.warned_as(Aadsts::UserNotFound);
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
    let mut browser = Browser::new(&authority);
    browser.authorize(&tool, &[]).await;
    browser.sign_in(authority.cloud.service_user()).await;
    browser.warned_as(Aadsts::AccountLocked);
}

#[tokio::test]
async fn aadsts_50058_nobody_is_signed_in_and_nobody_may_be_asked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority);
    browser.authorize(&tool, &[("prompt", "none")]).await;
    browser.sent_back_as(Aadsts::NoSession);
}

#[tokio::test]
async fn aadsts_16000_two_are_signed_in_and_nobody_may_be_asked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority);
    for user in [
        authority.cloud.service_user(),
        authority.cloud.administrator(),
    ] {
        browser.authorize(&tool, &[("prompt", "login")]).await;
        browser.sign_in(user).await.code();
    }
    browser.authorize(&tool, &[("prompt", "none")]).await;
    browser.sent_back_as(Aadsts::SeveralSessions);
}
