//! The account and its session.

use lcs_wire::entra::Aadsts;

use super::authority::Authority;

#[tokio::test]
async fn aadsts_50126_a_wrong_password() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[("password", "wrong")]).await;
    answer.refused_as(Aadsts::WrongPassword);
}

#[tokio::test]
async fn aadsts_50034_an_unknown_user() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let nobody = [("username", "nobody@contoso.onmicrosoft.com")];
    let answer = authority.sign_in(&tool, &nobody).await;
    answer.refused_as(Aadsts::UserNotFound);
}
