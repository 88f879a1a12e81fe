//! Confidential clients: secrets, certificates, tokens of applications themselves and on behalf of
//! users.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use lcs_directory::graph::{
    ApplicationKey, AssignmentsOf, GraphFailed, ServicePrincipalKey, ServicePrincipalPatch, UserKey,
};
use lcs_tokens::{
    SigningKey,
    mint::{TokenVersion, mint},
};
use lcs_types::{ClientId, Clock as _, ObjectId, PermissionId};
use lcs_wire::{
    entra::{Aadsts, Endpoint, aadsts::Refusal},
    graph::{
        AddPassword, ApiPatch, AppRole, ApplicationPatch, ConsentType, KeyCredential,
        NewAppRoleAssignment, NewGrant, NewPasswordCredential, PermissionScope, RemovePassword,
    },
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID, POWER_PLATFORM_CLIENT_ID},
};
use serde_json::{Map, Value, json};

use crate::world::{
    ARTICLE_SCOPE, CONTOSO, FABRIKAM, ORIGIN, SERVICE, SERVICE_ID, Tool, World, claims, refused,
    text,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const LCS_SCOPE: &str = "https://lcsapi.lcs.dynamics.com/.default";

/// A new secret of a tool.
async fn secret(world: &World, tool: &Tool) -> String {
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

/// An application that exposes an API of version 2 tokens with a scope and two roles.
async fn api(world: &World) -> Tool {
    let tool = world.tool().await;
    let role = |id: u128, value: &str, member: &str| AppRole {
        id: PermissionId::from_u128(id),
        value: Some(value.to_owned()),
        allowed_member_types: vec![member.to_owned()],
        is_enabled: true,
        display_name: value.to_owned(),
        description: None,
    };
    let patch = ApplicationPatch {
        display_name: Some("Movement API".to_owned()),
        identifier_uris: Some(vec!["api://movement.contoso.com".to_owned()]),
        api: Some(ApiPatch {
            requested_access_token_version: Some(2),
            oauth2_permission_scopes: Some(vec![PermissionScope {
                id: PermissionId::from_u128(0x5c09e),
                value: "Movement.Start".to_owned(),
                consent_by: "User".to_owned(),
                is_enabled: true,
                admin_consent_display_name: "Start".to_owned(),
                admin_consent_description: "Starts".to_owned(),
                user_consent_display_name: None,
                user_consent_description: None,
            }]),
        }),
        app_roles: Some(vec![
            role(0xa99, "Movement.Run", "Application"),
            role(0x05e, "Operator", "User"),
        ]),
        ..ApplicationPatch::default()
    };
    world.change(&tool, &patch).await;
    tool
}

async fn assign(world: &World, principal: ObjectId, resource: ObjectId, role: u128) -> String {
    let new = NewAppRoleAssignment {
        principal_id: principal,
        resource_id: resource,
        app_role_id: PermissionId::from_u128(role),
    };
    let of = AssignmentsOf::Resource(ServicePrincipalKey::Id(resource));
    world
        .directory
        .assign_app_role(&world.admin().await, &of, &new)
        .await
        .unwrap()
        .id
}

async fn consent(world: &World, client: &Tool, resource: &Tool, scope: &str) {
    let grant = NewGrant {
        client_id: client.presence,
        consent_type: ConsentType::AllPrincipals,
        principal_id: None,
        resource_id: resource.presence,
        scope: scope.to_owned(),
    };
    world
        .directory
        .create_grant(&world.admin().await, &grant)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_service_principal_shows_what_the_application_exposes_and_tokens_are_of_its_version() {
    let world = World::new().await;
    let api = api(&world).await;
    let client = world.tool().await;
    let secret = secret(&world, &client).await;
    let shown = world
        .directory
        .service_principal(&world.admin().await, ServicePrincipalKey::Id(api.presence))
        .await
        .unwrap();
    assert_eq!(shown.display_name, "Movement API");
    assert_eq!(
        shown.service_principal_names[1],
        "api://movement.contoso.com"
    );
    assert_eq!(shown.oauth2_permission_scopes[0].value, "Movement.Start");
    assert_eq!(shown.app_roles.len(), 2);

    let pairs = [
        ("client_secret", secret.as_str()),
        ("scope", "api://movement.contoso.com/.default"),
    ];
    let before = own_token(&world, client.client, &pairs).await.unwrap();
    assert!(!claims(&before, "access_token").contains_key("roles"));
    assign(&world, client.presence, api.presence, 0xa99).await;
    let after = own_token(&world, client.client, &pairs).await.unwrap();
    let token = claims(&after, "access_token");
    assert_eq!(token["roles"], json!(["Movement.Run"]));
    assert_eq!(token["aud"], json!(api.client));
    assert_eq!(token["ver"], "2.0");
    assert_eq!(token["azp"], json!(client.client));
    assert_eq!(token["azpacr"], "1");
    assert!(!token.contains_key("appid"));

    consent(&world, &client, &api, "Movement.Start").await;
    assign(
        &world,
        ObjectId::from(*SERVICE_ID.as_uuid()),
        api.presence,
        0x05e,
    )
    .await;
    let scope = [("scope", "api://movement.contoso.com/.default")];
    let answer = world.sign_in(client.client, &scope).await.unwrap();
    let token = claims(&answer, "access_token");
    assert_eq!(token["scp"], "Movement.Start");
    assert_eq!(token["roles"], json!(["Operator"]));
    assert_eq!(token["preferred_username"], SERVICE);
    assert_eq!(token["ver"], "2.0");
}

#[tokio::test]
async fn nobody_names_an_application_after_somebody_elses_resource() {
    let world = World::new().await;
    let tool = world.tool().await;
    let admin = world.admin().await;
    let key = ApplicationKey::Id(tool.id);
    let named = |uri: &str| ApplicationPatch {
        identifier_uris: Some(vec![uri.to_owned()]),
        ..ApplicationPatch::default()
    };
    for uri in ["https://lcsapi.lcs.dynamics.com", "api://movement"] {
        let patch = named(uri);
        let answer = world.directory.update_application(&admin, &key, &patch);
        assert!(
            matches!(answer.await, Err(GraphFailed::Refused(_))),
            "{uri}"
        );
    }
    world.change(&tool, &named("https://contoso.com/api")).await;
    let other = ApplicationKey::Id(world.tool().await.id);
    let taken = named("https://contoso.com/api");
    let answer = world.directory.update_application(&admin, &other, &taken);
    assert!(matches!(answer.await, Err(GraphFailed::Refused(_))));
}

#[tokio::test]
async fn where_assignment_is_required_only_assigned_users_and_applications_get_tokens() {
    let world = World::new().await;
    let tool = world.tool().await;
    let key = ServicePrincipalKey::Id(tool.presence);
    let required = ServicePrincipalPatch {
        app_role_assignment_required: Some(true),
        ..ServicePrincipalPatch::default()
    };
    let admin = world.admin().await;
    world
        .directory
        .update_service_principal(&admin, key, &required)
        .await
        .unwrap();
    let refusal = world.sign_in(tool.client, &[]).await.unwrap_err();
    assert_eq!(refusal.aadsts, Aadsts::UserNotAssigned);
    let user = ObjectId::from(*SERVICE_ID.as_uuid());
    let id = assign(&world, user, tool.presence, 0).await;
    world.sign_in(tool.client, &[]).await.unwrap();
    let of_user = AssignmentsOf::User(UserKey::Name(SERVICE.parse().unwrap()));
    let listed = world
        .directory
        .list_app_role_assignments(&admin, &of_user)
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].principal_type, "User");
    world
        .directory
        .remove_app_role_assignment(&admin, &of_user, &id)
        .await
        .unwrap();
    let withdrawn = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(withdrawn), Aadsts::UserNotAssigned);

    let other = world.tool().await;
    let secret = secret(&world, &other).await;
    let scope = format!("{}/.default", tool.client);
    let pairs = [("client_secret", secret.as_str()), ("scope", &scope)];
    let refusal = own_token(&world, other.client, &pairs).await.unwrap_err();
    assert_eq!(refusal.aadsts, Aadsts::ApplicationNotAssigned);
    assert!(!refusal.text().contains("''"), "{}", refusal.text());
}

