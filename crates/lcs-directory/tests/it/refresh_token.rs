//! Renewal: as long as it is used, a session lives; many things end it.

use jiff::SignedDuration;
use lcs_types::Secret;
use lcs_wire::{
    entra::{Aadsts, Endpoint},
    graph::{ApplicationPatch, GrantPatch},
    well_known::GRAPH_COMMAND_LINE_CLIENT_ID,
};

use crate::world::{
    ADMIN, ARTICLE_SCOPE, CONTOSO, FABRIKAM, PASSWORD, SERVICE, SERVICE_ID, Tool, World, claims,
    refused, text,
};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn session(world: &World, tool: &Tool) -> String {
    let scope = format!("offline_access {ARTICLE_SCOPE}");
    text(
        &world
            .sign_in(tool.client, &[("scope", &scope)])
            .await
            .unwrap(),
        "refresh_token",
    )
}

#[tokio::test]
async fn each_renewal_hands_out_a_new_token_and_the_old_one_stays_good() {
    let world = World::new().await;
    let tool = world.tool().await;
    let first = session(&world, &tool).await;
    let renewed = world.renew(tool.client, &first, &[]).await.unwrap();
    let second = text(&renewed, "refresh_token");
    assert_ne!(first, second);
    assert_eq!(
        claims(&renewed, "access_token")["aud"],
        "https://lcsapi.lcs.dynamics.com/"
    );
    for token in [&first, &second] {
        assert!(world.renew(tool.client, token, &[]).await.is_ok());
    }
}

#[tokio::test]
async fn ninety_days_of_silence_end_a_session_and_use_keeps_it() {
    let world = World::new().await;
    let tool = world.tool().await;
    let token = session(&world, &tool).await;
    for _ in 0..3 {
        world.advance(DAY * 89);
        assert!(world.renew(tool.client, &token, &[]).await.is_ok());
    }
    world.advance(DAY * 91);
    let refusal = world.renew(tool.client, &token, &[]).await.unwrap_err();
    assert_eq!(refusal.aadsts, Aadsts::RefreshTokenInactive);
    assert!(refusal.text().contains("was inactive for 90.00:00:00"));
}

#[tokio::test]
async fn a_session_of_lcs_renews_for_graph_when_that_was_granted() {
    let world = World::new().await;
    let tool = world.tool().await;
    let token = session(&world, &tool).await;
    let scope = [("scope", "https://graph.microsoft.com/User.Read")];
    assert_eq!(
        refused(world.renew(tool.client, &token, &scope).await),
        Aadsts::NoConsent
    );
    let admin = world.admin().await;
    let graph = world.directory.service_principal(
        &admin,
        lcs_directory::graph::ServicePrincipalKey::AppId(lcs_wire::well_known::GRAPH_CLIENT_ID),
    );
    let grant = lcs_wire::graph::NewGrant {
        client_id: tool.presence,
        consent_type: lcs_wire::graph::ConsentType::Principal,
        principal_id: Some(SERVICE_ID.as_object_id()),
        resource_id: graph.await.unwrap().id,
        scope: "User.Read profile".to_owned(),
    };
    world.directory.create_grant(&admin, &grant).await.unwrap();
    let answer = world.renew(tool.client, &token, &scope).await.unwrap();
    assert_eq!(
        text(&answer, "scope"),
        "https://graph.microsoft.com/User.Read"
    );
    assert_eq!(
        claims(&answer, "access_token")["aud"],
        "https://graph.microsoft.com"
    );
    assert_eq!(claims(&answer, "access_token")["scp"], "User.Read");
}

#[tokio::test]
async fn v1_without_resource_renews_for_the_original_one_and_tokens_cross_the_generations() {
    let world = World::new().await;
    let tool = world.tool().await;
    let client = tool.client.to_string();
    let signed_in = world
        .token(
            Endpoint::V1,
            "common",
            &[
                ("grant_type", "password"),
                ("client_id", &client),
                ("username", SERVICE),
                ("password", PASSWORD),
                ("resource", "https://lcsapi.eu.lcs.dynamics.com"),
                ("scope", "openid"),
            ],
        )
        .await
        .unwrap();
    let token = text(&signed_in, "refresh_token");
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", &client),
        ("refresh_token", &token),
    ];
    let renewed = world.token(Endpoint::V1, "common", &pairs).await.unwrap();
    assert_eq!(
        text(&renewed, "resource"),
        "https://lcsapi.eu.lcs.dynamics.com"
    );
    assert!(renewed.contains_key("id_token"));
    let crossed = world
        .renew(tool.client, &token, &[("scope", ARTICLE_SCOPE)])
        .await
        .unwrap();
    assert_eq!(
        claims(&crossed, "access_token")["aud"],
        "https://lcsapi.lcs.dynamics.com/"
    );
}

