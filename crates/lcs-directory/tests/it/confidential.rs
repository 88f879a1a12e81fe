//! Confidential clients: secrets, certificates, tokens of applications themselves.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use lcs_directory::graph::{ApplicationKey, GraphFailed};
use lcs_tokens::{
    SigningKey,
    mint::{TokenVersion, mint},
};
use lcs_types::{ClientId, Clock as _};
use lcs_wire::{
    entra::{Aadsts, Endpoint, aadsts::Refusal},
    graph::{AddPassword, ApplicationPatch, KeyCredential, NewPasswordCredential, RemovePassword},
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID, POWER_PLATFORM_CLIENT_ID},
};
use serde_json::{Map, Value, json};

use crate::world::{ARTICLE_SCOPE, CONTOSO, FABRIKAM, ORIGIN, Tool, World, claims, refused, text};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
pub(crate) const LCS_SCOPE: &str = "https://lcsapi.lcs.dynamics.com/.default";

/// A new secret of a tool.
pub(crate) async fn secret(world: &World, tool: &Tool) -> String {
    let key = ApplicationKey::Id(tool.id);
    let made = world
        .directory
        .add_password(&world.admin().await, &key, &AddPassword::default())
        .await
        .unwrap();
    made.secret_text.unwrap()
}

/// A key whose certificate is registered on a tool.
async fn certificate(world: &World, tool: &Tool) -> SigningKey {
    let (key, _) = SigningKey::generate(world.clock.now()).unwrap();
    let patch = ApplicationPatch {
        key_credentials: Some(vec![KeyCredential {
            key_id: None,
            display_name: Some("pipeline".to_owned()),
            key_type: "AsymmetricX509Cert".to_owned(),
            usage: "Verify".to_owned(),
            key: Some(STANDARD.encode(key.certificate())),
            custom_key_identifier: None,
            start_date_time: None,
            end_date_time: None,
        }]),
        ..ApplicationPatch::default()
    };
    world.change(tool, &patch).await;
    key
}

/// What client libraries put into an assertion.
fn assertion_claims(world: &World, client: ClientId, id: &str) -> Value {
    let now = world.clock.now().as_second();
    json!({
        "iss": client, "sub": client, "jti": id, "nbf": now, "exp": now + 600,
        "aud": format!("{ORIGIN}/{CONTOSO}/oauth2/v2.0/token"),
    })
}

pub(crate) async fn own_token(
    world: &World,
    client: ClientId,
    pairs: &[(&str, &str)],
) -> Result<Map<String, Value>, Refusal> {
    let client = client.to_string();
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("scope", LCS_SCOPE),
    ];
    form.retain(|(name, _)| pairs.iter().all(|(changed, _)| changed != name));
    form.extend(pairs);
    world.v2(&form).await
}

async fn own_token_by_assertion(
    world: &World,
    client: ClientId,
    key: &SigningKey,
    claims: &Value,
) -> Result<Map<String, Value>, Refusal> {
    let assertion = mint(key, TokenVersion::V1, claims).unwrap();
    let proof = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion.expose()),
    ];
    own_token(world, client, &proof).await
}

#[tokio::test]
async fn a_secret_is_shown_once_and_good_until_it_is_removed_or_ends() {
    let world = World::new().await;
    let tool = world.tool().await;
    let key = ApplicationKey::Id(tool.id);
    let admin = world.admin().await;
    let new = AddPassword {
        password_credential: NewPasswordCredential {
            display_name: Some("pipeline".to_owned()),
            ..NewPasswordCredential::default()
        },
    };
    let made = world
        .directory
        .add_password(&admin, &key, &new)
        .await
        .unwrap();
    let secret = made.secret_text.clone().unwrap();
    let shown = world.directory.application(&admin, &key).await.unwrap();
    let [listed] = shown.password_credentials.as_slice() else {
        panic!("not one secret");
    };
    assert_eq!(listed.key_id, made.key_id);
    assert_eq!(listed.hint.as_deref(), Some(&secret[..3]));
    assert_eq!(listed.secret_text, None);
    assert!(!format!("{made:?}").contains(&secret));

    let proof = [("client_secret", secret.as_str())];
    own_token(&world, tool.client, &proof).await.unwrap();
    let id = made.key_id.to_string();
    let by_id = own_token(&world, tool.client, &[("client_secret", &id)]).await;
    assert_eq!(refused(by_id), Aadsts::InvalidClientSecret);

    world.advance(SignedDuration::from_hours(2 * 365 * 24));
    let late = own_token(&world, tool.client, &proof).await;
    assert_eq!(refused(late), Aadsts::ClientSecretExpired);
    let removed = RemovePassword {
        key_id: made.key_id,
    };
    let admin = world.admin().await;
    let remove = || world.directory.remove_password(&admin, &key, &removed);
    remove().await.unwrap();
    assert!(matches!(remove().await, Err(GraphFailed::Refused(_))));
    let gone = own_token(&world, tool.client, &proof).await;
    assert_eq!(refused(gone), Aadsts::InvalidClientSecret);
}

