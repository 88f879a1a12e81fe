//! What the handlers work with: the domain and the services behind it.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::SignedDuration;
use lcs_artifacts::{ArtifactStore, UrlSigner};
use lcs_directory::Directory;
use lcs_operations::{AssetValidation, Engine};
use lcs_projects::{
    AssetStore, Capability, ProjectStore,
    request_limits::{CallSubject, RequestLedger},
};
use lcs_types::{Clock, Randomness};

use crate::{
    bearer::TrustedIssuers, lcs::CertificateIssuer, origin::AllowedOrigins,
    pages::session::BrowserSessions,
};

/// What a server is made of.
#[derive(Debug)]
pub struct ServiceParts {
    /// Entra's rules.
    pub directory: Directory,
    /// LCS's projects.
    pub projects: Arc<dyn ProjectStore>,
    /// The movement engine.
    pub engine: Engine,
    /// The backups' files.
    pub artifacts: ArtifactStore,
    /// Signs and checks their URLs.
    pub url_signer: UrlSigner,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
    /// The origins that are answered for.
    pub origins: AllowedOrigins,
    /// The asset library.
    pub assets: Arc<dyn AssetStore>,
    /// Checks what is uploaded to it.
    pub validation: AssetValidation,
    /// Issues the certificates of environments.
    pub certificates: Arc<dyn CertificateIssuer>,
    /// How the LCS API behaves.
    pub lcs: LcsSettings,
    /// The tenants of other identity providers whose tokens LCS takes too.
    pub trusted_issuers: Option<Arc<dyn TrustedIssuers>>,
}

/// How the LCS API behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LcsSettings {
    /// Whether calls beyond the documented limits are answered with 429.
    pub request_limits: bool,
    /// The end of life of this version of the API, UTC; `None` while none is planned.
    pub version_end_of_life: Option<jiff::civil::DateTime>,
    /// Whether Entra, Graph and the sign-in pages are served; otherwise users sign in elsewhere.
    pub has_identity_provider: bool,
}

/// What a server is made of, and what it remembers between requests. Clones share it.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

struct Inner {
    parts: ServiceParts,
    browser_sessions: BrowserSessions,
    requests: Mutex<RequestLedger>,
}

impl Services {
    /// Takes the parts.
    pub fn new(parts: ServiceParts) -> Self {
        let browser_sessions = BrowserSessions::new(parts.clock.clone(), parts.randomness.clone());
        Self(Arc::new(Inner {
            parts,
            browser_sessions,
            requests: Mutex::default(),
        }))
    }

    /// Counts a call against its limits.
    ///
    /// # Errors
    ///
    /// How long to wait until the call would be admitted.
    pub(crate) fn admit(
        &self,
        capability: Capability,
        call: CallSubject,
    ) -> Result<(), SignedDuration> {
        if !self.lcs.request_limits {
            return Ok(());
        }
        // Whoever panicked over the ledger left nothing half done in it.
        let mut requests = self
            .0
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        requests.admit(capability, call, self.clock.now())
    }

    pub(crate) fn browser_sessions(&self) -> &BrowserSessions {
        &self.0.browser_sessions
    }
}

impl Deref for Services {
    type Target = ServiceParts;

    fn deref(&self) -> &ServiceParts {
        &self.0.parts
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.parts.fmt(f)
    }
}
