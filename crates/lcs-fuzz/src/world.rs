//! A directory to ask: one tenant, one person, one application with everything that proves who it
//! is and with redirect URIs of every type. The clock stands still.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use lcs_directory::{
    AccessTokenLifetime, Directory, DirectoryStore as _, NewTenant, NewUser, PasswordCost,
    Settings, TokenContext,
    model::{
        Application, ApplicationSettings, CertificateBytes, ImplicitGrant, KeyCredential,
        Multifactor, PasswordCredential, PasswordState, PermissionGrant, ServicePrincipal,
        ServicePrincipalSettings, TenantSettings, UserKind,
    },
    secret_hash::SecretHash,
};
use lcs_store_sqlite::SqliteStore;
use lcs_tokens::ClientCertificate;
use lcs_types::{
    ClientId, CorrelationId, CredentialId, EncryptionKey, ManualClock, ObjectId, Secret,
    SeededRandomness, TenantId, TraceId, UserId,
};
use lcs_wire::{
    entra::Endpoint,
    well_known::{LCS_CLIENT_ID, USER_IMPERSONATION},
};
use tokio::runtime::Runtime;

use crate::signer::CERTIFICATE;

pub(crate) const NOW: i64 = 1_795_000_000;
pub(crate) const ORIGIN: &str = "https://localhost:8443";
pub(crate) const TENANT: TenantId = TenantId::from_u128(0xc0);
pub(crate) const CLIENT: ClientId = ClientId::from_u128(0xc1);
pub(crate) const CLIENT_SECRET: &str = "a~client-secret";
pub(crate) const USER: &str = "svc-lcs@contoso.com";
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const PUBLIC_URIS: [&str; 3] =
    ["http://localhost", "http://127.0.0.1/cb", "msal1://auth"];
pub(crate) const SPA_URIS: [&str; 2] = ["https://app.contoso.com/cb", "http://localhost:3000/spa"];
pub(crate) const WEB_URIS: [&str; 2] = ["https://contoso.com/cb?x=1", "https://contoso.com"];

/// What a fuzzer asks leaves traces – a sign-in log, accounts that are locked –, so the directory
/// begins anew after so many questions.
const MOST_QUESTIONS: u32 = 20_000;

/// A directory and what runs it.
pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) runtime: Runtime,
    questions: u32,
}

/// Asks the directory of this process.
pub(crate) fn ask<Answer>(question: impl FnOnce(&World) -> Answer) -> Answer {
    static WORLD: Mutex<Option<World>> = Mutex::new(None);
    let mut world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    if world
        .as_ref()
        .is_some_and(|world| world.questions >= MOST_QUESTIONS)
    {
        *world = None;
    }
    let world = world.get_or_insert_with(World::new);
    world.questions += 1;
    question(world)
}

/// What the endpoints know of a request.
pub(crate) fn context(endpoint: Endpoint) -> TokenContext {
    TokenContext {
        endpoint,
        tenant_segment: TENANT.to_string(),
        origin: ORIGIN.to_owned(),
        client_address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
        correlation_id: CorrelationId::from_u128(1),
        trace_id: TraceId::from_u128(2),
        script_origin: None,
    }
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let directory = runtime.block_on(directory());
        Self {
            directory,
            runtime,
            questions: 0,
        }
    }
}

async fn directory() -> Directory {
    let store = SqliteStore::in_memory()
        .await
        .expect("a store in memory opens");
    let directory = Directory::new(
        Arc::new(store.clone()),
        Arc::new(ManualClock::new(instant(NOW))),
        Arc::new(SeededRandomness::new(1)),
        EncryptionKey::from_bytes([0x5e; 32]),
        Settings {
            access_token_lifetime: AccessTokenLifetime::Fixed(SignedDuration::from_hours(1)),
            password_cost: PasswordCost {
                memory_kib: 64,
                passes: 1,
                lanes: 1,
            },
            ..Settings::default()
        },
    );
    directory
        .create_tenant(&tenant())
        .await
        .expect("a tenant is made");
    let application = application();
    let presence = ServicePrincipal {
        tenant: TENANT,
        id: ObjectId::from_u128(0xc3),
        client_id: CLIENT,
        settings: ServicePrincipalSettings::of_application(&application),
    };
    let lcs = store
        .service_principal_of_client(TENANT, LCS_CLIENT_ID)
        .await;
    let lcs = lcs.ok().flatten().expect("LCS is in every tenant");
    let grant = PermissionGrant {
        tenant: TENANT,
        client: presence.id,
        resource: lcs.id,
        principal: None,
        values: vec![USER_IMPERSONATION.to_owned()],
    };
    store
        .add_application(&application)
        .await
        .expect("an application is kept");
    store
        .add_service_principal(&presence)
        .await
        .expect("a service principal is kept");
    store.add_grant(&grant).await.expect("a grant is kept");
    directory
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("the instant is in range")
}

fn tenant() -> NewTenant {
    let person = NewUser {
        id: UserId::from_u128(0x5c),
        user_principal_name: USER.parse().expect("the name is a user's"),
        display_name: "LCS service account".to_owned(),
        given_name: None,
        surname: None,
        password: Some(Secret::new(PASSWORD)),
        roles: Vec::new(),
        multifactor: Multifactor::NotRequired,
        password_state: PasswordState::Current,
        totp: None,
        kind: UserKind::Member,
    };
    NewTenant {
        id: TENANT,
        display_name: "Contoso".to_owned(),
        domains: vec!["contoso.com".parse().expect("the domain is one")],
        settings: TenantSettings::default(),
        users: vec![person],
    }
}

fn application() -> Application {
    let (start, end) = (instant(NOW - 1_000), instant(NOW + 100_000_000));
    let texts = |uris: &[&str]| uris.iter().map(|uri| (*uri).to_owned()).collect();
    let certificate = ClientCertificate::parse(CERTIFICATE);
    let certificate = certificate.expect("the fixture is a certificate");
    Application {
        tenant: TENANT,
        id: ObjectId::from_u128(0xc2),
        client_id: CLIENT,
        unique_name: None,
        created_at: start,
        settings: ApplicationSettings {
            display_name: "LCS toolkit".to_owned(),
            is_fallback_public_client: Some(false),
            public_client_redirect_uris: texts(&PUBLIC_URIS),
            spa_redirect_uris: texts(&SPA_URIS),
            web_redirect_uris: texts(&WEB_URIS),
            implicit_grant: ImplicitGrant {
                id_token: true,
                access_token: false,
            },
            password_credentials: vec![PasswordCredential {
                key_id: CredentialId::from_u128(1),
                display_name: None,
                hint: "a~c".to_owned(),
                hash: SecretHash::of(CLIENT_SECRET),
                start,
                end,
            }],
            key_credentials: vec![KeyCredential {
                key_id: CredentialId::from_u128(2),
                display_name: None,
                certificate: CertificateBytes::new(certificate),
                start,
                end,
            }],
            ..ApplicationSettings::default()
        },
    }
}
