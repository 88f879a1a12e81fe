//! Graph: what is deleted can be restored for thirty days, with all that referred to it.

use jiff::SignedDuration;
use lcs_directory::{
    GraphRefusal,
    graph::{ApplicationKey, DeletedKind, ServicePrincipalKey},
};
use lcs_types::ObjectId;
use lcs_wire::{entra::Aadsts, graph::NewServicePrincipal, well_known::LCS_CLIENT_ID};
use serde_json::json;

use crate::{
    device_code::{approve, poll, signed_in, start},
    world::{
        ARTICLE_SCOPE, FABRIKAM_ADMIN, SERVICE, SERVICE_ID, World, graph_refusal, refused,
        registration, text,
    },
};

#[tokio::test]
async fn a_deleted_application_comes_back_with_its_service_principal_and_its_consent() {
    let world = World::new().await;
    let (tool, admin) = (world.tool().await, world.admin().await);
    let directory = &world.directory;
    let key = ApplicationKey::Id(tool.id);
    directory.delete_application(&admin, &key).await.unwrap();
    let gone = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(gone), Aadsts::ApplicationNotFound);
    assert_eq!(directory.list_grants(&admin).await.unwrap().len(), 1);
    for (kind, id) in [
        (DeletedKind::Application, tool.id),
        (DeletedKind::ServicePrincipal, tool.presence),
    ] {
        let deleted = directory.list_deleted(&admin, kind).await.unwrap();
        let deleted = json!(deleted);
        assert_eq!(deleted[0]["id"], json!(id));
        assert_eq!(deleted[0]["appId"], json!(tool.client));
        assert_eq!(deleted[0]["@odata.type"], kind.odata_type());
        let item = directory.deleted_item(&admin, id).await.unwrap();
        assert_eq!(json!(item), deleted[0]);
    }
    let restored = directory.restore_deleted(&admin, tool.id).await.unwrap();
    assert_eq!(json!(restored)["deletedDateTime"], json!(null));
    world.sign_in(tool.client, &[]).await.unwrap();
    let none = directory.list_deleted(&admin, DeletedKind::ServicePrincipal);
    assert!(none.await.unwrap().is_empty());
    let again = directory.restore_deleted(&admin, tool.id).await;
    assert_eq!(graph_refusal(again).status(), 404);
}

#[tokio::test]
async fn a_deleted_application_keeps_its_unique_name_until_it_is_purged() {
    let world = World::new().await;
    let admin = world.admin().await;
    let directory = &world.directory;
    let patch = registration();
    let upsert = || directory.upsert_application(&admin, "lcs-toolkit", &patch);
    upsert().await.unwrap();
    let key = ApplicationKey::UniqueName("lcs-toolkit".to_owned());
    let made = directory.application(&admin, &key).await.unwrap();
    directory.delete_application(&admin, &key).await.unwrap();
    assert_eq!(graph_refusal(upsert().await), GraphRefusal::UniqueNameInUse);
    directory.purge_deleted(&admin, made.id).await.unwrap();
    upsert().await.unwrap();
    let gone = directory.restore_deleted(&admin, made.id).await;
    assert_eq!(graph_refusal(gone).status(), 404);
}

#[tokio::test]
async fn a_service_principal_that_was_made_anew_stands_in_the_way_of_the_old_one() {
    let world = World::new().await;
    let (tool, admin) = (world.tool().await, world.admin().await);
    let directory = &world.directory;
    let lcs = ServicePrincipalKey::AppId(LCS_CLIENT_ID);
    let before = directory.service_principal(&admin, lcs).await.unwrap();
    directory
        .delete_service_principal(&admin, lcs)
        .await
        .unwrap();
    assert!(
        directory
            .list_grants(&admin)
            .await
            .unwrap()
            .iter()
            .all(|it| it.resource_id != before.id)
    );
    let new = NewServicePrincipal {
        app_id: LCS_CLIENT_ID,
        tags: Vec::new(),
    };
    let made = directory
        .create_service_principal(&admin, &new)
        .await
        .unwrap();
    let conflict = directory.restore_deleted(&admin, before.id).await;
    assert_eq!(graph_refusal(conflict).status(), 409);
    // Consent was given for the old one.
    let no_consent = world.sign_in(tool.client, &[]).await;
    assert_eq!(refused(no_consent), Aadsts::NoConsent);
    let key = ServicePrincipalKey::Id(made.id);
    directory
        .delete_service_principal(&admin, key)
        .await
        .unwrap();
    directory.restore_deleted(&admin, before.id).await.unwrap();
    world.sign_in(tool.client, &[]).await.unwrap();
}

