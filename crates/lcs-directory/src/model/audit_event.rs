//! The audit log: who changed what in the directory.

use jiff::Timestamp;
use lcs_types::{ClientId, CorrelationId, ObjectId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Application, ConditionalAccessPolicy, NamedLocation, ServicePrincipal, User};

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

impl AuditTarget {
    /// An object of this kind.
    pub fn new(kind: &str, id: &impl ToString, display_name: impl Into<String>) -> Self {
        Self {
            id: id.to_string(),
            display_name: display_name.into(),
            kind: kind.to_owned(),
        }
    }

    /// What a change of it counts as.
    pub fn category(&self) -> AuditCategory {
        match self.kind.as_str() {
            "User" => AuditCategory::UserManagement,
            "Policy" => AuditCategory::Policy,
            "Application" | "ServicePrincipal" => AuditCategory::ApplicationManagement,
            _ => AuditCategory::DirectoryManagement,
        }
    }
}

impl From<&Application> for AuditTarget {
    fn from(application: &Application) -> Self {
        let name = &application.settings.display_name;
        Self::new("Application", &application.id, name)
    }
}

impl From<&ServicePrincipal> for AuditTarget {
    fn from(principal: &ServicePrincipal) -> Self {
        let name = &principal.settings.display_name;
        Self::new("ServicePrincipal", &principal.id, name)
    }
}

impl From<&ConditionalAccessPolicy> for AuditTarget {
    fn from(policy: &ConditionalAccessPolicy) -> Self {
        Self::new("Policy", &policy.id, &policy.settings.display_name)
    }
}

impl From<&NamedLocation> for AuditTarget {
    fn from(location: &NamedLocation) -> Self {
        Self::new("Policy", &location.id, &location.display_name)
    }
}

impl From<&User> for AuditTarget {
    fn from(user: &User) -> Self {
        Self::new("User", &user.id, user.user_principal_name.to_string())
    }
}
