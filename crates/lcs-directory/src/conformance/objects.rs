//! Tenants, users, applications, service principals, grants.

use lcs_types::{ClientId, ObjectId, UserId};

use super::{
    CLIENT, CLIENT_PRINCIPAL, OTHER_TENANT, RESOURCE_PRINCIPAL, Store, TENANT, USER, at, contents,
    done, grant, principal, user, with_principals,
};
use crate::model::{Application, ApplicationSettings, Multifactor, SignInAudience};
use crate::store::{Added, Changed};

/// A tenant is added with everything or, when it is there, not at all.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_tenant_is_created_once_and_whole(store: Store) {
    let mut contents = contents(TENANT, "contoso.com");
    contents
        .tenant
        .domains
        .push("contoso.onmicrosoft.com".parse().expect("legal"));
    contents.service_principals = vec![
        principal(TENANT, CLIENT_PRINCIPAL, CLIENT),
        principal(TENANT, RESOURCE_PRINCIPAL, ClientId::from_u128(101)),
    ];
    contents.grants = vec![grant(None, &["a", "b"])];
    assert_eq!(done(store.create_tenant(&contents).await), Added::Yes);
    assert_eq!(done(store.create_tenant(&contents).await), Added::Conflict);
    let tenant = contents.tenant;
    assert_eq!(done(store.tenant(TENANT).await).as_ref(), Some(&tenant));
    for domain in &tenant.domains {
        assert_eq!(
            done(store.tenant_of_domain(domain).await).as_ref(),
            Some(&tenant)
        );
    }
    assert_eq!(done(store.tenants().await), [tenant]);
    assert_eq!(done(store.users(TENANT).await), contents.users);
    assert_eq!(
        done(store.service_principals(TENANT).await),
        contents.service_principals
    );
    assert_eq!(done(store.grants(TENANT).await), contents.grants);
    assert_eq!(done(store.tenant(OTHER_TENANT).await), None);
}

/// A domain belongs to one tenant; the second tenant that claims it is not added at all.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_tenant_with_a_taken_domain_leaves_nothing_behind(store: Store) {
    assert_eq!(
        done(store.create_tenant(&contents(TENANT, "contoso.com")).await),
        Added::Yes
    );
    let second = contents(OTHER_TENANT, "contoso.com");
    assert_eq!(done(store.create_tenant(&second).await), Added::Conflict);
    assert_eq!(done(store.tenant(OTHER_TENANT).await), None);
    assert!(done(store.users(OTHER_TENANT).await).is_empty());
}

/// Users are found in their tenant only, and replaced as a whole.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_user_is_found_by_id_and_name_and_replaced(store: Store) {
    done(store.create_tenant(&contents(TENANT, "contoso.com")).await);
    let mut user = user(TENANT, "anna@contoso.com");
    let name = user.user_principal_name.clone();
    assert_eq!(done(store.user(TENANT, USER).await).as_ref(), Some(&user));
    assert_eq!(
        done(store.user_by_name(TENANT, &name).await).as_ref(),
        Some(&user)
    );
    assert_eq!(done(store.user(OTHER_TENANT, USER).await), None);
    assert_eq!(done(store.user_by_name(OTHER_TENANT, &name).await), None);
    user.is_enabled = false;
    user.password = None;
    user.roles = Vec::new();
    user.multifactor = Multifactor::NotRequired;
    user.tokens_valid_from = at(60);
    assert_eq!(done(store.replace_user(&user).await), Changed::Yes);
    assert_eq!(done(store.user(TENANT, USER).await).as_ref(), Some(&user));
    user.id = UserId::from_u128(11);
    assert_eq!(done(store.replace_user(&user).await), Changed::NotFound);
}

fn application(id: u128, client: ClientId, unique_name: Option<&str>) -> Application {
    Application {
        tenant: TENANT,
        id: ObjectId::from_u128(id),
        client_id: client,
        unique_name: unique_name.map(str::to_owned),
        created_at: at(i64::try_from(id).expect("small")),
        settings: ApplicationSettings {
            display_name: "Tool".to_owned(),
            sign_in_audience: SignInAudience::MultipleOrganizations,
            is_fallback_public_client: Some(true),
            ..ApplicationSettings::default()
        },
    }
}

/// Client ids are unique everywhere, unique names within the tenant.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn an_application_is_unique_by_client_id_and_unique_name(store: Store) {
    done(store.create_tenant(&contents(TENANT, "contoso.com")).await);
    let first = application(1, CLIENT, Some("tool"));
    assert_eq!(done(store.add_application(&first).await), Added::Yes);
    let conflicts = [
        application(2, CLIENT, None),
        application(2, ClientId::from_u128(102), Some("tool")),
    ];
    for conflict in conflicts {
        assert_eq!(
            done(store.add_application(&conflict).await),
            Added::Conflict
        );
    }
    let mut second = application(2, ClientId::from_u128(102), None);
    assert_eq!(done(store.add_application(&second).await), Added::Yes);
    let third = application(3, ClientId::from_u128(103), None);
    assert_eq!(done(store.add_application(&third).await), Added::Yes);
    second.settings.notes = Some("changed".to_owned());
    let changed = store
        .change_application(TENANT, second.id, &second.settings)
        .await;
    assert_eq!(done(changed), Changed::Yes);
    let foreign = store
        .change_application(OTHER_TENANT, second.id, &second.settings)
        .await;
    assert_eq!(done(foreign), Changed::NotFound);
    assert_eq!(
        done(store.applications(TENANT).await),
        [first.clone(), second.clone(), third]
    );
    assert_eq!(
        done(store.application(TENANT, second.id).await),
        Some(second.clone())
    );
    assert_eq!(done(store.application(OTHER_TENANT, second.id).await), None);
    assert_eq!(
        done(store.application_of_client(second.client_id).await),
        Some(second)
    );
    assert_eq!(
        done(store.application_by_unique_name(TENANT, "tool").await),
        Some(first)
    );
    assert_eq!(
        done(store.application_by_unique_name(OTHER_TENANT, "tool").await),
        None
    );
}

