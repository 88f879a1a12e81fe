//! The service principal resource: an application's presence in a tenant.

use lcs_types::{ClientId, ObjectId, PermissionId};
use serde::{Deserialize, Serialize};

/// A service principal as Graph shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// The object id; permission grants refer to it.
    pub id: ObjectId,
    /// The application id.
    pub app_id: ClientId,
    /// The name shown to people.
    pub display_name: String,
    /// Whether tokens may be issued for it.
    #[serde(default = "enabled")]
    pub account_enabled: bool,
    /// Whether users must be assigned before they may use it.
    #[serde(default)]
    pub app_role_assignment_required: bool,
    /// The names that the resource is requested by.
    #[serde(default)]
    pub service_principal_names: Vec<String>,
    /// The delegated permissions that it exposes.
    #[serde(default)]
    pub oauth2_permission_scopes: Vec<PermissionScope>,
    /// The roles that it exposes.
    #[serde(default)]
    pub app_roles: Vec<AppRole>,
    /// The tenant that owns the application, as a GUID.
    #[serde(default)]
    pub app_owner_organization_id: Option<String>,
    /// `Application` for all that we show.
    #[serde(default)]
    pub service_principal_type: Option<String>,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
}

const fn enabled() -> bool {
    true
}

/// A delegated permission that a resource exposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionScope {
    /// Its id.
    pub id: PermissionId,
    /// Its value, as it stands in scopes and in `scp`.
    pub value: String,
    /// `User` or `Admin`: who may consent.
    #[serde(rename = "type")]
    pub consent_by: String,
    /// Whether it can be requested.
    pub is_enabled: bool,
    /// Title on the administrator's consent page.
    #[serde(default)]
    pub admin_consent_display_name: String,
    /// Text on the administrator's consent page.
    #[serde(default)]
    pub admin_consent_description: String,
    /// Title on the user's consent page.
    #[serde(default)]
    pub user_consent_display_name: Option<String>,
    /// Text on the user's consent page.
    #[serde(default)]
    pub user_consent_description: Option<String>,
}

/// A role that a resource exposes: for applications an application permission, for users a role
/// that they can be assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRole {
    /// Its id.
    pub id: PermissionId,
    /// Its value, as it stands in `roles`.
    #[serde(default)]
    pub value: Option<String>,
    /// `User`, `Application` or both: who may be assigned.
    pub allowed_member_types: Vec<String>,
    /// Whether it can be assigned.
    pub is_enabled: bool,
    /// Title.
    pub display_name: String,
    /// Text.
    #[serde(default)]
    pub description: Option<String>,
}

/// What is sent to create a service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewServicePrincipal {
    /// The application to make present in the tenant.
    pub app_id: ClientId,
    /// Free labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}
