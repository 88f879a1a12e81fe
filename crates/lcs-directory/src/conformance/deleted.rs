//! What is deleted and can be restored.

use lcs_types::{ClientId, ObjectId};

use super::{
    CLIENT, CLIENT_PRINCIPAL, OTHER_TENANT, RESOURCE_PRINCIPAL, Store, TENANT, USER, at, done,
    grant, principal, with_principals,
};
use crate::{
    model::{AppRoleAssignment, Application, ApplicationSettings, Assignee, DEFAULT_ACCESS},
    store::{Added, Changed, Deleted, Restored},
};

fn application() -> Application {
    Application {
        tenant: TENANT,
        id: ObjectId::from_u128(71),
        client_id: CLIENT,
        unique_name: Some("tool".to_owned()),
        created_at: at(1),
        settings: ApplicationSettings::default(),
    }
}

fn assignment() -> AppRoleAssignment {
    AppRoleAssignment {
        tenant: TENANT,
        assignee: Assignee::User(USER),
        resource: CLIENT_PRINCIPAL,
        role: DEFAULT_ACCESS,
        created_at: at(2),
    }
}

/// A deleted application and its service principal are out of sight with what refers to them, keep
/// their ids, and come back together.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_deleted_application_is_out_of_sight_and_comes_back_whole(store: Store) {
    with_principals(&store).await;
    let (application, given) = (application(), grant(Some(USER), &["a"]));
    done(store.add_application(&application).await);
    done(store.add_grant(&given).await);
    done(store.add_app_role_assignment(&assignment()).await);
    let delete = |tenant| store.delete_application(tenant, application.id, at(5));
    assert_eq!(done(delete(OTHER_TENANT).await), Changed::NotFound);
    assert_eq!(done(delete(TENANT).await), Changed::Yes);
    assert_eq!(done(delete(TENANT).await), Changed::NotFound);

    assert_eq!(done(store.application(TENANT, application.id).await), None);
    assert_eq!(done(store.application_of_client(CLIENT).await), None);
    let by_name = store.application_by_unique_name(TENANT, "tool").await;
    assert_eq!(done(by_name), None);
    assert_eq!(done(store.applications(TENANT).await), []);
    let settings = ApplicationSettings::default();
    let change = store.change_application(TENANT, application.id, &settings);
    assert_eq!(done(change.await), Changed::NotFound);
    assert_eq!(
        done(store.add_application(&application).await),
        Added::Conflict
    );
    let principal = store.service_principal_of_client(TENANT, CLIENT).await;
    assert_eq!(done(principal), None);
    assert_eq!(done(store.presences_of_client(CLIENT).await), []);
    assert_eq!(done(store.service_principals(TENANT).await).len(), 1);
    assert_eq!(done(store.grants(TENANT).await), []);
    assert_eq!(done(store.grant(TENANT, &given.id()).await), None);
    let between = store.grants_between(TENANT, CLIENT_PRINCIPAL, RESOURCE_PRINCIPAL);
    assert_eq!(done(between.await), []);
    let of = store.app_role_assignments_of(TENANT, Assignee::User(USER));
    assert_eq!(done(of.await), []);

    let deleted = done(store.deleted_applications(TENANT).await);
    let expected = Deleted {
        object: application.clone(),
        at: at(5),
    };
    assert_eq!(deleted, [expected]);
    assert_eq!(done(store.deleted_applications(OTHER_TENANT).await), []);
    let restore = |tenant| store.restore_application(tenant, application.id);
    assert_eq!(done(restore(OTHER_TENANT).await), Changed::NotFound);
    assert_eq!(done(restore(TENANT).await), Changed::Yes);
    assert_eq!(done(restore(TENANT).await), Changed::NotFound);
    let found = store.application(TENANT, application.id).await;
    assert_eq!(done(found), Some(application));
    assert_eq!(done(store.grants(TENANT).await), [given]);
    let on = store.app_role_assignments_on(TENANT, CLIENT_PRINCIPAL);
    assert_eq!(done(on.await), [assignment()]);
}

