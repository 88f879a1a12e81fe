//! What the administrators of a tenant may set.

use lcs_types::Domain;
use serde::{Deserialize, Serialize};

use crate::lockout::LockoutPolicy;

/// What the administrators of a tenant may set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantSettings {
    /// When wrong passwords lock an account.
    pub lockout: LockoutPolicy,
    /// The domains whose passwords are at an identity provider of the organization's own.
    pub federations: Vec<Federation>,
}

/// A federated domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Federation {
    /// The domain.
    pub domain: Domain,
    /// Where browsers sign in.
    pub passive_sign_in_url: String,
    /// Where clients send user name and password (WS-Trust).
    pub active_sign_in_url: String,
    /// Where clients learn that address (MEX).
    pub metadata_url: String,
}

impl TenantSettings {
    /// How a domain is federated, if it is.
    pub fn federation_of(&self, domain: &Domain) -> Option<&Federation> {
        self.federations
            .iter()
            .find(|federation| federation.domain == *domain)
    }
}
