//! The `oauth2PermissionGrant` resource: what consent creates.

use lcs_types::ObjectId;
use serde::{Deserialize, Serialize};

/// Whose consent a grant records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ConsentType {
    /// An administrator's, for every user of the tenant.
    AllPrincipals,
    /// One user's.
    Principal,
}

impl ConsentType {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllPrincipals => "AllPrincipals",
            Self::Principal => "Principal",
        }
    }
}

/// A permission grant as Graph shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OAuth2PermissionGrant {
    /// Base64url of the GUID bytes of client, resource and principal; see `graph::grant_id` of
    /// the directory.
    pub id: String,
    /// The object id of the client's service principal.
    pub client_id: ObjectId,
    /// For whom.
    pub consent_type: ConsentType,
    /// The user, for [`ConsentType::Principal`].
    pub principal_id: Option<ObjectId>,
    /// The object id of the resource's service principal.
    pub resource_id: ObjectId,
    /// The granted values, separated by blanks.
    pub scope: String,
}

/// What is sent to create a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of OAuth2PermissionGrant")]
pub struct NewGrant {
    pub client_id: ObjectId,
    pub consent_type: ConsentType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<ObjectId>,
    pub resource_id: ObjectId,
    pub scope: String,
}

/// What is sent to change a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantPatch {
    /// All values that the grant shall hold from now on.
    pub scope: String,
}