/// A deleted service principal leaves its place to another one, which then stands in its way.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_deleted_service_principal_leaves_its_place(store: Store) {
    with_principals(&store).await;
    let delete = || store.delete_service_principal(TENANT, CLIENT_PRINCIPAL, at(5));
    assert_eq!(done(delete().await), Changed::Yes);
    assert_eq!(done(delete().await), Changed::NotFound);
    let successor = principal(TENANT, ObjectId::from_u128(72), CLIENT);
    assert_eq!(
        done(store.add_service_principal(&successor).await),
        Added::Yes
    );
    let restore = || store.restore_service_principal(TENANT, CLIENT_PRINCIPAL);
    assert_eq!(done(restore().await), Restored::Conflict);
    assert_eq!(
        done(store.deleted_service_principals(TENANT).await).len(),
        1
    );
    let removed = store.remove_service_principal(TENANT, successor.id).await;
    assert_eq!(done(removed), Changed::Yes);
    assert_eq!(done(restore().await), Restored::Yes);
    assert_eq!(done(restore().await), Restored::NotFound);
}

/// What was deleted before an instant is gone for good, with what referred to it; the rest stays.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn what_was_deleted_long_ago_is_forgotten(store: Store) {
    with_principals(&store).await;
    let given = grant(Some(USER), &["a"]);
    done(store.add_application(&application()).await);
    done(store.add_grant(&given).await);
    let foreign = principal(OTHER_TENANT, ObjectId::from_u128(73), CLIENT);
    done(
        store
            .create_tenant(&super::contents(OTHER_TENANT, "fabrikam.com"))
            .await,
    );
    done(store.add_service_principal(&foreign).await);
    done(
        store
            .delete_application(TENANT, application().id, at(5))
            .await,
    );
    let mut user = done(store.user(TENANT, USER).await).expect("the user is there");
    user.deleted_at = Some(at(6));
    done(store.replace_user(&user).await);

    done(store.forget_deleted(at(5)).await);
    assert_eq!(done(store.deleted_applications(TENANT).await).len(), 1);
    done(store.forget_deleted(at(6)).await);
    assert_eq!(done(store.deleted_applications(TENANT).await), []);
    assert_eq!(done(store.deleted_service_principals(TENANT).await), []);
    assert_eq!(done(store.presences_of_client(CLIENT).await), []);
    assert!(done(store.user(TENANT, USER).await).is_some());
    done(store.forget_deleted(at(7)).await);
    assert_eq!(done(store.user(TENANT, USER).await), None);
    let resource = ClientId::from_u128(101);
    let resource = store.service_principal_of_client(TENANT, resource).await;
    assert!(done(resource).is_some());
}

/// A user takes no name that somebody has, and is removed with every grant.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_user_is_renamed_and_removed(store: Store) {
    with_principals(&store).await;
    let given = grant(Some(USER), &["a"]);
    done(store.add_grant(&given).await);
    let mut ben = super::user(TENANT, "ben@contoso.com");
    ben.id = lcs_types::UserId::from_u128(74);
    done(store.add_user(&ben).await);
    let rename = |name: &str| {
        let (store, name) = (store.clone(), name.parse().expect("the name is legal"));
        async move { done(store.rename_user(TENANT, USER, &name).await) }
    };
    assert_eq!(rename("ben@contoso.com").await, Added::Conflict);
    assert_eq!(rename("anna@contoso.com").await, Added::Yes);
    assert_eq!(rename("eve@contoso.com").await, Added::Yes);
    let renamed = done(store.user(TENANT, USER).await).expect("the user is there");
    assert_eq!(renamed.user_principal_name.as_str(), "eve@contoso.com");
    assert_eq!(
        done(store.remove_user(OTHER_TENANT, USER).await),
        Changed::NotFound
    );
    assert_eq!(done(store.grants(TENANT).await), [given]);
    assert_eq!(done(store.remove_user(TENANT, USER).await), Changed::Yes);
    assert_eq!(
        done(store.remove_user(TENANT, USER).await),
        Changed::NotFound
    );
    assert_eq!(done(store.grants(TENANT).await), []);
}
