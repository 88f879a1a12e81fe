//! Graph: creating, changing, deleting and restoring users, and what that does to their sign-ins.

use lcs_directory::{
    GraphCaller, GraphRefusal,
    graph::{DeletedKind, UserKey},
    model::{DirectoryRole, User},
};
use lcs_types::{Secret, UserId};
use lcs_wire::{
    entra::Aadsts,
    graph::{PasswordProfile, User as Shown, UserPatch},
};

use serde_json::{Map, Value};

use crate::world::{
    ADMIN, ARTICLE_SCOPE, CONTOSO, MEGAN, PASSWORD, SERVICE, SERVICE_ID, Tool, World,
    graph_refusal, refused, text,
};

const NEW_PASSWORD: &str = "A New passw0rd";

fn profile(password: &str, must_change: Option<bool>) -> PasswordProfile {
    PasswordProfile {
        password: Some(Secret::new(password)),
        force_change_password_next_sign_in: must_change,
    }
}

fn new_user(name: &str) -> UserPatch {
    UserPatch {
        account_enabled: Some(true),
        display_name: Some("Ben".to_owned()),
        mail_nickname: Some("ben".to_owned()),
        user_principal_name: Some(name.to_owned()),
        password_profile: Some(profile(NEW_PASSWORD, Some(false))),
        ..UserPatch::default()
    }
}

async fn roles(world: &World, roles: &[DirectoryRole]) -> GraphCaller {
    let give = |user: &mut User| user.roles = roles.to_vec();
    let changed = world.directory.change_user(CONTOSO, SERVICE_ID, give);
    changed.await.unwrap();
    world.graph("contoso.com", SERVICE).await
}

async fn create(world: &World, name: &str) -> Shown {
    let admin = world.admin().await;
    let made = world.directory.create_user(&admin, &new_user(name)).await;
    made.unwrap()
}

/// A sign-in that can be renewed.
async fn session(world: &World, tool: &Tool) -> Map<String, Value> {
    let scope = format!("{ARTICLE_SCOPE} offline_access");
    world
        .sign_in(tool.client, &[("scope", &scope)])
        .await
        .unwrap()
}

#[tokio::test]
async fn a_new_user_signs_in_and_gets_a_token_for_lcs() {
    let world = World::new().await;
    let tool = world.tool().await;
    let made = create(&world, "Ben@Contoso.com").await;
    assert_eq!(made.user_principal_name, "ben@contoso.com");
    assert_eq!(made.account_enabled, Some(true));
    assert_eq!(made.user_type.as_deref(), Some("Member"));
    let fields = [("username", "ben@contoso.com"), ("password", NEW_PASSWORD)];
    world.sign_in(tool.client, &fields).await.unwrap();
    let taken = world
        .directory
        .create_user(&world.admin().await, &new_user("ben@contoso.com"))
        .await;
    let taken = graph_refusal(taken);
    assert_eq!((taken.status(), taken.code()), (400, "Request_BadRequest"));
    assert_eq!(taken.detail(), Some("ObjectConflict"));
}

#[tokio::test]
async fn what_a_new_user_needs_is_asked_for_and_nothing_is_made_without_it() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = world.directory.list_users(&admin).await.unwrap();
    let complete = || new_user("ben@contoso.com");
    for (patch, says) in [
        (
            UserPatch {
                account_enabled: None,
                ..complete()
            },
            "accountEnabled",
        ),
        (
            UserPatch {
                display_name: None,
                ..complete()
            },
            "displayName",
        ),
        (
            UserPatch {
                display_name: Some(" ".to_owned()),
                ..complete()
            },
            "displayName",
        ),
        (
            UserPatch {
                mail_nickname: None,
                ..complete()
            },
            "mailNickname",
        ),
        (
            UserPatch {
                mail_nickname: Some("a b".to_owned()),
                ..complete()
            },
            "mailNickname",
        ),
        (
            UserPatch {
                user_principal_name: None,
                ..complete()
            },
            "userPrincipalName",
        ),
        (new_user("ben"), "userPrincipalName"),
        (new_user("ben@elsewhere.com"), "verified domain"),
        (
            UserPatch {
                password_profile: None,
                ..complete()
            },
            "passwordProfile",
        ),
        (
            UserPatch {
                password_profile: Some(profile("password", None)),
                ..complete()
            },
            "complexity",
        ),
        (
            UserPatch {
                password_profile: Some(profile("aB1-", None)),
                ..complete()
            },
            "complexity",
        ),
    ] {
        let refusal = graph_refusal(world.directory.create_user(&admin, &patch).await);
        assert_eq!(refusal.status(), 400);
        assert!(refusal.to_string().contains(says), "{refusal} {says}");
    }
    assert_eq!(world.directory.list_users(&admin).await.unwrap(), before);
}

