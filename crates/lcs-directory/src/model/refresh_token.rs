//! Refresh tokens: bound to user, client and tenant, never to a resource.

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::secret_hash::SecretHash;

/// How long a refresh token lives without being used ("Refresh tokens in the Microsoft identity
/// platform").
pub(crate) const INACTIVITY: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A refresh token at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The hash of the token.
    pub token: SecretHash,
    /// What all tokens that descend from one sign-in share.
    pub family: Uuid,
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The client.
    pub client: ClientId,
    /// How the user signed in at first.
    pub flow: SignInFlow,
    /// What was asked for, in the form of the v2 endpoint; reused when a renewal names nothing.
    pub scope: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was used last, or issued.
    pub used_at: Timestamp,
    /// Whether the family was revoked.
    pub is_revoked: bool,
}

impl RefreshToken {
    /// Whether it was left alone for too long.
    pub fn is_inactive(&self, now: Timestamp) -> bool {
        now.duration_since(self.used_at) >= INACTIVITY
    }
}

/// How a user signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignInFlow {
    /// The password grant.
    Password,
    /// The device code grant.
    DeviceCode,
}

impl SignInFlow {
    /// Whether a client may use it only with the public client switch on, because no redirect URI
    /// tells what kind of client it is.
    pub const fn depends_on_switch(self) -> bool {
        match self {
            Self::Password | Self::DeviceCode => true,
        }
    }

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::DeviceCode => "device_code",
        }
    }
}

impl std::str::FromStr for SignInFlow {
    type Err = super::user::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Password, Self::DeviceCode]
            .into_iter()
            .find(|flow| flow.as_str() == text)
            .ok_or_else(|| super::user::UnknownWord(text.to_owned()))
    }
}
