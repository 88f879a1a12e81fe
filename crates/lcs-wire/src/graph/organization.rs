//! The tenant and its users.

use lcs_types::{TenantId, UserId};
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
}