#[tokio::test]
async fn after_thirty_days_nothing_is_left_to_restore() {
    let world = World::new().await;
    let (tool, admin) = (world.tool().await, world.admin().await);
    let directory = &world.directory;
    let key = ApplicationKey::Id(tool.id);
    directory.delete_application(&admin, &key).await.unwrap();
    let user = lcs_directory::graph::UserKey::Name(SERVICE.parse().unwrap());
    directory.delete_user(&admin, &user).await.unwrap();
    world.advance(SignedDuration::from_hours(30 * 24));
    for kind in [DeletedKind::Application, DeletedKind::User] {
        let deleted = directory.list_deleted(&admin, kind).await.unwrap();
        assert_eq!(deleted.len(), 1);
    }
    world.advance(SignedDuration::from_secs(1));
    for kind in [
        DeletedKind::Application,
        DeletedKind::ServicePrincipal,
        DeletedKind::User,
    ] {
        let deleted = directory.list_deleted(&admin, kind).await.unwrap();
        assert!(deleted.is_empty(), "{kind:?}");
    }
    let users = directory.list_users(&admin).await.unwrap();
    assert!(users.iter().all(|user| user.user_principal_name != SERVICE));
}

#[tokio::test]
async fn whoever_may_not_delete_neither_restores_nor_purges() {
    let world = World::new().await;
    let (tool, admin) = (world.tool().await, world.admin().await);
    let directory = &world.directory;
    let key = ApplicationKey::Id(tool.id);
    directory.delete_application(&admin, &key).await.unwrap();
    let user = world.graph("contoso.com", SERVICE).await;
    let denied = directory.restore_deleted(&user, tool.id).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    let denied = directory.purge_deleted(&user, tool.id).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    let denied = directory.restore_deleted(&user, tool.presence).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    // Another tenant's administrators don't even see it.
    let foreign = world.graph("fabrikam.com", FABRIKAM_ADMIN).await;
    let unknown = directory.restore_deleted(&foreign, tool.id).await;
    assert_eq!(graph_refusal(unknown).status(), 404);
    let unknown = directory.deleted_item(&foreign, tool.presence).await;
    assert_eq!(graph_refusal(unknown).status(), 404);
    let never = directory.deleted_item(&admin, ObjectId::from_u128(1)).await;
    assert_eq!(graph_refusal(never).status(), 404);
}

/// Whoever is gone for good leaves codes and tokens behind that were handed out before.
#[tokio::test]
async fn what_a_purged_user_left_under_way_is_refused() {
    let world = World::new().await;
    let (tool, admin) = (world.tool().await, world.admin().await);
    let directory = &world.directory;
    let user = world.graph("contoso.com", SERVICE).await;
    let scope = format!("{ARTICLE_SCOPE} offline_access");
    let session = world.sign_in(tool.client, &[("scope", &scope)]).await;
    let refresh_token = text(&session.unwrap(), "refresh_token");
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let person = signed_in(&world, SERVICE).await.unwrap();
    let user_code = text(&started, "user_code");
    approve(&world, &user_code, &person).await.unwrap();
    let pending = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();

    let key = lcs_directory::graph::UserKey::Id(SERVICE_ID);
    directory.delete_user(&admin, &key).await.unwrap();
    let id = SERVICE_ID.as_object_id();
    directory.purge_deleted(&admin, id).await.unwrap();

    let device_code = text(&started, "device_code");
    let polled = poll(&world, tool.client, &device_code).await;
    assert_eq!(refused(polled), Aadsts::UserNotFound);
    let renewed = world.renew(tool.client, &refresh_token, &[]).await;
    assert_eq!(refused(renewed), Aadsts::InvalidGrantMaterial);
    let approved = approve(&world, &text(&pending, "user_code"), &person).await;
    assert_eq!(approved, Err(Aadsts::UserNotFound));
    for gone in [
        graph_refusal(directory.me(&user).await),
        graph_refusal(directory.user_info(&user).await),
    ] {
        assert_eq!(gone.status(), 404);
    }
}
