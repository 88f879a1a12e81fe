//! Tenants, users, applications, service principals, grants.

use std::sync::Arc;

use lcs_types::{ClientId, EncryptionKey, ObjectId, Secret, SeededRandomness, UserId};

use super::{
    CLIENT, CLIENT_PRINCIPAL, OTHER_TENANT, RESOURCE_PRINCIPAL, Store, TENANT, USER, at, contents,
    done, grant, principal, user, with_principals,
};
use crate::lockout::{Lockout, LockoutPolicy};
use crate::model::{
    Application, ApplicationSettings, AuditCategory, AuditEvent, HomeAccount, Initiator,
    Multifactor, PasswordState, SealedTotpSecret, SignInAudience, TotpEnrolment, User, UserKind,
};
use crate::password_hash::{PasswordCost, PasswordHash};
use crate::store::{Added, Changed};
use crate::totp::{TimeStep, TotpSecret};

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
    user.password_state = PasswordState::Current;
    user.deleted_at = Some(at(59));
    user.kind = UserKind::Guest(HomeAccount {
        tenant: OTHER_TENANT,
        user: USER,
        name: "anna@fabrikam.com".parse().expect("the name is legal"),
        has_accepted: true,
    });
    user.tokens_valid_from = at(60);
    assert_eq!(done(store.replace_user(&user).await), Changed::Yes);
    assert_eq!(done(store.user(TENANT, USER).await).as_ref(), Some(&user));
    user.id = UserId::from_u128(11);
    assert_eq!(done(store.replace_user(&user).await), Changed::NotFound);
}

/// Of eight that present one code at once one passes; an earlier code never passes again, and a new
/// app starts anew.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_one_time_code_is_used_once_by_many_at_once(store: Store) {
    done(store.create_tenant(&contents(TENANT, "contoso.com")).await);
    let mut user = user(TENANT, "anna@contoso.com");
    let use_step = |step| store.use_totp_step(TENANT, USER, TimeStep(step));
    assert_eq!(done(use_step(7).await), Changed::NotFound);
    let enrolment = |seed| TotpEnrolment {
        sealed_secret: SealedTotpSecret::seal(
            &TotpSecret::random(&SeededRandomness::new(seed)),
            TENANT,
            USER,
            &EncryptionKey::from_bytes([1; 32]),
            &SeededRandomness::new(seed),
        ),
        last_used_step: None,
        enrolled_at: at(0),
    };
    user.totp = Some(enrolment(1));
    done(store.replace_user(&user).await);
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { done(store.use_totp_step(TENANT, USER, TimeStep(7)).await) })
        })
        .collect();
    let mut passed = 0;
    for attempt in attempts {
        passed += usize::from(attempt.await.expect("the use ends") == Changed::Yes);
    }
    assert_eq!(passed, 1);
    assert_eq!(done(use_step(6).await), Changed::NotFound);
    assert_eq!(done(use_step(8).await), Changed::Yes);
    let last = async || {
        let user = done(store.user(TENANT, USER).await).expect("the user is there");
        user.totp.and_then(|enrolment| enrolment.last_used_step)
    };
    assert_eq!(last().await, Some(TimeStep(8)));
    // What else is changed of the user leaves it alone.
    user.is_enabled = false;
    done(store.replace_user(&user).await);
    assert_eq!(last().await, Some(TimeStep(8)));
    user.totp = Some(enrolment(2));
    done(store.replace_user(&user).await);
    assert_eq!(last().await, None);
}

/// Every one of eight wrong passwords at once is counted, because each change starts from what it
/// saw.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_lockout_changes_from_what_was_seen(store: Store) {
    done(store.create_tenant(&contents(TENANT, "contoso.com")).await);
    let hash = PasswordHash::of(
        &Secret::new("right"),
        PasswordCost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
        &SeededRandomness::new(1),
    )
    .expect("the cost is legal");
    let wrong = |text: &str| hash.check(&Secret::new(text)).expect_err("it is wrong");
    let after = |lockout: Lockout, text| {
        lockout.after_failure(wrong(text), &LockoutPolicy::default(), at(1))
    };
    let none = Lockout::default();
    let (first, other) = (after(none.clone(), "a"), after(none.clone(), "b"));
    let change =
        async |seen, lockout| done(store.change_lockout(TENANT, USER, seen, lockout).await);
    assert_eq!(change(&none, &first).await, Changed::Yes);
    assert_eq!(change(&none, &other).await, Changed::NotFound);
    let second = after(first.clone(), "b");
    assert_eq!(change(&first, &second).await, Changed::Yes);
    let user = done(store.user(TENANT, USER).await).expect("the user is there");
    assert_eq!(user.lockout, second);
    // What else is changed of the user leaves it alone.
    done(
        store
            .replace_user(&User {
                lockout: none,
                ..user
            })
            .await,
    );
    let user = done(store.user(TENANT, USER).await).expect("the user is there");
    assert_eq!(user.lockout, second);
}

/// What administrators set is kept, and a user is added once.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn settings_and_users_of_a_tenant_change(store: Store) {
    let first = contents(TENANT, "contoso.com");
    done(store.create_tenant(&first).await);
    let mut settings = first.tenant.settings;
    settings.lockout.duration = jiff::SignedDuration::from_secs(61);
    let changed = store.change_tenant_settings(TENANT, &settings).await;
    assert_eq!(done(changed), Changed::Yes);
    let nobody = store.change_tenant_settings(OTHER_TENANT, &settings).await;
    assert_eq!(done(nobody), Changed::NotFound);
    let tenant = done(store.tenant(TENANT).await).expect("the tenant is there");
    assert_eq!(tenant.settings, settings);
    let ben = User {
        id: UserId::from_u128(11),
        ..user(TENANT, "ben@contoso.com")
    };
    assert_eq!(done(store.add_user(&ben).await), Added::Yes);
    assert_eq!(done(store.add_user(&ben).await), Added::Conflict);
    assert_eq!(done(store.user(TENANT, ben.id).await), Some(ben));
}

/// The audit log of a tenant is its own, newest first, up to a limit.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn the_audit_log_lists_the_latest_first(store: Store) {
    let event = |number: u128, tenant| AuditEvent {
        id: uuid::Uuid::from_u128(number),
        at: at(0),
        tenant,
        correlation_id: lcs_types::CorrelationId::from_u128(7),
        activity: "Consent to application".to_owned(),
        category: AuditCategory::ApplicationManagement,
        initiator: Initiator::User {
            id: USER,
            user_principal_name: "anna@contoso.com".to_owned(),
        },
        targets: Vec::new(),
    };
    for event in [event(1, TENANT), event(2, OTHER_TENANT), event(3, TENANT)] {
        done(store.record_audit(&event).await);
    }
    assert_eq!(
        done(store.audits(TENANT, 10).await),
        [event(3, TENANT), event(1, TENANT)]
    );
    assert_eq!(done(store.audits(TENANT, 1).await), [event(3, TENANT)]);
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
