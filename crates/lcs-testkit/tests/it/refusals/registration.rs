//! Steps 1 and 3: the registration, its redirect URIs, its secrets.

use lcs_wire::entra::Aadsts;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::authority::{ARTICLE_SCOPE, Authority};

#[tokio::test]
async fn aadsts_700016_an_unknown_client_id() {
    let authority = Authority::start().await;
    let user = authority.cloud.service_user();
    let unknown = Uuid::from_u128(0xdead).to_string();
    let answer = authority.sign_in_as(&unknown, user, &[]).await;
    answer.refused_as(Aadsts::ApplicationNotFound);
}

#[tokio::test]
async fn aadsts_700038_a_client_id_of_zeros() {
    let authority = Authority::start().await;
    let user = authority.cloud.service_user();
    for wrong in ["00000000-0000-0000-0000-000000000000", "my-application"] {
        let answer = authority.sign_in_as(wrong, user, &[]).await;
        answer.refused_as(Aadsts::InvalidApplicationId);
    }
}

#[tokio::test]
async fn aadsts_7000112_an_application_that_is_switched_off() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .change(&tool.principal_path(), json!({ "accountEnabled": false }))
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ApplicationDisabled);
}

#[tokio::test]
async fn aadsts_7000229_an_application_without_its_service_principal() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .graph(Method::DELETE, &tool.principal_path(), Value::Null)
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::MissingServicePrincipal);
}

#[tokio::test]
async fn aadsts_7000218_public_client_flows_are_off() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let device_code = authority.device_code(&tool).await.text("device_code");
    authority
        .change(&tool.path(), json!({ "isFallbackPublicClient": false }))
        .await;
    let answers = [
        authority.sign_in(&tool, &[]).await,
        authority.renew(&tool, &token, &[]).await,
        authority.poll(&tool, &device_code).await,
    ];
    for answer in answers {
        answer.refused_as(Aadsts::NotAPublicClient);
    }
}

#[tokio::test]
async fn aadsts_7000215_a_secret_that_the_application_does_not_have() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let answer = authority.sign_in(&tool, &[("client_secret", "x")]).await;
    answer.refused_as(Aadsts::InvalidClientSecret);
}

#[tokio::test]
async fn aadsts_7000216_client_credentials_without_any() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &tool.client_id),
        ("scope", ARTICLE_SCOPE),
    ];
    let answer = authority.token(&form).await;
    answer.refused_as(Aadsts::ClientCredentialsMissing);
}
