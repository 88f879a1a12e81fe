//! What is believed of the service and no document says: each belief, and the switch that turns it.

use lcs_directory::{
    Inferences,
    model::{DirectoryRole, User},
};
use lcs_wire::{entra::Aadsts, graph::ApplicationPatch, well_known::LCS_CLIENT_ID};

use crate::{
    confidential::{own_token, secret},
    device_code::{approve, poll, signed_in, start},
    world::{ARTICLE_SCOPE, CONTOSO, SERVICE, SERVICE_ID, World, claims, refused, text},
};

/// A world as it is believed to be, and one where it is otherwise in this.
async fn worlds(otherwise: Inferences) -> [World; 2] {
    assert_ne!(otherwise, Inferences::default());
    [World::new().await, World::where_it_is(otherwise).await]
}

fn believed() -> Inferences {
    Inferences::default()
}

#[tokio::test]
async fn a_host_below_a_listed_name_means_the_same_resource() {
    let otherwise = Inferences {
        resources_by_parent_host: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let tool = world.tool().await;
    world.sign_in(tool.client, &[]).await.unwrap();
    let tool = other.tool().await;
    let answer = other.sign_in(tool.client, &[]).await;
    assert_eq!(refused(answer), Aadsts::ResourceNotFound);
    let listed = [("scope", "https://lcs.dynamics.com/.default")];
    other.sign_in(tool.client, &listed).await.unwrap();
}

#[tokio::test]
async fn tokens_for_lcs_are_of_the_first_version_and_keep_the_slash() {
    let otherwise = Inferences {
        lcs_tokens_are_v1: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let version = async |world: &World| {
        let tool = world.tool().await;
        let answer = world.sign_in(tool.client, &[]).await.unwrap();
        let claims = claims(&answer, "access_token");
        (claims["ver"].clone(), claims["aud"].clone())
    };
    let with_slash = "https://lcsapi.lcs.dynamics.com/";
    assert_eq!(version(&world).await, ("1.0".into(), with_slash.into()));
    let of_id = LCS_CLIENT_ID.to_string();
    assert_eq!(version(&other).await, ("2.0".into(), of_id.into()));
    let [_, other] = worlds(Inferences {
        audience_keeps_slash: false,
        ..believed()
    })
    .await;
    let bare = with_slash.trim_end_matches('/');
    assert_eq!(version(&other).await, ("1.0".into(), bare.into()));
}

#[tokio::test]
async fn a_person_may_consent_to_lcs() {
    let otherwise = Inferences {
        users_consent_to_lcs: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let consents = async |world: &World| {
        let tool = world.tool_without_consent().await;
        let started = start(world, tool.client, ARTICLE_SCOPE).await.unwrap();
        let person = signed_in(world, SERVICE).await.unwrap();
        approve(world, &text(&started, "user_code"), &person).await
    };
    assert_eq!(consents(&world).await, Ok(()));
    assert_eq!(consents(&other).await, Err(Aadsts::AdminConsentNeeded));
}

#[tokio::test]
async fn what_a_person_accepts_beside_lcs_is_recorded_on_graph() {
    let otherwise = Inferences {
        sign_in_scopes_recorded: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let recorded = async |world: &World| {
        let tool = world.tool_without_consent().await;
        let scope = format!("openid offline_access {ARTICLE_SCOPE}");
        let started = start(world, tool.client, &scope).await.unwrap();
        let person = signed_in(world, SERVICE).await.unwrap();
        approve(world, &text(&started, "user_code"), &person)
            .await
            .unwrap();
        let device_code = text(&started, "device_code");
        poll(world, tool.client, &device_code).await.unwrap();
        let grants = world.directory.list_grants(&world.admin().await).await;
        let mut grants = grants.unwrap().into_iter();
        grants
            .any(|grant| grant.client_id == tool.presence && grant.scope.contains("offline_access"))
    };
    assert!(recorded(&world).await);
    assert!(!recorded(&other).await);
}

#[tokio::test]
async fn an_application_gets_a_token_for_lcs_that_lcs_refuses() {
    let otherwise = Inferences {
        lcs_issued_to_applications: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let own = async |world: &World| {
        let tool = world.tool().await;
        let secret = secret(world, &tool).await;
        own_token(world, tool.client, &[("client_secret", &secret)]).await
    };
    assert!(own(&world).await.is_ok());
    assert_eq!(refused(own(&other).await), Aadsts::ApplicationNotAssigned);
}

#[tokio::test]
async fn the_switch_is_asked_about_before_the_password() {
    let otherwise = Inferences {
        switch_before_password: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let both_wrong = async |world: &World, password| {
        let tool = world.tool().await;
        world.switch(&tool, false).await;
        let wrong = [("password", password)];
        refused(world.sign_in(tool.client, &wrong).await)
    };
    assert_eq!(both_wrong(&world, "wrong").await, Aadsts::NotAPublicClient);
    assert_eq!(both_wrong(&other, "wrong").await, Aadsts::WrongPassword);
    let right = crate::world::PASSWORD;
    assert_eq!(both_wrong(&other, right).await, Aadsts::NotAPublicClient);
}

#[tokio::test]
async fn a_renewal_needs_the_switch_again() {
    let otherwise = Inferences {
        renewal_needs_switch: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let renewed = async |world: &World| {
        let tool = world.tool().await;
        let scope = format!("{ARTICLE_SCOPE} offline_access");
        let session = world.sign_in(tool.client, &[("scope", &scope)]).await;
        let token = text(&session.unwrap(), "refresh_token");
        world.switch(&tool, false).await;
        world.renew(tool.client, &token, &[]).await
    };
    assert_eq!(refused(renewed(&world).await), Aadsts::NotAPublicClient);
    assert!(renewed(&other).await.is_ok());
}

#[tokio::test]
async fn a_secret_makes_a_public_client_confidential() {
    let otherwise = Inferences {
        secret_beside_switch: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let with_secret = async |world: &World| {
        let tool = world.tool().await;
        let secret = secret(world, &tool).await;
        let proof = [("client_secret", secret.as_str())];
        world.sign_in(tool.client, &proof).await
    };
    let answer = with_secret(&world).await.unwrap();
    assert_eq!(claims(&answer, "access_token")["appidacr"], "1");
    assert_eq!(refused(with_secret(&other).await), Aadsts::ClientIsPublic);
    // A confidential client proves itself in any case.
    let tool = other.tool().await;
    let secret = secret(&other, &tool).await;
    let patch = ApplicationPatch {
        is_fallback_public_client: Some(false),
        ..ApplicationPatch::default()
    };
    other.change(&tool, &patch).await;
    let proof = [("client_secret", secret.as_str())];
    other.sign_in(tool.client, &proof).await.unwrap();
}

#[tokio::test]
async fn security_defaults_refuse_an_administrators_password() {
    let otherwise = Inferences {
        security_defaults_refuse_administrators: false,
        ..believed()
    };
    let [world, other] = worlds(otherwise).await;
    let by_password = async |world: &World| {
        let tool = world.tool().await;
        let give = |user: &mut User| user.roles = vec![DirectoryRole::GlobalReader];
        let changed = world.directory.change_user(CONTOSO, SERVICE_ID, give);
        changed.await.unwrap();
        let admin = world.admin().await;
        let directory = &world.directory;
        directory
            .switch_security_defaults(&admin, true)
            .await
            .unwrap();
        refused(world.sign_in(tool.client, &[]).await)
    };
    assert_eq!(by_password(&world).await, Aadsts::BlockedBySecurityDefaults);
    let otherwise = by_password(&other).await;
    assert_eq!(otherwise, Aadsts::MfaEnrolment);
}
