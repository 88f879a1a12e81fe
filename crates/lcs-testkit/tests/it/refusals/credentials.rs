//! Secrets, certificates and tokens that prove who a client or its caller is, and applications that
//! demand assignment.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use lcs_tokens::{
    SigningKey,
    mint::{TokenVersion, mint},
};
use lcs_types::Clock as _;
use lcs_wire::entra::Aadsts;
use reqwest::Method;
use serde_json::{Value, json};

use crate::pages::{code, redeem};

use super::authority::{ARTICLE_SCOPE, Answer, Application, Authority, Fields};

/// A new secret of an application.
pub(crate) async fn secret(authority: &Authority, client: &Application) -> String {
    let path = format!("{}/addPassword", client.path());
    let made = authority.graph(Method::POST, &path, json!({})).await;
    made["secretText"].as_str().unwrap().to_owned()
}

/// A token request of an application for itself.
pub(crate) async fn own_token(
    authority: &Authority,
    client: &Application,
    changes: Fields<'_>,
) -> Answer {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client.client_id.as_str()),
        ("scope", ARTICLE_SCOPE),
    ];
    form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    form.extend(changes);
    authority.token(&form).await
}

/// A key whose certificate is registered on the application.
async fn certificate(authority: &Authority, client: &Application) -> SigningKey {
    let (key, _) = SigningKey::generate(authority.cloud.clock.now()).unwrap();
    let credential = json!({
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": STANDARD.encode(key.certificate()),
    });
    let change = json!({ "keyCredentials": [credential] });
    authority.change(&client.path(), change).await;
    key
}

/// A token request that is signed, with some claims changed.
async fn signed(
    authority: &Authority,
    client: &Application,
    key: &SigningKey,
    changes: Value,
) -> Answer {
    let now = authority.cloud.clock.now().as_second();
    let origin = &authority.cloud.facts().origin;
    let mut claims = json!({
        "iss": client.client_id, "sub": client.client_id, "nbf": now, "exp": now + 600,
        "aud": format!("{origin}/{}/oauth2/v2.0/token", authority.segment()),
        "jti": changes.to_string(),
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let assertion = mint(key, TokenVersion::V1, &claims).unwrap();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let proof = [
        ("client_assertion_type", kind),
        ("client_assertion", assertion.expose()),
    ];
    own_token(authority, client, &proof).await
}

#[tokio::test]
async fn aadsts_7000222_a_secret_after_its_end() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let end = authority.cloud.clock.now() + SignedDuration::from_hours(1);
    let path = format!("{}/addPassword", tool.path());
    let short = json!({ "passwordCredential": { "endDateTime": end } });
    let made = authority.graph(Method::POST, &path, short).await;
    let secret = made["secretText"].as_str().unwrap();
    let proof = [("client_secret", secret)];
    own_token(&authority, &tool, &proof).await.granted();
    let hour = SignedDuration::from_hours(1);
    authority.cloud.clock.advance(hour);
    let answer = own_token(&authority, &tool, &proof).await;
    answer.refused_as(Aadsts::ClientSecretExpired);
}

#[tokio::test]
async fn aadsts_90023_a_secret_with_the_renewal_of_a_public_client() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let secret = secret(&authority, &tool).await;
    let code = code(&authority, &tool).await;
    let answer = redeem(&authority, &tool, &code, &[]).await;
    let token = answer.text("refresh_token");
    let proof = [("client_secret", secret.as_str())];
    let answer = authority.renew(&tool, &token, &proof).await;
    answer.refused_as(Aadsts::SecretWithPublicClient);
    authority.renew(&tool, &token, &[]).await.granted();
}

#[tokio::test]
async fn aadsts_700027_an_assertion_of_a_key_that_is_not_registered_and_one_used_before() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let key = certificate(&authority, &tool).await;
    signed(&authority, &tool, &key, json!({})).await.granted();
    let answer = signed(&authority, &tool, &key, json!({})).await;
    answer.refused_as(Aadsts::ClientAssertionInvalid);
    let now = authority.cloud.clock.now();
    let (stranger, _) = SigningKey::generate(now).unwrap();
    let answer = signed(&authority, &tool, &stranger, json!({ "jti": "x" })).await;
    answer.refused_as(Aadsts::ClientAssertionInvalid);
}

#[tokio::test]
async fn aadsts_700024_an_assertion_of_yesterday() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let key = certificate(&authority, &tool).await;
    let yesterday = authority.cloud.clock.now().as_second() - 86_400;
    let old = json!({ "nbf": yesterday - 600, "exp": yesterday });
    let answer = signed(&authority, &tool, &key, old).await;
    answer.refused_as(Aadsts::ClientAssertionExpired);
}

#[tokio::test]
async fn aadsts_700021_an_assertion_of_another_application() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let other = authority.tool().await;
    let key = certificate(&authority, &tool).await;
    let changes = json!({ "iss": other.client_id, "sub": other.client_id });
    let answer = signed(&authority, &tool, &key, changes).await;
    answer.refused_as(Aadsts::ClientAssertionOtherClient);
}

