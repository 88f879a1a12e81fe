//! Authorization codes: what a browser carries back to the client (RFC 6749 §4.1.2).

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, TenantId, UserId};
use lcs_wire::entra::Endpoint;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Authentication, RedirectType};
use crate::secret_hash::SecretHash;

/// How long a code lives ("Microsoft identity platform and OAuth 2.0 authorization code flow").
pub(crate) const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// An authorization code at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// The hash of the code.
    pub code: SecretHash,
    /// What all tokens that descend from it share, so that a second use can revoke them.
    pub family: Uuid,
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// Who may redeem it, and how.
    pub binding: CodeBinding,
    /// How the user proved who they are.
    pub authentication: Authentication,
    /// When it was handed out.
    pub issued_at: Timestamp,
    /// Whether it was redeemed.
    pub is_redeemed: bool,
}

/// What the request for a code fixed; redemption must agree with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBinding {
    /// The client.
    pub client: ClientId,
    /// The redirect URI as it was sent.
    pub redirect_uri: String,
    /// What kind of client that URI belongs to.
    pub redirect_type: RedirectType,
    /// The code challenge, if any (RFC 7636).
    pub challenge: Option<CodeChallenge>,
    /// What was asked for, in the form of the v2 endpoint.
    pub scope: String,
    /// For the id token.
    pub nonce: Option<String>,
    /// The endpoint generation that was asked.
    pub endpoint: Endpoint,
}

/// A code challenge with its method (RFC 7636 §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeChallenge {
    /// The verifier itself.
    Plain(String),
    /// base64url of its SHA-256.
    Sha256(String),
}

impl AuthorizationCode {
    /// Whether it is too old.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued_at) >= CODE_LIFETIME
    }
}
