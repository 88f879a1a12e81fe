//! The behaviour of the port as functions over the trait, for every store that implements it.
//!
//! Each function wants a store without tenants and panics when a rule does not hold.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lcs_tokens::PrivateKeyBytes;
use lcs_types::{ClientId, CorrelationId, ObjectId, TenantId, UserId};
use lcs_wire::entra::Endpoint;
use uuid::Uuid;

use crate::{
    model::{
        Application, ApplicationSettings, DeviceApproval, DeviceCode, DeviceCodeState,
        DeviceDecision, DirectoryRole, Multifactor, PermissionGrant, RefreshToken,
        ServicePrincipal, ServicePrincipalKind, ServicePrincipalSettings, SignInAudience,
        SignInEvent, SignInFlow, SignInOutcome, SigningKeyState, StoredSigningKey, Tenant,
        TenantTarget, User,
    },
    password_hash::PasswordHash,
    secret_hash::SecretHash,
    store::{Added, Changed, DirectoryStore, StoreError, TenantContents},
};

type Store = Arc<dyn DirectoryStore>;

const TENANT: TenantId = TenantId::from_u128(1);
const OTHER_TENANT: TenantId = TenantId::from_u128(2);
const USER: UserId = UserId::from_u128(10);
const CLIENT: ClientId = ClientId::from_u128(100);
const CLIENT_PRINCIPAL: ObjectId = ObjectId::from_u128(1_000);
const RESOURCE_PRINCIPAL: ObjectId = ObjectId::from_u128(1_001);

fn done<T>(result: Result<T, StoreError>) -> T {
    result.expect("the store works")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_775_203_200 + seconds).expect("the instant is in range")
}

fn user(tenant: TenantId, name: &str) -> User {
    User {
        tenant,
        id: USER,
        user_principal_name: name.parse().expect("the name is legal"),
        display_name: "Anna".to_owned(),
        given_name: Some("Anna".to_owned()),
        surname: None,
        roles: vec![DirectoryRole::GlobalAdministrator],
        is_enabled: true,
        multifactor: Multifactor::RequiredNotEnrolled,
        password: Some(PasswordHash::from_stored("hash".to_owned())),
        tokens_valid_from: at(0),
    }
}

fn principal(tenant: TenantId, id: ObjectId, client: ClientId) -> ServicePrincipal {
    ServicePrincipal {
        tenant,
        id,
        client_id: client,
        settings: ServicePrincipalSettings {
            display_name: "Tool".to_owned(),
            kind: ServicePrincipalKind::Application { owner: TENANT },
            is_enabled: true,
            requires_assignment: false,
            names: vec!["https://api.example".to_owned()],
            scopes: Vec::new(),
            tags: Vec::new(),
        },
    }
}

