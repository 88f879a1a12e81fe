//! Users, their directory roles and what their sign-in demands.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use lcs_types::{TenantId, UserId, UserPrincipalName};
use serde::{Deserialize, Serialize};

use super::TotpEnrolment;
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
    /// Whether the user holds a role that may manage applications and grant consent for all.
    pub fn manages_applications(&self) -> bool {
        self.roles.iter().any(|role| role.manages_applications())
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

/// A directory role, as far as the article needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DirectoryRole {
    /// May do everything.
    GlobalAdministrator,
    /// May manage applications and consent to delegated permissions for all.
    ApplicationAdministrator,
    /// The same without the application proxy.
    CloudApplicationAdministrator,
}

impl DirectoryRole {
    /// All roles.
    pub const ALL: [Self; 3] = [
        Self::GlobalAdministrator,
        Self::ApplicationAdministrator,
        Self::CloudApplicationAdministrator,
    ];

    /// The role's template id, the same in every tenant; stands in `wids`.
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::ApplicationAdministrator => "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
            Self::CloudApplicationAdministrator => "158c047a-c907-4556-b7ef-446551a6b5f7",
        }
    }

    /// The role with this template id.
    pub fn from_template_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.template_id() == id)
    }

    /// Whether it may manage applications, service principals and tenant-wide grants.
    pub const fn manages_applications(self) -> bool {
        match self {
            Self::GlobalAdministrator
            | Self::ApplicationAdministrator
            | Self::CloudApplicationAdministrator => true,
        }
    }

    /// The name shown to people.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::ApplicationAdministrator => "Application Administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
        }
    }
}

/// The template id that every member's token carries beside those of roles.
pub(crate) const MEMBER_TEMPLATE_ID: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