/// Nothing of an application remains when it is removed, in no tenant.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn removing_an_application_removes_its_presences_and_grants(store: Store) {
    with_principals(&store).await;
    done(
        store
            .create_tenant(&contents(OTHER_TENANT, "fabrikam.com"))
            .await,
    );
    let application = application(1, CLIENT, None);
    done(store.add_application(&application).await);
    let elsewhere = principal(OTHER_TENANT, ObjectId::from_u128(1_002), CLIENT);
    done(store.add_service_principal(&elsewhere).await);
    done(store.add_grant(&grant(None, &["a"])).await);
    assert_eq!(done(store.presences_of_client(CLIENT).await).len(), 2);
    let foreign = store.remove_application(OTHER_TENANT, application.id).await;
    assert_eq!(done(foreign), Changed::NotFound);
    assert_eq!(
        done(store.remove_application(TENANT, application.id).await),
        Changed::Yes
    );
    assert_eq!(done(store.application(TENANT, application.id).await), None);
    assert!(done(store.presences_of_client(CLIENT).await).is_empty());
    assert!(done(store.grants(TENANT).await).is_empty());
    assert_eq!(done(store.service_principals(TENANT).await).len(), 1);
}

/// An application is present in a tenant once; its presence takes its grants along.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_service_principal_stands_once_in_a_tenant(store: Store) {
    with_principals(&store).await;
    let again = principal(TENANT, ObjectId::from_u128(1_003), CLIENT);
    assert_eq!(
        done(store.add_service_principal(&again).await),
        Added::Conflict
    );
    let found = done(store.service_principal_of_client(TENANT, CLIENT).await);
    let mut found = found.expect("it is there");
    assert_eq!(found.id, CLIENT_PRINCIPAL);
    found.settings.is_enabled = false;
    let changed = store
        .change_service_principal(TENANT, found.id, &found.settings)
        .await;
    assert_eq!(done(changed), Changed::Yes);
    assert_eq!(
        done(store.service_principal(TENANT, CLIENT_PRINCIPAL).await),
        Some(found)
    );
    assert_eq!(
        done(
            store
                .service_principal(OTHER_TENANT, CLIENT_PRINCIPAL)
                .await
        ),
        None
    );
    done(store.add_grant(&grant(Some(USER), &["a"])).await);
    let removed = store
        .remove_service_principal(TENANT, RESOURCE_PRINCIPAL)
        .await;
    assert_eq!(done(removed), Changed::Yes);
    assert!(done(store.grants(TENANT).await).is_empty());
    let again = store
        .remove_service_principal(TENANT, RESOURCE_PRINCIPAL)
        .await;
    assert_eq!(done(again), Changed::NotFound);
}

/// There is one grant for each client, resource and principal; merging only adds.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_grant_stands_once_and_grows_by_merging(store: Store) {
    with_principals(&store).await;
    let (all, one) = (grant(None, &["a"]), grant(Some(USER), &["b"]));
    assert_eq!(done(store.add_grant(&all).await), Added::Yes);
    assert_eq!(
        done(store.add_grant(&grant(None, &["z"])).await),
        Added::Conflict
    );
    done(store.merge_grant(&one).await);
    done(store.merge_grant(&grant(Some(USER), &["c", "b"])).await);
    let merged = grant(Some(USER), &["b", "c"]);
    assert_eq!(
        done(store.grant(TENANT, &one.id()).await),
        Some(merged.clone())
    );
    assert_eq!(done(store.grant(OTHER_TENANT, &one.id()).await), None);
    let between = store
        .grants_between(TENANT, CLIENT_PRINCIPAL, RESOURCE_PRINCIPAL)
        .await;
    assert_eq!(done(between), [all.clone(), merged]);
    let none = store
        .grants_between(TENANT, RESOURCE_PRINCIPAL, CLIENT_PRINCIPAL)
        .await;
    assert!(done(none).is_empty());
    let changed = store
        .change_grant(TENANT, &all.id(), &["x".to_owned()])
        .await;
    assert_eq!(done(changed), Changed::Yes);
    assert_eq!(
        done(store.grant(TENANT, &all.id()).await),
        Some(grant(None, &["x"]))
    );
    assert_eq!(
        done(store.remove_grant(TENANT, &all.id()).await),
        Changed::Yes
    );
    assert_eq!(
        done(store.remove_grant(TENANT, &all.id()).await),
        Changed::NotFound
    );
}
