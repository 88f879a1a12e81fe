//! Signing keys at rest.

use jiff::Timestamp;
use lcs_tokens::PrivateKeyBytes;

/// A signing key as it is stored; shared by all tenants, as the service's are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// The id that token headers name.
    pub key_id: String,
    /// The private key.
    pub private: PrivateKeyBytes,
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
    Active,
    /// Published before it is used, so that caches know it in time.
    Next,
    /// Published until the last token that it signed has expired.
    Retired {
        /// That instant.
        published_until: Timestamp,
    },
}