#[tokio::test]
async fn a_confidential_client_signs_users_in_without_the_switch_and_renews_with_its_secret() {
    let world = World::new().await;
    let tool = world.tool().await;
    let secret = secret(&world, &tool).await;
    world.switch(&tool, false).await;
    let scope = format!("{ARTICLE_SCOPE} offline_access");
    let without = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(without), Aadsts::NotAPublicClient);
    let answer = world
        .sign_in(
            tool.client,
            &[("client_secret", &secret), ("scope", &scope)],
        )
        .await
        .unwrap();
    assert_eq!(claims(&answer, "access_token")["appidacr"], "1");
    let token = text(&answer, "refresh_token");
    let without = world.renew(tool.client, &token, &[]).await;
    assert_eq!(refused(without), Aadsts::NotAPublicClient);
    let renewed = world
        .renew(tool.client, &token, &[("client_secret", &secret)])
        .await
        .unwrap();
    assert_eq!(claims(&renewed, "access_token")["appidacr"], "1");
    // With the switch on both ways are open, and a wrong secret still is one.
    world.switch(&tool, true).await;
    let public = world.sign_in(tool.client, &[]).await.unwrap();
    assert_eq!(claims(&public, "access_token")["appidacr"], "0");
    let wrong = world.sign_in(tool.client, &[("client_secret", "x")]).await;
    assert_eq!(refused(wrong), Aadsts::InvalidClientSecret);
}