#[tokio::test]
async fn a_reset_password_must_be_changed_and_ends_every_session() {
    let world = World::new().await;
    let tool = world.tool().await;
    let session = session(&world, &tool).await;
    let admin = world.admin().await;
    world.advance(jiff::SignedDuration::from_secs(1));
    let reset = UserPatch {
        password_profile: Some(profile(NEW_PASSWORD, None)),
        ..UserPatch::default()
    };
    let key = UserKey::Id(SERVICE_ID);
    let done = world.directory.update_user(&admin, &key, &reset).await;
    done.unwrap();
    let old = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(old), Aadsts::WrongPassword);
    let new = [("password", NEW_PASSWORD)];
    let must_change = world.sign_in(tool.client, &new).await;
    assert_eq!(refused(must_change), Aadsts::PasswordExpired);
    let token = text(&session, "refresh_token");
    let renewed = world.renew(tool.client, &token, &[]).await;
    assert_eq!(refused(renewed), Aadsts::GrantRevoked);
}

#[tokio::test]
async fn a_disabled_account_signs_in_no_more_until_it_is_enabled() {
    let world = World::new().await;
    let tool = world.tool().await;
    let admin = world.admin().await;
    let key = UserKey::Id(SERVICE_ID);
    let switch = |is_enabled| UserPatch {
        account_enabled: Some(is_enabled),
        ..UserPatch::default()
    };
    let directory = &world.directory;
    directory
        .update_user(&admin, &key, &switch(false))
        .await
        .unwrap();
    let refusal = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(refusal), Aadsts::UserDisabled);
    directory
        .update_user(&admin, &key, &switch(true))
        .await
        .unwrap();
    world.sign_in(tool.client, &[]).await.unwrap();
}

#[tokio::test]
async fn a_renamed_user_signs_in_under_the_new_name() {
    let world = World::new().await;
    let tool = world.tool().await;
    let admin = world.admin().await;
    let key = UserKey::Id(SERVICE_ID);
    let rename = |name: &str| UserPatch {
        user_principal_name: Some(name.to_owned()),
        ..UserPatch::default()
    };
    let taken = world
        .directory
        .update_user(&admin, &key, &rename(MEGAN))
        .await;
    assert_eq!(graph_refusal(taken), GraphRefusal::UserPrincipalNameInUse);
    let foreign = world
        .directory
        .update_user(&admin, &key, &rename("svc@fabrikam.com"))
        .await;
    assert_eq!(graph_refusal(foreign).status(), 400);
    world
        .directory
        .update_user(&admin, &key, &rename("pipeline@contoso.com"))
        .await
        .unwrap();
    let old = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(old), Aadsts::UserNotFound);
    let new = [("username", "pipeline@contoso.com")];
    world.sign_in(tool.client, &new).await.unwrap();
}