#[tokio::test]
async fn a_role_is_assigned_only_where_the_resource_has_it_for_such_an_assignee() {
    let world = World::new().await;
    let api = api(&world).await;
    let client = world.tool().await;
    let admin = world.admin().await;
    let user = ObjectId::from(*SERVICE_ID.as_uuid());
    let of = AssignmentsOf::Resource(ServicePrincipalKey::Id(api.presence));
    for (principal, role) in [
        (user, 0xa99),
        (client.presence, 0x05e),
        (user, 0),
        (user, 0xbad),
        (ObjectId::from_u128(0x404), 0x05e),
    ] {
        let new = NewAppRoleAssignment {
            principal_id: principal,
            resource_id: api.presence,
            app_role_id: PermissionId::from_u128(role),
        };
        let answer = world.directory.assign_app_role(&admin, &of, &new).await;
        assert!(matches!(answer, Err(GraphFailed::Refused(_))), "{role:x}");
    }
    let ordinary = world.graph("contoso.com", SERVICE).await;
    let new = NewAppRoleAssignment {
        principal_id: user,
        resource_id: api.presence,
        app_role_id: PermissionId::from_u128(0x05e),
    };
    let answer = world.directory.assign_app_role(&ordinary, &of, &new).await;
    assert!(matches!(answer, Err(GraphFailed::Refused(_))));
}