#[tokio::test]
async fn a_certificate_proves_the_client_by_an_assertion_that_is_right_in_everything() {
    let world = World::new().await;
    let tool = world.tool().await;
    let key = certificate(&world, &tool).await;
    let client = tool.client;
    let right = assertion_claims(&world, client, "first");
    let answer = own_token_by_assertion(&world, client, &key, &right)
        .await
        .unwrap();
    assert_eq!(claims(&answer, "access_token")["appidacr"], "2");
    let again = own_token_by_assertion(&world, client, &key, &right).await;
    assert_eq!(refused(again), Aadsts::ClientAssertionInvalid, "a replay");

    for (number, audience) in [
        format!("{ORIGIN}/{CONTOSO}/oauth2/token"),
        format!("{ORIGIN}/{CONTOSO}/v2.0"),
        format!("{ORIGIN}/{CONTOSO}/"),
        format!("{ORIGIN}/contoso.com/oauth2/v2.0/token"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims = assertion_claims(&world, client, &format!("audience {number}"));
        claims["aud"] = json!(audience);
        let answer = own_token_by_assertion(&world, client, &key, &claims).await;
        assert!(answer.is_ok(), "{audience}: {answer:?}");
    }

    let now = world.clock.now().as_second();
    let other = ClientId::from_u128(1);
    let elsewhere = format!("{ORIGIN}/{FABRIKAM}/oauth2/v2.0/token");
    for (claim, value, refusal) in [
        ("iss", json!(other), Aadsts::ClientAssertionOtherClient),
        ("sub", json!(other), Aadsts::ClientAssertionOtherClient),
        ("aud", json!(elsewhere), Aadsts::ClientAssertionAudience),
        ("aud", json!(ORIGIN), Aadsts::ClientAssertionAudience),
        ("exp", json!(now - 300), Aadsts::ClientAssertionExpired),
        ("nbf", json!(now + 301), Aadsts::ClientAssertionExpired),
        ("exp", json!("soon"), Aadsts::InvalidJwt),
    ] {
        let mut claims = assertion_claims(&world, client, &format!("{claim} {value}"));
        claims[claim] = value;
        let answer = own_token_by_assertion(&world, client, &key, &claims).await;
        assert_eq!(refused(answer), refusal, "{claims}");
    }
    // Within the skew both are good.
    for (claim, value) in [("exp", now - 299), ("nbf", now + 300)] {
        let mut claims = assertion_claims(&world, client, &format!("skew {claim}"));
        claims[claim] = json!(value);
        let answer = own_token_by_assertion(&world, client, &key, &claims).await;
        assert!(answer.is_ok(), "{claims}: {answer:?}");
    }

    let (stranger, _) = SigningKey::generate(world.clock.now()).unwrap();
    let fresh = assertion_claims(&world, client, "stranger");
    let answer = own_token_by_assertion(&world, client, &stranger, &fresh).await;
    let refusal = answer.unwrap_err();
    assert_eq!(refusal.aadsts, Aadsts::ClientAssertionInvalid);
    assert!(!refusal.text().contains('{'), "{}", refusal.text());

    let shown = world
        .directory
        .application(&world.admin().await, &ApplicationKey::Id(tool.id))
        .await
        .unwrap();
    assert_eq!(shown.key_credentials[0].key, None);
    assert!(shown.key_credentials[0].custom_key_identifier.is_some());
}

#[tokio::test]
async fn two_proofs_at_once_and_an_unknown_kind_of_assertion_are_refused() {
    let world = World::new().await;
    let tool = world.tool().await;
    for (pairs, refusal) in [
        (
            &[("client_secret", "x"), ("client_assertion", "y")][..],
            Aadsts::InvalidInput,
        ),
        (&[("client_assertion", "y")], Aadsts::MissingParameter),
        (
            &[("client_assertion", "y"), ("client_assertion_type", "saml")],
            Aadsts::InvalidInput,
        ),
        (
            &[
                ("client_assertion", "y"),
                ("client_assertion_type", JWT_BEARER),
            ],
            Aadsts::InvalidJwt,
        ),
    ] {
        let answer = own_token(&world, tool.client, pairs).await;
        assert_eq!(refused(answer), refusal, "{pairs:?}");
    }
}

#[tokio::test]
async fn an_application_gets_a_token_for_lcs_that_has_no_user_and_no_scope() {
    let world = World::new().await;
    let tool = world.tool_without_consent().await;
    let secret = secret(&world, &tool).await;
    let pairs = [("client_secret", secret.as_str()), ("client_info", "1")];
    let answer = own_token(&world, tool.client, &pairs).await.unwrap();
    let fields: Vec<&String> = answer.keys().collect();
    assert_eq!(
        fields,
        ["access_token", "expires_in", "ext_expires_in", "token_type"]
    );
    let token = claims(&answer, "access_token");
    assert_eq!(token["aud"], "https://lcsapi.lcs.dynamics.com");
    assert_eq!(token["oid"], json!(tool.presence));
    assert_eq!(token["sub"], token["oid"]);
    assert_eq!(token["appid"], json!(tool.client));
    assert_eq!(token["ver"], "1.0");
    for absent in ["scp", "upn", "name", "amr", "roles", "unique_name", "wids"] {
        assert!(!token.contains_key(absent), "{absent}");
    }
    let client = tool.client.to_string();
    let v1 = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", &secret),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
    ];
    let answer = world.token(Endpoint::V1, "contoso.com", &v1).await.unwrap();
    assert!(answer["expires_in"].is_string());
    assert!(!answer.contains_key("scope"));
    let named = [
        ("client_secret", secret.as_str()),
        (
            "scope",
            "https://lcsapi.lcs.dynamics.com/user_impersonation",
        ),
    ];
    let answer = own_token(&world, tool.client, &named).await;
    assert_eq!(refused(answer), Aadsts::ClientCredentialsScope);
}

#[tokio::test]
async fn a_tenant_of_an_older_version_gets_what_the_catalogue_gained_and_keeps_what_was_set() {
    let world = World::new().await;
    let store: &dyn lcs_directory::DirectoryStore = &world.store;
    let find = |client| store.service_principal_of_client(CONTOSO, client);
    let power = find(POWER_PLATFORM_CLIENT_ID).await.unwrap().unwrap();
    store
        .remove_service_principal(CONTOSO, power.id)
        .await
        .unwrap();
    let lcs = find(LCS_CLIENT_ID).await.unwrap().unwrap();
    store
        .remove_service_principal(CONTOSO, lcs.id)
        .await
        .unwrap();
    let graph = find(GRAPH_CLIENT_ID).await.unwrap().unwrap();
    let mut older = graph.settings.clone();
    older.app_roles.clear();
    older.is_enabled = false;
    store
        .change_service_principal(CONTOSO, graph.id, &older)
        .await
        .unwrap();
    for _ in 0..2 {
        let again = World::contoso();
        world.directory.create_tenant(&again).await.unwrap();
        assert!(find(POWER_PLATFORM_CLIENT_ID).await.unwrap().is_some());
        assert!(find(LCS_CLIENT_ID).await.unwrap().is_none(), "was deleted");
        let now = find(GRAPH_CLIENT_ID).await.unwrap().unwrap();
        assert_eq!(now.settings.app_roles, graph.settings.app_roles);
        assert!(!now.settings.is_enabled);
    }
}
