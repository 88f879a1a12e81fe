//! What only a person can resolve.

use lcs_types::ClientId;

/// The tenant is in a state that only a person can resolve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Several applications have the wanted name.
    #[error(
        "{} applications are called \"{display_name}\": {}",
        applications.len(),
        listed(applications)
    )]
    SeveralApplications {
        /// The name.
        display_name: String,
        /// Their application ids.
        applications: Vec<ClientId>,
    },
    /// The application is open to other tenants; narrowing it could cut somebody off.
    #[error(
        "the application \"{display_name}\" ({client_id}) is not for this tenant alone \
         ({audience})"
    )]
    NotSingleTenant {
        /// The name.
        display_name: String,
        /// The application id.
        client_id: ClientId,
        /// Whom it is for.
        audience: String,
    },
    /// LCS is there and does not offer the permission.
    #[error("\"{lcs}\" does not offer the delegated permission user_impersonation")]
    PermissionMissing {
        /// The name of LCS in this tenant.
        lcs: String,
    },
    /// A service principal is switched off, so no token would be issued.
    #[error("\"{display_name}\" is disabled under Enterprise applications")]
    Disabled {
        /// Its name.
        display_name: String,
    },
}

fn listed(applications: &[ClientId]) -> String {
    let ids: Vec<_> = applications.iter().map(ToString::to_string).collect();
    ids.join(", ")
}
