//! The `appRoleAssignment` resource: who has which role of a resource.

use lcs_types::{ObjectId, PermissionId};
use serde::{Deserialize, Serialize};

/// An assignment as Graph shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// Its id.
    pub id: String,
    /// The role; all zeros for access without a role.
    pub app_role_id: PermissionId,
    /// RFC 3339.
    pub created_date_time: String,
    /// The name of who has it.
    pub principal_display_name: Option<String>,
    /// The object id of who has it.
    pub principal_id: ObjectId,
    /// `User` or `ServicePrincipal`.
    pub principal_type: String,
    /// The name of the resource.
    pub resource_display_name: Option<String>,
    /// The object id of the resource's service principal.
    pub resource_id: ObjectId,
}

/// What is sent to assign a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of AppRoleAssignment")]
pub struct NewAppRoleAssignment {
    pub principal_id: ObjectId,
    pub resource_id: ObjectId,
    pub app_role_id: PermissionId,
}
