//! Signing keys at rest.

use jiff::Timestamp;
use lcs_tokens::SealedPrivateKey;

/// A signing key as it is stored; shared by all tenants, as the service's are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// The id that token headers name.
    pub key_id: String,
    /// The private key.
    pub private: SealedPrivateKey,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it signs.
    pub state: SigningKeyState,
}

/// What a signing key is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningKeyState {
    /// Signs, and is published.
    Active {
        /// Since when it signs.
        since: Timestamp,
    },
    /// Published before it is used, so that caches know it in time.
    Next,
    /// Published until the last token that it signed has expired.
    Retired {
        /// That instant.
        published_until: Timestamp,
    },
}

impl SigningKeyState {
    /// Whether tokens that the key signed are believed.
    pub fn is_published(self, now: Timestamp) -> bool {
        match self {
            Self::Active { .. } | Self::Next => true,
            Self::Retired { published_until } => now < published_until,
        }
    }
}