fn grant(principal: Option<UserId>, values: &[&str]) -> PermissionGrant {
    PermissionGrant {
        tenant: TENANT,
        client: CLIENT_PRINCIPAL,
        resource: RESOURCE_PRINCIPAL,
        principal,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

fn contents(tenant: TenantId, domain: &str) -> TenantContents {
    TenantContents {
        tenant: Tenant {
            id: tenant,
            display_name: "Contoso".to_owned(),
            domains: vec![domain.parse().expect("the domain is legal")],
        },
        users: vec![user(tenant, &format!("anna@{domain}"))],
        service_principals: Vec::new(),
        grants: Vec::new(),
    }
}

/// A tenant with a client and a resource.
async fn with_principals(store: &Store) {
    let mut contents = contents(TENANT, "contoso.com");
    contents.service_principals = vec![
        principal(TENANT, CLIENT_PRINCIPAL, CLIENT),
        principal(TENANT, RESOURCE_PRINCIPAL, ClientId::from_u128(101)),
    ];
    assert_eq!(done(store.create_tenant(&contents).await), Added::Yes);
}

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

fn device_code(number: u8) -> DeviceCode {
    DeviceCode {
        device_code: SecretHash::of(&format!("device {number}")),
        user_code: SecretHash::of(&format!("user {number}")),
        target: TenantTarget::Organizations,
        client: CLIENT,
        endpoint: Endpoint::V1,
        scope: "https://api.example/.default".to_owned(),
        expires_at: at(900),
        state: DeviceCodeState::Pending,
    }
}

const APPROVAL: DeviceApproval = DeviceApproval {
    tenant: TENANT,
    user: USER,
};

/// The first answer counts, in time.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn an_answer_to_a_device_code_counts_once(store: Store) {
    let (approved, declined, late) = (device_code(1), device_code(2), device_code(3));
    for code in [&approved, &declined, &late] {
        assert_eq!(done(store.add_device_code(code, at(0)).await), Added::Yes);
    }
    assert_eq!(
        done(store.device_code(approved.device_code).await),
        Some(approved.clone())
    );
    let approve = DeviceDecision::Approve(APPROVAL);
    let decide = async |code: &DeviceCode, decision, seconds| {
        done(
            store
                .decide_device_code(code.user_code, decision, at(seconds))
                .await,
        )
    };
    assert_eq!(decide(&approved, approve, 1).await, Changed::Yes);
    assert_eq!(
        decide(&approved, DeviceDecision::Decline, 2).await,
        Changed::NotFound
    );
    assert_eq!(
        decide(&declined, DeviceDecision::Decline, 1).await,
        Changed::Yes
    );
    assert_eq!(decide(&declined, approve, 2).await, Changed::NotFound);
    assert_eq!(decide(&late, approve, 900).await, Changed::NotFound);
    let state = async |code: &DeviceCode| {
        done(store.device_code(code.device_code).await).map(|code| code.state)
    };
    assert_eq!(
        state(&approved).await,
        Some(DeviceCodeState::Approved(APPROVAL))
    );
    assert_eq!(state(&declined).await, Some(DeviceCodeState::Declined));
    assert_eq!(state(&late).await, Some(DeviceCodeState::Pending));
    let redeem = |code: &DeviceCode| store.redeem_device_code(code.device_code, None, at(3));
    assert_eq!(done(redeem(&declined).await), Changed::NotFound);
    assert_eq!(done(redeem(&late).await), Changed::NotFound);
}

fn refresh_token(name: &str, family: u128) -> RefreshToken {
    RefreshToken {
        token: SecretHash::of(name),
        family: Uuid::from_u128(family),
        tenant: TENANT,
        user: USER,
        client: CLIENT,
        flow: SignInFlow::DeviceCode,
        scope: "https://api.example/.default offline_access".to_owned(),
        issued_at: at(0),
        used_at: at(0),
        is_revoked: false,
    }
}

/// Of eight polls at once one gets the tokens, and only its refresh token is kept.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_device_code_is_redeemed_once_by_many_at_once(store: Store) {
    let code = device_code(1);
    done(store.add_device_code(&code, at(0)).await);
    let decision = DeviceDecision::Approve(APPROVAL);
    done(
        store
            .decide_device_code(code.user_code, decision, at(1))
            .await,
    );
    let polls: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let token = refresh_token(&format!("token {number}"), 1);
                done(
                    store
                        .redeem_device_code(code_hash(), Some(&token), at(2))
                        .await,
                )
            })
        })
        .collect();
    let (mut winners, mut kept) = (0, 0);
    for (number, poll) in polls.into_iter().enumerate() {
        let won = poll.await.expect("the poll ends") == Changed::Yes;
        let hash = SecretHash::of(&format!("token {number}"));
        let is_kept = done(store.refresh_token(hash).await).is_some();
        assert_eq!(won, is_kept);
        winners += usize::from(won);
        kept += usize::from(is_kept);
    }
    assert_eq!((winners, kept), (1, 1));
}

fn code_hash() -> SecretHash {
    device_code(1).device_code
}

/// What [`a_device_code_is_redeemed_once_by_many_at_once`] wrote is there in a store that was
/// opened again.
///
/// # Panics
///
/// When it is not.
pub async fn what_the_suite_wrote_is_there(store: Store) {
    let code = done(store.device_code(code_hash()).await).expect("the code is there");
    assert_eq!(code.state, DeviceCodeState::Redeemed);
    let mut kept = 0;
    for number in 0..8 {
        let hash = SecretHash::of(&format!("token {number}"));
        kept += usize::from(done(store.refresh_token(hash).await).is_some());
    }
    assert_eq!(kept, 1);
}