#[tokio::test]
async fn a_lesser_administrator_never_reaches_a_greater_one() {
    let world = World::new().await;
    let directory = &world.directory;
    let caller = roles(&world, &[DirectoryRole::UserAdministrator]).await;
    let administrator = UserKey::Name(ADMIN.parse().unwrap());
    let ordinary = UserKey::Name(MEGAN.parse().unwrap());
    let reset = UserPatch {
        password_profile: Some(profile(NEW_PASSWORD, None)),
        ..UserPatch::default()
    };
    let disable = UserPatch {
        account_enabled: Some(false),
        ..UserPatch::default()
    };
    for patch in [&reset, &disable] {
        let denied = directory.update_user(&caller, &administrator, patch).await;
        assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
        directory
            .update_user(&caller, &ordinary, patch)
            .await
            .unwrap();
    }
    let denied = directory.delete_user(&caller, &administrator).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);

    // Who resets passwords neither disables nor renames.
    let caller = roles(&world, &[DirectoryRole::PasswordAdministrator]).await;
    directory
        .update_user(&caller, &ordinary, &reset)
        .await
        .unwrap();
    let denied = directory.update_user(&caller, &ordinary, &disable).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    let new = new_user("ben@contoso.com");
    let denied = directory.create_user(&caller, &new).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    let empty = UserPatch::default();
    let denied = directory.update_user(&caller, &ordinary, &empty).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
}

#[tokio::test]
async fn a_deleted_user_is_gone_frees_the_name_and_can_be_restored() {
    let world = World::new().await;
    let tool = world.tool().await;
    let session = session(&world, &tool).await;
    let admin = world.admin().await;
    let directory = &world.directory;
    let key = UserKey::Name(SERVICE.parse().unwrap());
    directory.delete_user(&admin, &key).await.unwrap();
    assert_eq!(
        graph_refusal(directory.user(&admin, &key).await).status(),
        404
    );
    let listed = directory.list_users(&admin).await.unwrap();
    assert!(listed.iter().all(|user| user.id != SERVICE_ID));
    let gone = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(gone), Aadsts::UserNotFound);
    let token = text(&session, "refresh_token");
    let renewed = world.renew(tool.client, &token, &[]).await;
    assert_eq!(refused(renewed), Aadsts::UserDeleted);

    let id = UserId::as_object_id(SERVICE_ID);
    let deleted = directory
        .list_deleted(&admin, DeletedKind::User)
        .await
        .unwrap();
    let deleted = serde_json::to_value(&deleted).unwrap();
    let name = deleted[0]["userPrincipalName"].as_str().unwrap();
    assert!(
        name.ends_with(SERVICE) && name.len() == SERVICE.len() + 32,
        "{name}"
    );
    assert!(deleted[0]["deletedDateTime"].is_string());

    // Somebody took the name meanwhile.
    let successor = create(&world, SERVICE).await;
    let conflict = directory.restore_deleted(&admin, id).await;
    assert_eq!(graph_refusal(conflict).status(), 409);
    let key = UserKey::Id(successor.id);
    directory.delete_user(&admin, &key).await.unwrap();
    directory.restore_deleted(&admin, id).await.unwrap();
    let fields = [("username", SERVICE), ("password", PASSWORD)];
    world.sign_in(tool.client, &fields).await.unwrap();
}

#[tokio::test]
async fn an_authenticator_app_is_shown_and_taken_away_and_secrets_never_are() {
    let world = World::new().await;
    let admin = world.admin().await;
    let directory = &world.directory;
    let megan = UserKey::Name(MEGAN.parse().unwrap());
    let methods = directory
        .authentication_methods(&admin, &megan)
        .await
        .unwrap();
    let shown = serde_json::to_value(&methods).unwrap();
    assert_eq!(shown.as_array().unwrap().len(), 2);
    assert!(!shown.to_string().contains(crate::world::MEGANS_SECRET));
    let app = methods[1].id.to_string();
    let user = world.graph("contoso.com", SERVICE).await;
    let own = directory.own_authentication_methods(&admin).await.unwrap();
    assert_eq!(own.len(), 1);
    let denied = directory.authentication_methods(&user, &megan).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    let unknown = directory
        .remove_authenticator_app(&admin, &megan, "x")
        .await;
    assert_eq!(graph_refusal(unknown).status(), 404);
    directory
        .remove_authenticator_app(&admin, &megan, &app)
        .await
        .unwrap();
    let left = directory.authentication_methods(&admin, &megan).await;
    assert_eq!(left.unwrap(), methods[..1]);
}
