//! Users, their directory roles and what their sign-in demands.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use lcs_types::{TenantId, UserId, UserPrincipalName};
use serde::{Deserialize, Serialize};

use super::{DirectoryRole, TotpEnrolment};
use crate::{lockout::Lockout, password_hash::PasswordHash};

/// A user of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The tenant.
    pub tenant: TenantId,
    /// The object id.
    pub id: UserId,
    /// The sign-in name.
    pub user_principal_name: UserPrincipalName,
    /// The name shown to people.
    pub display_name: String,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub surname: Option<String>,
    /// The local part of the e-mail address; that of the sign-in name when nothing is said.
    pub mail_nickname: Option<String>,
    /// Directory roles beyond that of a member.
    pub roles: Vec<DirectoryRole>,
    /// Whether the account may sign in.
    pub is_enabled: bool,
    /// The tenant's own, or somebody else's guest.
    pub kind: UserKind,
    /// Whether a second factor is demanded of this user, whatever policies say.
    pub multifactor: Multifactor,
    /// The password; accounts without one exist.
    pub password: Option<PasswordHash>,
    /// Whether the password may be used as it is.
    pub password_state: PasswordState,
    /// The authenticator app, once it is set up.
    pub totp: Option<TotpEnrolment>,
    /// What wrong passwords led to.
    pub lockout: Lockout,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was deleted; for thirty days it can be restored.
    pub deleted_at: Option<Timestamp>,
    /// Grants issued before this instant are revoked.
    pub tokens_valid_from: Timestamp,
}

impl User {
    /// Whether the user holds a role that may consent for everybody.
    pub fn consents_for_all(&self) -> bool {
        self.roles.iter().any(|role| role.consents_for_all())
    }

    /// Whether the user is a guest of the tenant.
    pub const fn is_guest(&self) -> bool {
        matches!(self.kind, UserKind::Guest(_))
    }
}

/// Where a user comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserKind {
    /// The tenant's own.
    #[default]
    Member,
    /// Invited from another tenant, where the password and the second factor are.
    Guest(HomeAccount),
}

/// The account behind a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeAccount {
    /// The home tenant.
    pub tenant: TenantId,
    /// The user there.
    pub user: UserId,
    /// The sign-in name there.
    pub name: UserPrincipalName,
    /// Whether the invitation was accepted.
    pub has_accepted: bool,
}

/// Whether a password may be used as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PasswordState {
    /// Yes.
    #[default]
    Current,
    /// An administrator set it; the user must choose another one in a browser.
    MustChange,
    /// It is too old.
    Expired,
}

impl fmt::Display for PasswordState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "current",
            Self::MustChange => "must_change",
            Self::Expired => "expired",
        })
    }
}

impl FromStr for PasswordState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Current, Self::MustChange, Self::Expired]
            .into_iter()
            .find(|value| value.to_string() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// Whether a second factor is demanded of a user, whatever policies say: *per-user MFA*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Multifactor {
    /// The password is enough.
    NotRequired,
    /// Demanded.
    Required,
}

impl fmt::Display for Multifactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRequired => "not_required",
            Self::Required => "required",
        })
    }
}

/// A stored word is none that this version writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a known word")]
pub struct UnknownWord(pub String);

impl FromStr for Multifactor {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "not_required" => Ok(Self::NotRequired),
            // Until an authenticator app could be set up, whether one was stood in this word.
            "required" | "required_not_enrolled" => Ok(Self::Required),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}
