//! What users of a tenant may consent to by themselves.

use lcs_types::ClientId;
use serde::{Deserialize, Serialize};

/// What users of a tenant may consent to by themselves ("Configure how users consent to
/// applications").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserConsent {
    /// Every permission of type *User*: `microsoft-user-default-legacy`.
    Allowed,
    /// What Microsoft deems harmless, the default of newer tenants:
    /// `microsoft-user-default-recommended`.
    #[default]
    Recommended,
    /// Permissions that an administrator classified as *low*, for applications of verified
    /// publishers and of the tenant's own: `microsoft-user-default-low`.
    LowImpactOnly {
        /// Those permissions.
        permissions: Vec<LowImpactPermission>,
    },
    /// Nothing.
    Disabled,
}

/// A delegated permission that an administrator classified as *low*.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LowImpactPermission {
    /// The resource's application id.
    pub resource: ClientId,
    /// The value.
    pub value: String,
}

impl UserConsent {
    /// The name of the policy in Graph's `permissionGrantPoliciesAssigned`, if any.
    pub const fn policy_name(&self) -> Option<&'static str> {
        match self {
            Self::Allowed => Some("microsoft-user-default-legacy"),
            Self::Recommended => Some("microsoft-user-default-recommended"),
            Self::LowImpactOnly { .. } => Some("microsoft-user-default-low"),
            Self::Disabled => None,
        }
    }
}