#[tokio::test]
async fn aadsts_700023_an_assertion_for_another_authority() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let key = certificate(&authority, &tool).await;
    let elsewhere = json!({ "aud": "https://login.example/oauth2/token" });
    let answer = signed(&authority, &tool, &key, elsewhere).await;
    answer.refused_as(Aadsts::ClientAssertionAudience);
}

#[tokio::test]
async fn aadsts_50027_an_assertion_that_is_no_token() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let proof = [("client_assertion_type", kind), ("client_assertion", "x")];
    let answer = own_token(&authority, &tool, &proof).await;
    answer.refused_as(Aadsts::InvalidJwt);
}

#[tokio::test]
async fn aadsts_50105_a_user_who_is_not_assigned() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let required = json!({ "appRoleAssignmentRequired": true });
    authority.change(&tool.principal_path(), required).await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::UserNotAssigned);
    let name = &authority.cloud.service_user().user_principal_name;
    let path = format!("/users/{name}");
    let user = authority.graph(Method::GET, &path, Value::Null).await;
    let assignment = json!({
        "principalId": user["id"],
        "resourceId": tool.principal_path().rsplit('/').next().unwrap(),
        "appRoleId": "00000000-0000-0000-0000-000000000000",
    });
    let path = format!("{path}/appRoleAssignments");
    let made = authority.graph(Method::POST, &path, assignment).await;
    authority.sign_in(&tool, &[]).await.granted();
    let entry = format!("{path}/{}", made["id"].as_str().unwrap());
    authority.graph(Method::DELETE, &entry, Value::Null).await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::UserNotAssigned);
}

#[tokio::test]
async fn aadsts_501051_an_application_without_a_role_where_one_is_demanded() {
    let authority = Authority::start().await;
    let resource = authority.tool().await;
    let required = json!({ "appRoleAssignmentRequired": true });
    authority.change(&resource.principal_path(), required).await;
    let tool = authority.tool().await;
    let secret = secret(&authority, &tool).await;
    let scope = format!("{}/.default", resource.client_id);
    let form = [("client_secret", secret.as_str()), ("scope", &scope)];
    let answer = own_token(&authority, &tool, &form).await;
    answer.refused_as(Aadsts::ApplicationNotAssigned);
}

/// An application that is a middle tier, its secret, and a user's token for it.
async fn middle_tier(authority: &Authority) -> (Application, String, String) {
    let tier = authority.tool().await;
    let uri = format!("api://{}", tier.client_id);
    let scope = json!({
        "id": "11111111-1111-4111-8111-111111111111", "value": "Movement.Start",
        "type": "User", "isEnabled": true,
    });
    let exposed = json!({
        "identifierUris": [uri],
        "api": { "oauth2PermissionScopes": [scope] },
    });
    authority.change(&tier.path(), exposed).await;
    let client = authority.tool().await;
    let id = |application: &Application| {
        let path = application.principal_path();
        path.rsplit('/').next().unwrap().to_owned()
    };
    let grant = json!({
        "clientId": id(&client), "consentType": "AllPrincipals",
        "resourceId": id(&tier), "scope": "Movement.Start",
    });
    authority
        .graph(Method::POST, "/oauth2PermissionGrants", grant)
        .await;
    let scope = format!("{uri}/.default");
    let answer = authority.sign_in(&client, &[("scope", &scope)]).await;
    let secret = secret(authority, &tier).await;
    (tier, secret, answer.text("access_token"))
}

async fn on_behalf_of(
    authority: &Authority,
    tier: &Application,
    secret: &str,
    assertion: &str,
) -> Answer {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("client_id", &tier.client_id),
        ("client_secret", secret),
        ("requested_token_use", "on_behalf_of"),
        ("scope", ARTICLE_SCOPE),
        ("assertion", assertion),
    ];
    authority.token(&form).await
}

#[tokio::test]
async fn aadsts_50013_a_middle_tier_with_a_changed_token() {
    let authority = Authority::start().await;
    let (tier, secret, token) = middle_tier(&authority).await;
    on_behalf_of(&authority, &tier, &secret, &token)
        .await
        .granted();
    let changed = format!("{}AAAA", &token[..token.len() - 4]);
    let answer = on_behalf_of(&authority, &tier, &secret, &changed).await;
    answer.refused_as(Aadsts::OboAssertionInvalid);
}

#[tokio::test]
async fn aadsts_500131_a_middle_tier_with_a_token_for_lcs() {
    let authority = Authority::start().await;
    let (tier, secret, _) = middle_tier(&authority).await;
    let client = authority.tool().await;
    let token = authority.sign_in(&client, &[]).await.text("access_token");
    let answer = on_behalf_of(&authority, &tier, &secret, &token).await;
    answer.refused_as(Aadsts::OboAssertionAudience);
}

#[tokio::test]
async fn aadsts_500133_a_middle_tier_with_an_expired_token() {
    let authority = Authority::start().await;
    let (tier, secret, token) = middle_tier(&authority).await;
    let hours = SignedDuration::from_hours(2);
    authority.cloud.clock.advance(hours);
    let answer = on_behalf_of(&authority, &tier, &secret, &token).await;
    answer.refused_as(Aadsts::OboAssertionExpired);
}
