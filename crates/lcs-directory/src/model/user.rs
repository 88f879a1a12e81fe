//! Users, their directory roles and what their sign-in demands.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use lcs_types::{TenantId, UserId, UserPrincipalName};
use serde::{Deserialize, Serialize};

use crate::password_hash::PasswordHash;

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
    /// Whether a second factor is demanded.
    pub multifactor: Multifactor,
    /// The password; accounts without one exist.
    pub password: Option<PasswordHash>,
    /// Grants issued before this instant are revoked.
    pub tokens_valid_from: Timestamp,
}

impl User {
    /// Whether the user holds a role that may manage applications and grant consent for all.
    pub fn manages_applications(&self) -> bool {
        self.roles.iter().any(|role| role.manages_applications())
    }
}

/// Whether a second factor is demanded of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Multifactor {
    /// The password is enough.
    NotRequired,
    /// Demanded, and set up.
    Required,
    /// Demanded, and not set up yet.
    RequiredNotEnrolled,
}

impl fmt::Display for Multifactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRequired => "not_required",
            Self::Required => "required",
            Self::RequiredNotEnrolled => "required_not_enrolled",
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
        [Self::NotRequired, Self::Required, Self::RequiredNotEnrolled]
            .into_iter()
            .find(|value| value.to_string() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
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
