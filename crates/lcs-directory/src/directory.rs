//! The directory: the port, time, chance and settings that every rule works with.

use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp};
use lcs_types::{Clock, Domain, EncryptionKey, Randomness, TenantId};
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};
use tokio::sync::{Mutex, RwLock};

use crate::{
    computations::Computations,
    error::{DirectoryError, DirectoryFailure},
    inferred::Inferences,
    issuer::issuer,
    model::{RefreshTokenReuse, Tenant, TenantSettings, TenantTarget},
    password_hash::{PasswordCost, PasswordHash, WorkingMemory},
    signing_keys::KeysInUse,
    store::{Changed, DirectoryStore},
    token::AssertionsUsed,
};

/// The tenant of personal accounts, which LCS never knows.
const CONSUMERS: TenantId = TenantId::from_u128(0x9188_040d_6c67_4c5b_b112_36a3_04b6_6dad);

/// How long access tokens live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessTokenLifetime {
    /// 60 to 90 minutes by chance, as the service does it.
    #[default]
    Random,
    /// Always the same; more than [`AccessTokenLifetime::LONGEST`] counts as that.
    Fixed(SignedDuration),
}

impl AccessTokenLifetime {
    /// The longest that a lifetime policy of Entra allows ("Configurable token lifetimes"). Retired
    /// signing keys stay published for as long.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);
}

/// What may differ from one directory to the next.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long access tokens live.
    pub access_token_lifetime: AccessTokenLifetime,
    /// What is believed of the service although no document says so.
    pub inferences: Inferences,
    /// Further names by which LCS may be requested, such as the local origin.
    pub lcs_names: Vec<String>,
    /// How long Graph takes to know everywhere what is new.
    pub consistency_delay: SignedDuration,
    /// How long a key signs before the next one takes over.
    pub signing_key_age: SignedDuration,
    /// What a guess at a password costs.
    pub password_cost: PasswordCost,
    /// What becomes of a refresh token once a renewal replaced it.
    pub refresh_token_reuse: RefreshTokenReuse,
    /// Where, below the origin, people enter the user code of a device.
    pub device_page_path: String,
    /// The origin of that page, when it is not the one that was asked: programs may ask under
    /// names that the browser of a person does not reach this directory by.
    pub device_page_origin: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_lifetime: AccessTokenLifetime::default(),
            inferences: Inferences::default(),
            lcs_names: Vec::new(),
            consistency_delay: SignedDuration::ZERO,
            signing_key_age: SignedDuration::from_hours(24 * 60),
            password_cost: PasswordCost::default(),
            refresh_token_reuse: RefreshTokenReuse::default(),
            device_page_path: "/common/oauth2/deviceauth".to_owned(),
            device_page_origin: None,
        }
    }
}

/// Entra's rules over a store. Clones share everything.
#[derive(Debug, Clone)]
pub struct Directory {
    pub(crate) store: Arc<dyn DirectoryStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) settings: Arc<Settings>,
    /// Seals the signing keys.
    pub(crate) key_encryption_key: Arc<EncryptionKey>,
    pub(crate) keys: Arc<RwLock<Option<KeysInUse>>>,
    pub(crate) computations: Computations,
    /// What passwords are compared in.
    pub(crate) working_memory: Arc<WorkingMemory>,
    /// So that no two changes of a tenant's settings undo each other.
    pub(crate) tenant_changes: Arc<Mutex<()>>,
    /// So that no signed assertion of a client is used twice.
    pub(crate) assertions_used: Arc<AssertionsUsed>,
    /// What the password of an unknown user is compared with.
    pub(crate) decoy: Arc<OnceLock<PasswordHash>>,
}

impl Directory {
    /// A directory over this store, whose signing keys are sealed with this key.
    pub fn new(
        store: Arc<dyn DirectoryStore>,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        key_encryption_key: EncryptionKey,
        settings: Settings,
    ) -> Self {
        Self {
            store,
            clock,
            randomness,
            settings: Arc::new(settings),
            key_encryption_key: Arc::new(key_encryption_key),
            keys: Arc::default(),
            computations: Computations::new(),
            working_memory: Arc::default(),
            tenant_changes: Arc::default(),
            assertions_used: Arc::default(),
            decoy: Arc::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What the tenant segment of a path stands for.
    ///
    /// # Errors
    ///
    /// AADSTS900023 when it is neither GUID nor domain, 90002 when no tenant has it, 9001023 for
    /// `consumers`; a failure of the store.
    pub async fn resolve_tenant(&self, segment: &str) -> Result<TenantTarget, DirectoryError> {
        match segment.to_ascii_lowercase().as_str() {
            "common" => return Ok(TenantTarget::Common),
            "organizations" => return Ok(TenantTarget::Organizations),
            "consumers" => return Err(Aadsts::GrantNotForCommon.into()),
            _ => {}
        }
        let refuse = |aadsts| Refusal::new(aadsts).with("tenant", segment);
        let tenant = if let Ok(id) = segment.parse::<TenantId>() {
            if id == CONSUMERS {
                return Err(Aadsts::GrantNotForCommon.into());
            }
            self.store.tenant(id).await?
        } else if let Ok(domain) = segment.parse::<Domain>() {
            self.store.tenant_of_domain(&domain).await?
        } else {
            return Err(refuse(Aadsts::TenantMalformed).into());
        };
        let tenant = tenant.ok_or_else(|| refuse(Aadsts::TenantNotFound))?;
        Ok(TenantTarget::Tenant(tenant.id))
    }

    /// A tenant by id.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, DirectoryFailure> {
        Ok(self.store.tenant(id).await?)
    }

    /// Replaces what the administrators of a tenant may set.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn change_settings(
        &self,
        id: TenantId,
        settings: &TenantSettings,
    ) -> Result<Changed, DirectoryFailure> {
        Ok(self.store.change_tenant_settings(id, settings).await?)
    }

    /// All tenants.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, DirectoryFailure> {
        Ok(self.store.tenants().await?)
    }

    /// The issuers of both token versions for every tenant at these origins, for the policy of a
    /// resource server.
    ///
    /// # Errors
    ///
    /// As [`Directory::published_keys`].
    pub async fn issuers(
        &self,
        origins: &[&str],
    ) -> Result<Vec<(String, TenantId)>, DirectoryFailure> {
        let tenants = self.issuing_tenants().await?;
        let of = |origin: &&str, tenant: TenantId| {
            [Endpoint::V1, Endpoint::V2].map(|endpoint| (issuer(origin, tenant, endpoint), tenant))
        };
        Ok(origins
            .iter()
            .flat_map(|origin| tenants.iter().flat_map(move |tenant| of(origin, *tenant)))
            .collect())
    }

    pub(crate) fn random_bytes<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.randomness.fill(&mut bytes);
        bytes
    }
}
