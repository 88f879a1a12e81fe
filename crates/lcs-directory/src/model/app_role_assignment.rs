//! App role assignments: who has which role of a resource, and who may use an application that
//! demands assignment.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use lcs_types::{ObjectId, PermissionId, TenantId, UserId};
use sha2::{Digest as _, Sha256};

/// Somebody's role on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRoleAssignment {
    /// The tenant.
    pub tenant: TenantId,
    /// Who has it.
    pub assignee: Assignee,
    /// The resource's service principal.
    pub resource: ObjectId,
    /// The role; [`DEFAULT_ACCESS`] when the resource has none to give.
    pub role: PermissionId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The role of somebody who is assigned without any ("appRoleAssignment resource type").
pub const DEFAULT_ACCESS: PermissionId = PermissionId::from_u128(0);

/// Who has a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Assignee {
    /// A user.
    User(UserId),
    /// An application, by its service principal.
    ServicePrincipal(ObjectId),
}

impl AppRoleAssignment {
    /// Its id, which follows from what it connects.
    pub fn id(&self) -> AppRoleAssignmentId {
        let assignee = match self.assignee {
            Assignee::User(id) => *id.as_uuid(),
            Assignee::ServicePrincipal(id) => *id.as_uuid(),
        };
        let mut hash = Sha256::new();
        hash.update(self.resource.as_uuid().as_bytes());
        hash.update(self.role.as_uuid().as_bytes());
        let mut bytes = assignee.to_bytes_le().to_vec();
        bytes.extend(&hash.finalize()[..16]);
        AppRoleAssignmentId(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// The id of an assignment. As at the service it begins with the assignee.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppRoleAssignmentId(String);

impl AppRoleAssignmentId {
    /// An id as a caller gives it.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppRoleAssignmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
