//! The behaviour of the port as functions over the trait, for every store that implements it.
//!
//! Each function wants a store without tenants and panics when a rule does not hold.
//!
//! - [`objects`] – tenants, users, applications, service principals, grants
//! - [`assignments`] – app role assignments
//! - [`consent_requests`] – what users ask administrators to consent to
//! - [`codes`] – device codes, refresh tokens, the sign-in log
//! - [`deleted`] – what is deleted and can be restored
//! - [`kept_sessions`] – browser sessions of those who stay signed in
//! - [`signing_keys`] – signing keys and their rotation

pub mod assignments;
pub mod codes;
pub mod consent_requests;
pub mod deleted;
pub mod kept_sessions;
pub mod objects;
pub mod signing_keys;

pub use assignments::*;
pub use codes::*;
pub use consent_requests::*;
pub use deleted::*;
pub use kept_sessions::*;
pub use objects::*;
pub use signing_keys::*;

use std::sync::Arc;

use jiff::Timestamp;
use lcs_types::{ClientId, ObjectId, TenantId, UserId};

use crate::lockout::Lockout;
use crate::model::{
    AccessTokenVersion, Authentication, DirectoryRole, Multifactor, PasswordState, PermissionGrant,
    ServicePrincipal, ServicePrincipalKind, ServicePrincipalSettings, Tenant, TenantSettings, User,
    UserKind,
};
use crate::password_hash::PasswordHash;
use crate::store::{Added, DirectoryStore, StoreError, TenantContents};

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
        mail_nickname: None,
        roles: vec![DirectoryRole::GlobalAdministrator],
        is_enabled: true,
        kind: UserKind::Member,
        multifactor: Multifactor::Required,
        password: Some(PasswordHash::from_stored("hash".to_owned())),
        password_state: PasswordState::MustChange,
        totp: None,
        lockout: Lockout::default(),
        created_at: at(0),
        deleted_at: None,
        tokens_valid_from: at(0),
    }
}

fn authentication() -> Authentication {
    Authentication::by_password(at(0), uuid::Uuid::from_u128(5))
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
            app_roles: Vec::new(),
            access_token_version: AccessTokenVersion::V2,
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
            settings: TenantSettings::default(),
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
