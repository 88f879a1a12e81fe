//! Steps 1 and 3: the registration, its redirect URIs, its secrets.

use jiff::SignedDuration;
use lcs_wire::entra::Aadsts;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    authority::{ARTICLE_SCOPE, Application, Authority},
    person::Person,
};

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

#[tokio::test]
async fn aadsts_700025_a_secret_with_a_code_of_a_public_client() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let secret = [("client_secret", "x")];
    let answer = authority.redeem(&tool, &code, &secret).await;
    answer.refused_as(Aadsts::ClientIsPublic);
}

#[tokio::test]
async fn aadsts_50011_a_redirect_uri_that_is_not_registered() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for uri in ["http://localhost:1/elsewhere", "https://evil.example"] {
        let person = Person::sent_by(&tool, &authority, &[("redirect_uri", uri)]).await;
        person.is_shown(Aadsts::RedirectUriMismatch);
    }
}

#[tokio::test]
async fn aadsts_500113_no_redirect_uri_is_registered() {
    let authority = Authority::start().await;
    let none = json!({ "publicClient": { "redirectUris": [] } });
    let tool = authority.register(none).await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.is_shown(Aadsts::NoRedirectUri);
    // Consent by URL is recorded all the same, and ends on the same page.
    person.opens(&authority.admin_consent_url(&tool)).await;
    person.signs_in(authority.cloud.administrator()).await;
    person.submits(&[], "accept").await;
    person.is_shown(Aadsts::NoRedirectUri);
    authority.sign_in(&tool, &[]).await.granted();
}

#[tokio::test]
async fn aadsts_900971_no_redirect_uri_is_sent_or_registered() {
    let authority = Authority::start().await;
    let none = json!({ "publicClient": { "redirectUris": [] } });
    let tool = authority.register(none).await;
    let person = Person::sent_by(&tool, &authority, &[("redirect_uri", "")]).await;
    person.is_shown(Aadsts::RedirectUriMissing);
}

#[tokio::test]
async fn aadsts_500112_another_redirect_uri_than_at_the_sign_in() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let other = [("redirect_uri", "http://localhost:53124")];
    let answer = authority.redeem(&tool, &code, &other).await;
    answer.refused_as(Aadsts::RedirectUriDiffers);
}

#[tokio::test]
async fn aadsts_50194_an_application_of_one_tenant_at_common() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_to("common", &tool, &authority).await;
    person.is_shown(Aadsts::NotMultiTenant);
}

/// A single-page application with the administrator's consent.
async fn single_page(authority: &Authority) -> Application {
    let spa = json!({
        "publicClient": { "redirectUris": [] },
        "spa": { "redirectUris": ["http://localhost"] },
    });
    let application = authority.register(spa).await;
    authority.consent(&application).await;
    application
}

#[tokio::test]
async fn aadsts_9002327_a_code_of_a_single_page_application_outside_a_browser() {
    let authority = Authority::start().await;
    let page = single_page(&authority).await;
    let code = authority.code(&page, &[]).await;
    let answer = authority.redeem(&page, &code, &[]).await;
    answer.refused_as(Aadsts::SpaCrossOriginOnly);
}

#[tokio::test]
async fn aadsts_9002326_a_code_of_another_client_in_a_browser() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let answer = authority.redeem_from_script(&tool, &code, &[]).await;
    answer.refused_as(Aadsts::CrossOriginOnlySpa);
}

#[tokio::test]
async fn aadsts_9002325_a_sign_in_without_code_challenge() {
    let authority = Authority::start().await;
    let page = single_page(&authority).await;
    let tool = authority.tool().await;
    for client in [page, tool] {
        let without = [("code_challenge", ""), ("code_challenge_method", "")];
        let person = Person::sent_by(&client, &authority, &without).await;
        person.is_sent_back_with(Aadsts::PkceRequired);
    }
}

#[tokio::test]
async fn aadsts_700084_the_session_of_a_single_page_application_is_a_day_old() {
    let authority = Authority::start().await;
    let page = single_page(&authority).await;
    let scope = format!("{ARTICLE_SCOPE} offline_access");
    let code = authority.code(&page, &[("scope", &scope)]).await;
    let answer = authority.redeem_from_script(&page, &code, &[]).await;
    let token = answer.text("refresh_token");
    let day = SignedDuration::from_hours(24);
    authority.cloud.clock.advance(day);
    let answer = authority.renew(&page, &token, &[]).await;
    answer.refused_as(Aadsts::SpaRefreshTokenExpired);
}

#[tokio::test]
async fn aadsts_700051_a_token_from_the_sign_in_page() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_by(&tool, &authority, &[("response_type", "token")]).await;
    person.is_sent_back_with(Aadsts::ResponseTypeNotEnabled);
}

#[tokio::test]
async fn aadsts_700054_an_id_token_from_the_sign_in_page() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for response_type in ["id_token", "code id_token"] {
        let hybrid = [("response_type", response_type), ("nonce", "n")];
        let person = Person::sent_by(&tool, &authority, &hybrid).await;
        person.is_sent_back_with(Aadsts::IdTokenNotEnabled);
    }
}
