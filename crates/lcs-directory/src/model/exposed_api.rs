//! What an application exposes as a resource: names, delegated permissions, roles.

use lcs_wire::graph::{AppRole, PermissionScope};
use serde::{Deserialize, Serialize};

/// What an application exposes as a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposedApi {
    /// The names that it is requested by, the application id apart.
    pub identifier_uris: Vec<String>,
    /// Its delegated permissions.
    pub scopes: Vec<PermissionScope>,
    /// Its roles.
    pub app_roles: Vec<AppRole>,
    /// The version of access tokens for it.
    pub access_token_version: AccessTokenVersion,
}

/// The version of the access tokens that a resource takes, whatever endpoint issues them ("Access
/// tokens": `requestedAccessTokenVersion`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccessTokenVersion {
    /// 1.0; also when the resource says nothing.
    #[default]
    V1,
    /// 2.0.
    V2,
}