/// A user's token for the API, got through a public client.
async fn user_token(world: &World, api: &Tool) -> String {
    let client = world.tool().await;
    consent(world, &client, api, "Movement.Start").await;
    let scope = [("scope", "api://movement.contoso.com/.default")];
    let answer = world.sign_in(client.client, &scope).await.unwrap();
    text(&answer, "access_token")
}

async fn on_behalf_of(
    world: &World,
    api: &Tool,
    changes: &[(&str, &str)],
) -> Result<Map<String, Value>, Refusal> {
    let client = api.client.to_string();
    let mut form = vec![
        ("grant_type", ON_BEHALF_OF),
        ("client_id", client.as_str()),
        ("requested_token_use", "on_behalf_of"),
        ("scope", LCS_SCOPE),
    ];
    form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    form.extend(changes);
    world.v2(&form).await
}

#[tokio::test]
async fn a_middle_tier_gets_a_users_token_for_lcs_from_the_token_that_it_was_sent() {
    let world = World::new().await;
    let api = api(&world).await;
    let secret = secret(&world, &api).await;
    let token = user_token(&world, &api).await;
    let scope = format!("{LCS_SCOPE} offline_access");
    let pairs = [
        ("client_secret", secret.as_str()),
        ("assertion", &token),
        ("scope", &scope),
    ];
    let answer = on_behalf_of(&world, &api, &pairs).await.unwrap();
    let claims = claims(&answer, "access_token");
    assert_eq!(claims["scp"], "user_impersonation");
    assert_eq!(claims["upn"], SERVICE);
    assert_eq!(claims["appid"], json!(api.client));
    assert_eq!(claims["appidacr"], "1");
    let renewal = text(&answer, "refresh_token");
    let without = world.renew(api.client, &renewal, &[]).await;
    assert_eq!(refused(without), Aadsts::NotAPublicClient);
}

#[tokio::test]
async fn on_behalf_of_needs_a_living_users_token_for_the_middle_tier_and_its_proof() {
    let world = World::new().await;
    let api = api(&world).await;
    let secret = secret(&world, &api).await;
    let token = user_token(&world, &api).await;
    let proof = ("client_secret", secret.as_str());
    let with = async |changes: &[(&str, &str)]| {
        let mut pairs = vec![proof, ("assertion", token.as_str())];
        pairs.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        refused(on_behalf_of(&world, &api, &pairs).await)
    };
    assert_eq!(
        with(&[("client_secret", "")]).await,
        Aadsts::NotAPublicClient
    );
    assert_eq!(with(&[("assertion", "")]).await, Aadsts::MissingParameter);
    assert_eq!(
        with(&[("requested_token_use", "x")]).await,
        Aadsts::InvalidInput
    );
    assert_eq!(with(&[("assertion", "x")]).await, Aadsts::InvalidJwt);
    let mut forged = token.clone();
    forged.truncate(forged.len() - 4);
    forged.push_str("AAAA");
    assert_eq!(
        with(&[("assertion", &forged)]).await,
        Aadsts::OboAssertionInvalid
    );
    let other = world.tool().await;
    let for_lcs = world.sign_in(other.client, &[]).await.unwrap();
    let for_lcs = text(&for_lcs, "access_token");
    assert_eq!(
        with(&[("assertion", &for_lcs)]).await,
        Aadsts::OboAssertionAudience
    );
    // An application's own token has no user, and an id token is for the client alone.
    let own = [proof, ("scope", "api://movement.contoso.com/.default")];
    let own = own_token(&world, api.client, &own).await.unwrap();
    let own = text(&own, "access_token");
    assert_eq!(
        with(&[("assertion", &own)]).await,
        Aadsts::OboAssertionInvalid
    );
    let scope = format!("{LCS_SCOPE} openid");
    let id_token = world.sign_in(api.client, &[("scope", &scope)]).await;
    let id_token = text(&id_token.unwrap(), "id_token");
    assert_eq!(
        with(&[("assertion", &id_token)]).await,
        Aadsts::OboAssertionInvalid
    );
    world.advance(SignedDuration::from_hours(2));
    assert_eq!(with(&[]).await, Aadsts::OboAssertionExpired);
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