/// A user code is free again when its request has ended, and ended requests are forgotten later.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn living_device_codes_never_share_a_user_code(store: Store) {
    let first = device_code(1);
    assert_eq!(done(store.add_device_code(&first, at(0)).await), Added::Yes);
    let mut second = DeviceCode {
        user_code: first.user_code,
        ..device_code(2)
    };
    assert_eq!(
        done(store.add_device_code(&second, at(899)).await),
        Added::Conflict
    );
    second.expires_at = at(1_800);
    assert_eq!(
        done(store.add_device_code(&second, at(900)).await),
        Added::Yes
    );
    let found = store
        .device_code_of_user_code(first.user_code, at(901))
        .await;
    assert_eq!(done(found), Some(second.clone()));
    assert_eq!(
        done(
            store
                .device_code_of_user_code(first.user_code, at(1_800))
                .await
        ),
        None
    );
    let later = at(900) + SignedDuration::from_hours(25);
    let third = DeviceCode {
        expires_at: later,
        ..device_code(3)
    };
    assert_eq!(done(store.add_device_code(&third, later).await), Added::Yes);
    assert_eq!(done(store.device_code(first.device_code).await), None);
}

/// Renewal keeps both tokens; revoking a family ends all of it and nothing else.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_renewed_refresh_token_stays_good_until_its_family_is_revoked(store: Store) {
    let (old, foreign) = (refresh_token("old", 1), refresh_token("foreign", 2));
    done(store.add_refresh_token(&old).await);
    done(store.add_refresh_token(&foreign).await);
    let successor = refresh_token("new", 1);
    let renewed = store
        .renew_refresh_token(old.token, &successor, at(60))
        .await;
    assert_eq!(done(renewed), Changed::Yes);
    let used = RefreshToken {
        used_at: at(60),
        ..old.clone()
    };
    assert_eq!(done(store.refresh_token(old.token).await), Some(used));
    assert_eq!(
        done(store.refresh_token(successor.token).await),
        Some(successor.clone())
    );
    done(store.revoke_refresh_family(old.family).await);
    for token in [&old, &successor] {
        let found = done(store.refresh_token(token.token).await);
        assert!(found.expect("it is remembered").is_revoked);
    }
    let again = refresh_token("newer", 1);
    let refused = store
        .renew_refresh_token(successor.token, &again, at(61))
        .await;
    assert_eq!(done(refused), Changed::NotFound);
    assert_eq!(done(store.refresh_token(again.token).await), None);
    assert_eq!(
        done(store.refresh_token(foreign.token).await),
        Some(foreign)
    );
}

/// A second active key is refused; others may stand beside it.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn one_signing_key_is_active(store: Store) {
    let key = |id: &str, seconds, state| StoredSigningKey {
        key_id: id.to_owned(),
        private: PrivateKeyBytes::new(vec![1, 2, 3]),
        certificate: vec![4, 5],
        created_at: at(seconds),
        state,
    };
    let active = key("a", 0, SigningKeyState::Active);
    let retired = key(
        "r",
        1,
        SigningKeyState::Retired {
            published_until: at(9),
        },
    );
    let next = key("n", 2, SigningKeyState::Next);
    for key in [&active, &retired, &next] {
        assert_eq!(done(store.add_signing_key(key).await), Added::Yes);
    }
    let second = key("b", 3, SigningKeyState::Active);
    assert_eq!(done(store.add_signing_key(&second).await), Added::Conflict);
    assert_eq!(done(store.signing_keys().await), [next, retired, active]);
}

/// The log of a tenant is its own, newest first, up to a limit.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn the_sign_in_log_lists_the_latest_first(store: Store) {
    let event = |seconds, tenant, outcome| SignInEvent {
        at: at(seconds),
        correlation_id: CorrelationId::from_u128(7),
        client_address: std::net::Ipv4Addr::LOCALHOST.into(),
        grant: "password".to_owned(),
        tenant,
        client: Some("x".to_owned()),
        user_name: None,
        user: Some(USER),
        resource: Some("https://api.example".to_owned()),
        outcome,
    };
    let first = event(0, Some(TENANT), SignInOutcome::Granted);
    let second = event(1, Some(TENANT), SignInOutcome::Refused(50_126));
    let foreign = event(2, Some(OTHER_TENANT), SignInOutcome::Granted);
    let unknown = event(3, None, SignInOutcome::Refused(90_002));
    for event in [&first, &second, &foreign, &unknown] {
        done(store.record_sign_in(event).await);
    }
    assert_eq!(
        done(store.sign_ins(TENANT, 10).await),
        [second.clone(), first]
    );
    assert_eq!(done(store.sign_ins(TENANT, 1).await), [second]);
}
