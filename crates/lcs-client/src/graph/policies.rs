//! What the tenant lets its users do.

use serde::Deserialize;

use super::{GraphApi, GraphCallError};

/// How the names of policies start that let users consent for themselves.
const FOR_SELF: &str = "ManagePermissionGrantsForSelf.";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizationPolicy {
    default_user_role_permissions: DefaultUserRole,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefaultUserRole {
    #[serde(default)]
    permission_grant_policies_assigned: Vec<String>,
}

impl GraphApi {
    /// Whether users may consent to applications for themselves; `None` when the caller may not
    /// read the policy ("authorizationPolicy resource type").
    ///
    /// # Errors
    ///
    /// [`GraphCallError`], but no refusal.
    pub async fn users_may_consent(&self) -> Result<Option<bool>, GraphCallError> {
        let url = self.url(&["policies", "authorizationPolicy"], &[]);
        match self.get::<AuthorizationPolicy>("the policy", url).await {
            Ok(policy) => {
                let assigned = policy
                    .default_user_role_permissions
                    .permission_grant_policies_assigned;
                Ok(Some(assigned.iter().any(|name| name.starts_with(FOR_SELF))))
            }
            Err(GraphCallError::Refused { status, .. }) if status != 401 => Ok(None),
            Err(error) => Err(error),
        }
    }
}
