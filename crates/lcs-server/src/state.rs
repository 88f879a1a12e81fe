//! What the handlers work with: the domain and the services behind it.

use std::{fmt, ops::Deref, sync::Arc};

use lcs_artifacts::{ArtifactStore, UrlSigner};
use lcs_directory::{Directory, SignedInUser};
use lcs_operations::Engine;
use lcs_projects::ProjectStore;
use lcs_types::{Clock, Randomness};

use crate::{origin::AllowedOrigins, pages::session::DeviceSessions};

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
    device_sessions: DeviceSessions<SignedInUser>,
}

impl Services {
    /// Takes the parts.
    pub fn new(parts: ServiceParts) -> Self {
        let device_sessions = DeviceSessions::new(parts.clock.clone(), parts.randomness.clone());
        Self(Arc::new(Inner {
            parts,
            device_sessions,
        }))
    }

    pub(crate) fn device_sessions(&self) -> &DeviceSessions<SignedInUser> {
        &self.0.device_sessions
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
