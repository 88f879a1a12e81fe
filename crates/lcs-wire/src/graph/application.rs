//! The application (registration) resource.

use lcs_types::{ClientId, ObjectId, PermissionId};
use serde::{Deserialize, Serialize};

use super::{AppRole, KeyCredential, PasswordCredential, PermissionScope};

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
    /// What is set for web applications.
    #[serde(default)]
    pub web: WebApplication,
    /// Redirect URIs of single-page applications.
    #[serde(default)]
    pub spa: RedirectUris,
    /// What the application asks for. Grants nothing.
    #[serde(default)]
    pub required_resource_access: Vec<RequiredResourceAccess>,
    /// The names that it is requested by as a resource.
    #[serde(default)]
    pub identifier_uris: Vec<String>,
    /// What it exposes as a resource to users' clients.
    #[serde(default)]
    pub api: Api,
    /// The roles that it exposes as a resource.
    #[serde(default)]
    pub app_roles: Vec<AppRole>,
    /// Its client secrets, without the secrets.
    #[serde(default)]
    pub password_credentials: Vec<PasswordCredential>,
    /// Its certificates, without the certificates.
    #[serde(default)]
    pub key_credentials: Vec<KeyCredential>,
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
    pub web: Option<WebPatch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spa: Option<RedirectUris>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_resource_access: Option<Vec<RequiredResourceAccess>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier_uris: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiPatch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_roles: Option<Vec<AppRole>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_credentials: Option<Vec<KeyCredential>>,
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

/// What is set for web applications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebApplication {
    /// The URIs as registered.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Whether tokens may come straight from the sign-in page.
    #[serde(default)]
    pub implicit_grant_settings: ImplicitGrantSettings,
}

/// What is sent to change a [`WebApplication`]; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of WebApplication")]
pub struct WebPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implicit_grant_settings: Option<ImplicitGrantSettings>,
}

/// Whether tokens may come straight from the sign-in page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImplicitGrantSettings {
    /// Id tokens.
    #[serde(default)]
    pub enable_id_token_issuance: bool,
    /// Access tokens.
    #[serde(default)]
    pub enable_access_token_issuance: bool,
}

/// What an application exposes as a resource (`apiApplication`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Api {
    /// The version of access tokens for it, 1 or 2; nothing means 1.
    #[serde(default)]
    pub requested_access_token_version: Option<u8>,
    /// Its delegated permissions.
    #[serde(default)]
    pub oauth2_permission_scopes: Vec<PermissionScope>,
}

/// What is sent to change an [`Api`]; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of Api")]
pub struct ApiPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_access_token_version: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth2_permission_scopes: Option<Vec<PermissionScope>>,
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
