//! The audit log: who changed what in the directory.

use jiff::Timestamp;
use lcs_types::{ClientId, CorrelationId, ObjectId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One change of the directory ("directoryAudit resource type").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// The id of the entry.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// The tenant.
    pub tenant: TenantId,
    /// The client's id of its work.
    pub correlation_id: CorrelationId,
    /// What was done, for example `Consent to application`.
    pub activity: String,
    /// What it was done to, for example `ApplicationManagement`.
    pub category: AuditCategory,
    /// Who did it.
    pub initiator: Initiator,
    /// The objects that it was done to.
    pub targets: Vec<AuditTarget>,
}

/// The kind of directory object that a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AuditCategory {
    /// Applications, service principals, grants.
    ApplicationManagement,
    /// Users and their credentials.
    UserManagement,
    /// Policies of the tenant.
    Policy,
    /// The tenant itself.
    DirectoryManagement,
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Initiator {
    /// A user.
    User {
        /// The user.
        id: UserId,
        /// The sign-in name.
        user_principal_name: String,
    },
    /// An application that acts as itself.
    Application {
        /// Its application id.
        client: ClientId,
        /// Its service principal.
        service_principal: ObjectId,
    },
}

/// An object that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditTarget {
    /// Its id.
    pub id: String,
    /// The name shown to people.
    pub display_name: String,
    /// `Application`, `ServicePrincipal`, `User`, `Policy`, …
    pub kind: String,
}
