//! Refresh tokens: bound to user, client and tenant, never to a resource.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Authentication, UnknownWord};
use crate::secret_hash::SecretHash;

/// How long a refresh token lives without being used ("Refresh tokens in the Microsoft identity
/// platform").
pub(crate) const INACTIVITY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long all refresh tokens of one sign-in to a single-page application live.
pub(crate) const SPA_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A refresh token at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The hash of the token.
    pub token: SecretHash,
    /// What all tokens that descend from one sign-in share.
    pub family: Uuid,
    /// When the first of the family was issued.
    pub family_started_at: Timestamp,
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The client.
    pub client: ClientId,
    /// How the user signed in at first.
    pub flow: SignInFlow,
    /// How the user proved who they are.
    pub authentication: Authentication,
    /// What was asked for, in the form of the v2 endpoint; reused when a renewal names nothing.
    pub scope: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was used last, or issued.
    pub used_at: Timestamp,
    /// When a renewal replaced it; it is good beyond that unless the directory is strict.
    pub superseded_at: Option<Timestamp>,
    /// Whether the family was revoked.
    pub is_revoked: bool,
}

impl RefreshToken {
    /// Whether it was left alone for too long.
    pub fn is_inactive(&self, now: Timestamp) -> bool {
        now.duration_since(self.used_at) >= INACTIVITY
    }

    /// Whether its family is of a single-page application and older than those may get.
    pub fn is_past_spa_lifetime(&self, now: Timestamp) -> bool {
        self.flow == SignInFlow::AuthorizationCode(RedirectType::Spa)
            && now.duration_since(self.family_started_at) >= SPA_LIFETIME
    }
}

/// What becomes of a refresh token once a renewal replaced it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshTokenReuse {
    /// It stays good, as at the service: pipelines keep it as a read-only secret, and caches of
    /// several processes race.
    #[default]
    Allowed,
    /// Its second use is refused and revokes its whole family (RFC 9700 §4.14).
    RevokesFamily,
}

/// How a user signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignInFlow {
    /// The password grant.
    Password,
    /// The device code grant.
    DeviceCode,
    /// The authorization code grant, through a redirect URI of this type.
    AuthorizationCode(RedirectType),
    /// A middle tier, on behalf of the user.
    OnBehalfOf,
}

/// What kind of client a redirect URI belongs to: the portal's *platform*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RedirectType {
    /// *Mobile and desktop applications*: public.
    Public,
    /// *Web*: confidential.
    Web,
    /// *Single-page application*: public, in a browser.
    Spa,
}

impl SignInFlow {
    const ALL: [Self; 6] = [
        Self::Password,
        Self::DeviceCode,
        Self::AuthorizationCode(RedirectType::Public),
        Self::AuthorizationCode(RedirectType::Web),
        Self::AuthorizationCode(RedirectType::Spa),
        Self::OnBehalfOf,
    ];

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::DeviceCode => "device_code",
            Self::AuthorizationCode(RedirectType::Public) => "authorization_code",
            Self::AuthorizationCode(RedirectType::Web) => "authorization_code_web",
            Self::AuthorizationCode(RedirectType::Spa) => "authorization_code_spa",
            Self::OnBehalfOf => "on_behalf_of",
        }
    }
}

impl fmt::Display for SignInFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SignInFlow {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|flow| flow.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}
