//! Two tenants over SQLite in memory, with a clock that stands still and chance that repeats.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use lcs_directory::{
    AccessTokenLifetime, Directory, DirectoryError, Form, GraphCaller, GraphFailed, GraphRefusal,
    Inferences, NewTenant, NewUser, PasswordCost, Settings, TokenContext,
    graph::{ApplicationKey, ServicePrincipalKey},
    model::{DirectoryRole, Multifactor, PasswordState, TenantSettings, UserKind},
    totp::{TimeStep, TotpSecret},
};
use lcs_store_sqlite::SqliteStore;
use lcs_types::{
    ClientId, Clock as _, CorrelationId, EncryptionKey, ManualClock, ObjectId, Secret,
    SeededRandomness, TenantId, TraceId, UserId,
};
use lcs_wire::{
    entra::{Aadsts, Endpoint, aadsts::Refusal, unverified},
    graph::{
        ApplicationPatch, ConsentType, NewGrant, NewServicePrincipal, RedirectUris,
        RequiredResourceAccess, ResourceAccess,
    },
    well_known::{
        GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID, USER_IMPERSONATION,
    },
};
use serde_json::{Map, Value};

/// Where everybody's requests come from.
pub(crate) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
pub(crate) const ORIGIN: &str = "https://localhost:8443";
pub(crate) const CONTOSO: TenantId = TenantId::from_u128(0xc0);
pub(crate) const FABRIKAM: TenantId = TenantId::from_u128(0xfa);
/// The scope of the article, double slash included.
pub(crate) const ARTICLE_SCOPE: &str = "https://lcsapi.lcs.dynamics.com//.default";
pub(crate) const PASSWORD: &str = "correct horse & battery +staple%";
pub(crate) const ADMIN: &str = "admin@contoso.com";
pub(crate) const SERVICE: &str = "svc-lcs@contoso.com";
pub(crate) const SERVICE_ID: UserId = UserId::from_u128(0x5c);
/// Demands a second factor.
pub(crate) const MEGAN: &str = "megan@contoso.com";
/// What her authenticator app shares with the directory.
pub(crate) const MEGANS_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// Demands a second factor that was never set up.
pub(crate) const NEW_HIRE: &str = "new@contoso.com";
/// Has no password.
pub(crate) const PASSWORDLESS: &str = "keyless@contoso.com";
pub(crate) const FABRIKAM_ADMIN: &str = "admin@fabrikam.com";

/// Seals the signing keys.
pub(crate) const KEY_ENCRYPTION_KEY: [u8; 32] = [0x5e; 32];

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) store: SqliteStore,
    pub(crate) clock: Arc<ManualClock>,
}

/// An application that was set up as the article says.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    pub(crate) id: ObjectId,
    pub(crate) client: ClientId,
    pub(crate) presence: ObjectId,
    pub(crate) grant: String,
}

fn user(id: u128, name: &str, multifactor: Multifactor, roles: &[DirectoryRole]) -> NewUser {
    NewUser {
        id: UserId::from_u128(id),
        user_principal_name: name.parse().unwrap(),
        display_name: name.split('@').next().unwrap().to_owned(),
        given_name: Some("Given".to_owned()),
        surname: Some("Family".to_owned()),
        password: (name != PASSWORDLESS).then(|| Secret::new(PASSWORD)),
        roles: roles.to_vec(),
        multifactor,
        password_state: PasswordState::Current,
        totp: (name == MEGAN).then(|| TotpSecret::from_base32(MEGANS_SECRET).unwrap()),
        kind: UserKind::Member,
    }
}

/// Why Graph said no.
pub(crate) fn graph_refusal<T: std::fmt::Debug>(result: Result<T, GraphFailed>) -> GraphRefusal {
    match result.unwrap_err() {
        GraphFailed::Refused(refusal) => refusal,
        GraphFailed::Failed(failure) => panic!("failed: {failure:?}"),
    }
}

