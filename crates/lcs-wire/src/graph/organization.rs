//! The tenant and its users.

use lcs_types::{Secret, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// The tenant as Graph shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The tenant.
    pub id: TenantId,
    /// Its name.
    pub display_name: String,
    /// Its domains.
    #[serde(default)]
    pub verified_domains: Vec<VerifiedDomain>,
}

/// A domain of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedDomain {
    /// The domain.
    pub name: String,
    /// Whether new users get it.
    #[serde(default)]
    pub is_default: bool,
    /// Whether it is the `onmicrosoft.com` one.
    #[serde(default)]
    pub is_initial: bool,
}

/// A user as Graph shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id.
    pub id: UserId,
    /// The sign-in name.
    pub user_principal_name: String,
    /// The name shown to people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// First name.
    #[serde(default)]
    pub given_name: Option<String>,
    /// Last name.
    #[serde(default)]
    pub surname: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub mail: Option<String>,
    /// The local part of the e-mail address.
    #[serde(default)]
    pub mail_nickname: Option<String>,
    /// Whether the account may sign in.
    #[serde(default)]
    pub account_enabled: Option<bool>,
    /// `Member` or `Guest`.
    #[serde(default)]
    pub user_type: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub created_date_time: Option<String>,
    /// Grants issued before this instant are revoked; RFC 3339.
    #[serde(default)]
    pub sign_in_sessions_valid_from_date_time: Option<String>,
}

/// What is sent to create or change a user; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields of User")]
pub struct UserPatch {
    pub account_enabled: Option<bool>,
    pub display_name: Option<String>,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub mail_nickname: Option<String>,
    pub user_principal_name: Option<String>,
    pub password_profile: Option<PasswordProfile>,
}

/// A new password ("passwordProfile resource type").
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PasswordProfile {
    /// The password.
    pub password: Option<Secret>,
    /// Whether the user must choose another one at the next sign-in; yes when nothing is said.
    pub force_change_password_next_sign_in: Option<bool>,
}
