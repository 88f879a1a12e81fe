//! Applications that are resources: what they expose, who is assigned to their roles, and what they do
//! on behalf of users who called them.

use jiff::SignedDuration;
use lcs_directory::graph::{
    ApplicationKey, AssignmentsOf, GraphFailed, ServicePrincipalKey, ServicePrincipalPatch, UserKey,
};
use lcs_types::{ObjectId, PermissionId};
use lcs_wire::{
    entra::{Aadsts, aadsts::Refusal},
    graph::{
        ApiPatch, AppRole, ApplicationPatch, ConsentType, NewAppRoleAssignment, NewGrant,
        PermissionScope,
    },
};
use serde_json::{Map, Value, json};

use crate::world::{SERVICE, SERVICE_ID, Tool, World, claims, refused, text};

use crate::confidential::{LCS_SCOPE, own_token, secret};

const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

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
