//! What the handlers work with: the domain and the services behind it.

use std::{fmt, ops::Deref, sync::Arc};

use lcs_artifacts::{ArtifactStore, UrlSigner};
use lcs_directory::Directory;
use lcs_operations::Engine;
use lcs_projects::ProjectStore;
use lcs_types::{Clock, Randomness};

use crate::{origin::AllowedOrigins, pages::session::BrowserSessions};

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
}

/// What a server is made of, and what it remembers between requests. Clones share it.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

struct Inner {
    parts: ServiceParts,
    browser_sessions: BrowserSessions,
}

impl Services {
    /// Takes the parts.
    pub fn new(parts: ServiceParts) -> Self {
        let browser_sessions = BrowserSessions::new(parts.clock.clone(), parts.randomness.clone());
        Self(Arc::new(Inner {
            parts,
            browser_sessions,
        }))
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
