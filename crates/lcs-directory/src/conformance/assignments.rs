//! App role assignments.

use lcs_types::{ObjectId, PermissionId};

use super::{
    CLIENT_PRINCIPAL, OTHER_TENANT, RESOURCE_PRINCIPAL, Store, TENANT, USER, at, done,
    with_principals,
};
use crate::{
    model::{AppRoleAssignment, Assignee, DEFAULT_ACCESS},
    store::{Added, Changed},
};

fn assignment(assignee: Assignee, role: PermissionId, second: i64) -> AppRoleAssignment {
    AppRoleAssignment {
        tenant: TENANT,
        assignee,
        resource: RESOURCE_PRINCIPAL,
        role,
        created_at: at(second),
    }
}

/// One for each assignee, resource and role; it goes with either service principal.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn an_app_role_assignment_stands_once_and_goes_with_its_service_principals(store: Store) {
    with_principals(&store).await;
    let role = PermissionId::from_u128(7);
    let user = assignment(Assignee::User(USER), DEFAULT_ACCESS, 1);
    let user_role = assignment(Assignee::User(USER), role, 2);
    let client = assignment(Assignee::ServicePrincipal(CLIENT_PRINCIPAL), role, 3);
    for new in [&user, &user_role, &client] {
        assert_eq!(done(store.add_app_role_assignment(new).await), Added::Yes);
        assert_eq!(
            done(store.add_app_role_assignment(new).await),
            Added::Conflict
        );
    }
    let of = |assignee| store.app_role_assignments_of(TENANT, assignee);
    assert_eq!(
        done(of(user.assignee).await),
        [user.clone(), user_role.clone()]
    );
    assert_eq!(
        done(of(client.assignee).await),
        std::slice::from_ref(&client)
    );
    // The same GUID names no application.
    let namesake = Assignee::ServicePrincipal(ObjectId::from(*USER.as_uuid()));
    assert_eq!(done(of(namesake).await), []);
    let on = || store.app_role_assignments_on(TENANT, RESOURCE_PRINCIPAL);
    let all = [user.clone(), user_role.clone(), client.clone()];
    assert_eq!(done(on().await), all);
    let elsewhere = store.app_role_assignments_on(OTHER_TENANT, RESOURCE_PRINCIPAL);
    assert_eq!(done(elsewhere.await), []);
    for expected in [Changed::Yes, Changed::NotFound] {
        let removed = store.remove_app_role_assignment(TENANT, &user.id()).await;
        assert_eq!(done(removed), expected);
    }
    let removed = store.remove_service_principal(TENANT, CLIENT_PRINCIPAL);
    assert_eq!(done(removed.await), Changed::Yes);
    assert_eq!(done(on().await), [user_role]);
    let removed = store.remove_service_principal(TENANT, RESOURCE_PRINCIPAL);
    assert_eq!(done(removed.await), Changed::Yes);
    assert_eq!(done(of(user.assignee).await), []);
}
