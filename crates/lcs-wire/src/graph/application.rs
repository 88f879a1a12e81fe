//! The application (registration) resource.

use lcs_types::{ClientId, ObjectId, PermissionId};
use serde::{Deserialize, Serialize};

/// An application as Graph shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The object id; not what tokens are requested with.
    pub id: ObjectId,
    /// The application (client) id.
    pub app_id: ClientId,
    /// The name shown to people.
    pub display_name: String,
    /// An alternate key, set at creation only.
    #[serde(default)]
    pub unique_name: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub created_date_time: Option<String>,
    /// The domain of the tenant that owns it.
    #[serde(default)]
    pub publisher_domain: Option<String>,
    /// `AzureADMyOrg` for a single tenant.
    #[serde(default)]
    pub sign_in_audience: Option<String>,
    /// The public client switch.
    #[serde(default)]
    pub is_fallback_public_client: Option<bool>,
    /// Redirect URIs of *Mobile and desktop applications*.
    #[serde(default)]
    pub public_client: RedirectUris,
    /// Redirect URIs of web applications.
    #[serde(default)]
    pub web: RedirectUris,
    /// Redirect URIs of single-page applications.
    #[serde(default)]
    pub spa: RedirectUris,
    /// What the application asks for. Grants nothing.
    #[serde(default)]
    pub required_resource_access: Vec<RequiredResourceAccess>,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Free text.
    #[serde(default)]
    pub notes: Option<String>,
}

/// What is sent to create or update an application; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Application")]
pub struct ApplicationPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_audience: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_fallback_public_client: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_client: Option<RedirectUris>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web: Option<RedirectUris>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spa: Option<RedirectUris>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_resource_access: Option<Vec<RequiredResourceAccess>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// The redirect URIs of one client type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedirectUris {
    /// The URIs as registered.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

/// The permissions that an application asks for on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequiredResourceAccess {
    /// The resource's application id.
    pub resource_app_id: ClientId,
    /// The permissions.
    pub resource_access: Vec<ResourceAccess>,
}

/// One permission that an application asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceAccess {
    /// The permission's id.
    pub id: PermissionId,
    /// `Scope` for a delegated permission, `Role` for an application permission.
    #[serde(rename = "type")]
    pub access_type: String,
}