#[tokio::test]
async fn revoked_sessions_and_new_passwords_end_what_was_issued_before() {
    let world = World::new().await;
    let tool = world.tool().await;
    let old = session(&world, &tool).await;
    world.advance(SignedDuration::from_secs(1));
    world
        .directory
        .revoke_sign_in_sessions(CONTOSO, SERVICE_ID)
        .await
        .unwrap();
    assert_eq!(
        refused(world.renew(tool.client, &old, &[]).await),
        Aadsts::GrantRevoked
    );
    let new = session(&world, &tool).await;
    assert!(world.renew(tool.client, &new, &[]).await.is_ok());
    world.advance(SignedDuration::from_secs(1));
    let password = Secret::new("another one entirely");
    world
        .directory
        .set_password(CONTOSO, SERVICE_ID, &password)
        .await
        .unwrap();
    assert_eq!(
        refused(world.renew(tool.client, &new, &[]).await),
        Aadsts::GrantRevoked
    );
    assert_eq!(
        refused(world.sign_in(tool.client, &[]).await),
        Aadsts::WrongPassword
    );
    let changed = [("password", password.expose())];
    assert!(world.sign_in(tool.client, &changed).await.is_ok());
}

#[tokio::test]
async fn a_session_belongs_to_its_client_and_its_tenant() {
    let world = World::new().await;
    let (mine, theirs) = (world.tool().await, world.tool().await);
    let token = session(&world, &mine).await;
    let foreign = world.renew(theirs.client, &token, &[]).await;
    assert_eq!(refused(foreign), Aadsts::InvalidGrantMaterial);

    let client = GRAPH_COMMAND_LINE_CLIENT_ID.to_string();
    let scope = "https://graph.microsoft.com/.default offline_access";
    let answer = world
        .sign_in(
            GRAPH_COMMAND_LINE_CLIENT_ID,
            &[("scope", scope), ("username", ADMIN)],
        )
        .await
        .unwrap();
    let token = text(&answer, "refresh_token");
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", client.as_str()),
        ("refresh_token", token.as_str()),
    ];
    let elsewhere = world
        .token(Endpoint::V2, &FABRIKAM.to_string(), &pairs)
        .await;
    assert_eq!(refused(elsewhere), Aadsts::OtherTenant);
    assert!(world.token(Endpoint::V2, "common", &pairs).await.is_ok());
}

#[tokio::test]
async fn what_an_administrator_takes_away_is_gone_at_the_next_renewal() {
    let world = World::new().await;
    let tool = world.tool().await;
    let token = session(&world, &tool).await;
    let renew = async || world.renew(tool.client, &token, &[]).await;

    world.switch(&tool, false).await;
    assert_eq!(refused(renew().await), Aadsts::NotAPublicClient);
    world.switch(&tool, true).await;

    world
        .directory
        .set_user_enabled(CONTOSO, SERVICE_ID, false)
        .await
        .unwrap();
    assert_eq!(refused(renew().await), Aadsts::UserDisabled);
    world
        .directory
        .set_user_enabled(CONTOSO, SERVICE_ID, true)
        .await
        .unwrap();

    let admin = world.admin().await;
    let nothing = GrantPatch {
        scope: String::new(),
    };
    world
        .directory
        .update_grant(&admin, &tool.grant, &nothing)
        .await
        .unwrap();
    assert_eq!(refused(renew().await), Aadsts::NoConsent);
    let all = GrantPatch {
        scope: "user_impersonation".to_owned(),
    };
    world
        .directory
        .update_grant(&admin, &tool.grant, &all)
        .await
        .unwrap();
    assert!(renew().await.is_ok());

    world
        .directory
        .delete_grant(&admin, &tool.grant)
        .await
        .unwrap();
    assert_eq!(refused(renew().await), Aadsts::NoConsent);
    let unlisted = ApplicationPatch {
        required_resource_access: Some(vec![]),
        ..ApplicationPatch::default()
    };
    world.change(&tool, &unlisted).await;
    assert_eq!(refused(renew().await), Aadsts::ResourceNotListed);
}

#[tokio::test]
async fn a_token_is_stored_only_as_its_hash() {
    let world = World::new().await;
    let tool = world.tool().await;
    let token = session(&world, &tool).await;
    let hash = lcs_directory::secret_hash::SecretHash::of(&token);
    let stored = lcs_directory::DirectoryStore::refresh_token(&world.store, hash)
        .await
        .unwrap();
    assert!(!format!("{:?}", stored.unwrap()).contains(&token));
}