/// The client's id of its work in every request.
pub(crate) fn correlation_id() -> CorrelationId {
    CorrelationId::from_u128(1)
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(AccessTokenLifetime::Fixed(SignedDuration::from_secs(4_228))).await
    }

    pub(crate) async fn with(access_token_lifetime: AccessTokenLifetime) -> Self {
        Self::started(access_token_lifetime, Inferences::default()).await
    }

    /// The same, where the service does some things otherwise than is believed.
    pub(crate) async fn where_it_is(inferences: Inferences) -> Self {
        Self::started(AccessTokenLifetime::Random, inferences).await
    }

    async fn started(access_token_lifetime: AccessTokenLifetime, inferences: Inferences) -> Self {
        let store = SqliteStore::in_memory().await.unwrap();
        let clock = Arc::new(ManualClock::new(
            Timestamp::from_second(1_775_203_500).unwrap(),
        ));
        let directory = Directory::new(
            Arc::new(store.clone()),
            clock.clone(),
            Arc::new(SeededRandomness::new(1)),
            EncryptionKey::from_bytes(KEY_ENCRYPTION_KEY),
            Settings {
                access_token_lifetime,
                inferences,
                lcs_names: vec![ORIGIN.to_owned()],
                password_cost: PasswordCost {
                    memory_kib: 64,
                    passes: 1,
                    lanes: 1,
                },
                ..Settings::default()
            },
        );
        let administrator = [DirectoryRole::GlobalAdministrator];
        let tenants = [
            Self::contoso(),
            NewTenant {
                id: FABRIKAM,
                display_name: "Fabrikam".to_owned(),
                domains: vec!["fabrikam.com".parse().unwrap()],
                settings: TenantSettings::default(),
                users: vec![user(
                    0xad,
                    FABRIKAM_ADMIN,
                    Multifactor::NotRequired,
                    &administrator,
                )],
            },
        ];
        for tenant in &tenants {
            directory.create_tenant(tenant).await.unwrap();
        }
        Self {
            directory,
            store,
            clock,
        }
    }

    /// The tenant of the stories.
    pub(crate) fn contoso() -> NewTenant {
        let administrator = [DirectoryRole::GlobalAdministrator];
        NewTenant {
            id: CONTOSO,
            display_name: "Contoso".to_owned(),
            domains: vec![
                "contoso.com".parse().unwrap(),
                "contoso.onmicrosoft.com".parse().unwrap(),
            ],
            settings: TenantSettings::default(),
            users: vec![
                user(0xad, ADMIN, Multifactor::NotRequired, &administrator),
                user(0x5c, SERVICE, Multifactor::NotRequired, &[]),
                user(0x3e, MEGAN, Multifactor::Required, &[]),
                user(0x2e, NEW_HIRE, Multifactor::Required, &[]),
                user(0x4e, PASSWORDLESS, Multifactor::NotRequired, &[]),
            ],
        }
    }

    pub(crate) fn context(endpoint: Endpoint, segment: &str) -> TokenContext {
        TokenContext {
            endpoint,
            tenant_segment: segment.to_owned(),
            origin: ORIGIN.to_owned(),
            client_address: ADDRESS,
            correlation_id: correlation_id(),
            trace_id: TraceId::from_u128(2),
            script_origin: None,
        }
    }

    /// Asks the token endpoint; a failure of ours fails the test.
    pub(crate) async fn token(
        &self,
        endpoint: Endpoint,
        segment: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Map<String, Value>, Refusal> {
        let form = Form::new(pairs.iter().copied())?;
        let answer = self
            .directory
            .request_token(&form, &Self::context(endpoint, segment))
            .await;
        match answer {
            Ok(answer) => match serde_json::to_value(answer).unwrap() {
                Value::Object(answer) => Ok(answer),
                other => panic!("not an object: {other}"),
            },
            Err(error) => Err(refusal(error)),
        }
    }

    /// Asks the v2 token endpoint of Contoso.
    pub(crate) async fn v2(&self, pairs: &[(&str, &str)]) -> Result<Map<String, Value>, Refusal> {
        self.token(Endpoint::V2, &CONTOSO.to_string(), pairs).await
    }

    /// The article's step 4, with what differs from it; an empty value leaves a field out.
    pub(crate) async fn sign_in(
        &self,
        client: ClientId,
        changes: &[(&str, &str)],
    ) -> Result<Map<String, Value>, Refusal> {
        let client = client.to_string();
        self.v2(&merged(
            &[
                ("client_id", &client),
                ("grant_type", "password"),
                ("username", SERVICE),
                ("password", PASSWORD),
                ("scope", ARTICLE_SCOPE),
            ],
            changes,
        ))
        .await
    }

    /// Renews a session at the v2 endpoint of Contoso.
    pub(crate) async fn renew(
        &self,
        client: ClientId,
        token: &str,
        changes: &[(&str, &str)],
    ) -> Result<Map<String, Value>, Refusal> {
        let client = client.to_string();
        let pairs = [
            ("client_id", client.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
        ];
        self.v2(&merged(&pairs, changes)).await
    }

    /// A caller of Graph with a token that was really issued and really validated.
    pub(crate) async fn graph(&self, segment: &str, user_name: &str) -> GraphCaller {
        let client = GRAPH_COMMAND_LINE_CLIENT_ID.to_string();
        let answer = self
            .token(
                Endpoint::V2,
                segment,
                &[
                    ("client_id", &client),
                    ("grant_type", "password"),
                    ("username", user_name),
                    ("password", PASSWORD),
                    ("scope", "https://graph.microsoft.com/.default"),
                ],
            )
            .await
            .unwrap();
        let token = Secret::new(text(&answer, "access_token"));
        self.directory
            .graph_caller(&token, &[ORIGIN], correlation_id())
            .await
            .unwrap()
    }

    pub(crate) async fn admin(&self) -> GraphCaller {
        self.graph(&CONTOSO.to_string(), ADMIN).await
    }

    /// Steps 1 to 3 of the article.
    pub(crate) async fn tool(&self) -> Tool {
        let admin = self.admin().await;
        let directory = &self.directory;
        let application = directory
            .create_application(&admin, &registration())
            .await
            .unwrap();
        let new = NewServicePrincipal {
            app_id: application.app_id,
            tags: vec![],
        };
        let presence = directory
            .create_service_principal(&admin, &new)
            .await
            .unwrap();
        let lcs = ServicePrincipalKey::AppId(LCS_CLIENT_ID);
        let lcs = directory.service_principal(&admin, lcs).await.unwrap();
        let grant = directory
            .create_grant(
                &admin,
                &NewGrant {
                    client_id: presence.id,
                    consent_type: ConsentType::AllPrincipals,
                    principal_id: None,
                    resource_id: lcs.id,
                    scope: USER_IMPERSONATION.to_owned(),
                },
            )
            .await
            .unwrap();
        Tool {
            id: application.id,
            client: application.app_id,
            presence: presence.id,
            grant: grant.id,
        }
    }

    /// Steps 1 and 3, without consent.
    pub(crate) async fn tool_without_consent(&self) -> Tool {
        let tool = self.tool().await;
        self.directory
            .delete_grant(&self.admin().await, &tool.grant)
            .await
            .unwrap();
        tool
    }

    /// Changes a tool's registration.
    pub(crate) async fn change(&self, tool: &Tool, patch: &ApplicationPatch) {
        let key = ApplicationKey::Id(tool.id);
        self.directory
            .update_application(&self.admin().await, &key, patch)
            .await
            .unwrap();
    }

    /// Turns the public client switch.
    pub(crate) async fn switch(&self, tool: &Tool, is_public: bool) {
        let patch = ApplicationPatch {
            is_fallback_public_client: Some(is_public),
            ..ApplicationPatch::default()
        };
        self.change(tool, &patch).await;
    }

    /// What Megan's authenticator app shows now.
    pub(crate) fn megans_code(&self) -> Secret {
        let secret = TotpSecret::from_base32(MEGANS_SECRET).unwrap();
        secret.code(TimeStep::at(self.clock.now()))
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }
}

/// What the article has an administrator enter.
pub(crate) fn registration() -> ApplicationPatch {
    ApplicationPatch {
        display_name: Some("LCS toolkit".to_owned()),
        sign_in_audience: Some("AzureADMyOrg".to_owned()),
        is_fallback_public_client: Some(true),
        public_client: Some(RedirectUris {
            redirect_uris: vec!["http://localhost".to_owned()],
        }),
        required_resource_access: Some(vec![RequiredResourceAccess {
            resource_app_id: LCS_CLIENT_ID,
            resource_access: vec![ResourceAccess {
                id: LCS_USER_IMPERSONATION_ID,
                access_type: "Scope".to_owned(),
            }],
        }]),
        ..ApplicationPatch::default()
    }
}

fn merged<'pairs>(
    pairs: &[(&'pairs str, &'pairs str)],
    changes: &[(&'pairs str, &'pairs str)],
) -> Vec<(&'pairs str, &'pairs str)> {
    let mut merged: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .copied()
        .collect();
    merged.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    merged
}

pub(crate) fn refusal(error: DirectoryError) -> Refusal {
    match error {
        DirectoryError::Refused(refusal) => refusal,
        DirectoryError::Failed(failure) => panic!("failed: {failure:?}"),
    }
}

/// The refusal of an answer that must be one.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Aadsts {
    result.unwrap_err().aadsts
}

pub(crate) fn text(answer: &Map<String, Value>, field: &str) -> String {
    answer[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} is no text"))
        .to_owned()
}

/// The claims of a token, unverified.
pub(crate) fn claims(answer: &Map<String, Value>, field: &str) -> Map<String, Value> {
    unverified::read(&text(answer, field)).unwrap().claims
}
