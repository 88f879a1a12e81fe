//! A browser session that outlives the browser and the server: somebody chose to stay signed in.

use jiff::{SignedDuration, Timestamp};
use lcs_types::{TenantId, UserId};
use serde::{Deserialize, Serialize};

use super::Authentication;
use crate::secret_hash::SecretHash;

/// How long somebody stays signed in, as long as at the service ("persistent browser session").
pub const KEPT_SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A browser session that outlives browser and server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSession {
    /// The hash of what the cookie holds.
    pub session: SecretHash,
    /// Who is signed in, the latest at the end.
    pub accounts: Vec<KeptAccount>,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
}

/// An account of such a session. Names and rights are read anew whenever it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAccount {
    /// The account's home.
    pub tenant: TenantId,
    /// The user there.
    pub user: UserId,
    /// How the person proved who they are, and when.
    pub authentication: Authentication,
}
