//! `/policies`: what users may do by default, and security defaults.

use serde::{Deserialize, Serialize};

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation};
use crate::{
    Directory,
    model::{AuditTarget, TenantSettings, UserConsent},
};

/// What precedes the name of a policy that lets users consent for themselves.
const FOR_SELF: &str = "ManagePermissionGrantsForSelf.";

/// What users may do by default ("authorizationPolicy resource type").
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationPolicy {
    /// Always `authorizationPolicy`: a tenant has one.
    pub id: &'static str,
    /// The name shown to administrators.
    pub display_name: &'static str,
    /// What members may do.
    pub default_user_role_permissions: DefaultUserRole,
}

/// What members may do ("defaultUserRolePermissions resource type").
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DefaultUserRole {
    /// Whether they may register applications.
    pub allowed_to_create_apps: bool,
    /// What they may consent to.
    pub permission_grant_policies_assigned: Vec<String>,
}

/// What is sent to change it; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AuthorizationPolicyPatch {
    /// What members may do.
    pub default_user_role_permissions: DefaultUserRolePatch,
}

/// What is sent to change what members may do; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DefaultUserRolePatch {
    /// Whether they may register applications.
    pub allowed_to_create_apps: Option<bool>,
    /// What they may consent to: no policy, or one.
    pub permission_grant_policies_assigned: Option<Vec<String>>,
}

/// Security defaults ("identitySecurityDefaultsEnforcementPolicy resource type").
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityDefaults {
    /// Always the same: a tenant has one.
    pub id: &'static str,
    /// The name shown to administrators.
    pub display_name: &'static str,
    /// Whether they are on.
    pub is_enabled: bool,
}

impl Directory {
    /// What users of the caller's tenant may do by default.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn authorization_policy(
        &self,
        caller: &GraphCaller,
    ) -> Result<AuthorizationPolicy, GraphFailed> {
        caller.require(Operation::ReadAuthorizationPolicy)?;
        let settings = self.tenant_named(caller.tenant).await?.settings;
        let assigned = settings.user_consent.policy_name();
        Ok(AuthorizationPolicy {
            id: "authorizationPolicy",
            display_name: "Authorization Policy",
            default_user_role_permissions: DefaultUserRole {
                allowed_to_create_apps: settings.users_may_register_applications,
                permission_grant_policies_assigned: assigned
                    .map(|name| format!("{FOR_SELF}{name}"))
                    .into_iter()
                    .collect(),
            },
        })
    }

    /// Changes it.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::BadRequest`] for a consent policy that does not
    /// exist; a failure of ours.
    pub async fn update_authorization_policy(
        &self,
        caller: &GraphCaller,
        patch: &AuthorizationPolicyPatch,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::UpdateAuthorizationPolicy)?;
        let wanted = &patch.default_user_role_permissions;
        let consent = wanted.permission_grant_policies_assigned.as_deref();
        let consent = consent.map(user_consent).transpose()?;
        self.change_tenant(caller, |settings| {
            if let Some(may) = wanted.allowed_to_create_apps {
                settings.users_may_register_applications = may;
            }
            // The same policy again keeps which permissions were classified.
            if let Some(consent) = consent
                && consent.policy_name() != settings.user_consent.policy_name()
            {
                settings.user_consent = consent;
            }
        })
        .await?;
        self.audit_tenant_policy(
            caller,
            "Update authorization policy",
            "Authorization Policy",
        )
        .await
    }

    /// Whether security defaults are on.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn security_defaults(
        &self,
        caller: &GraphCaller,
    ) -> Result<SecurityDefaults, GraphFailed> {
        caller.require(Operation::ReadSecurityDefaults)?;
        let settings = self.tenant_named(caller.tenant).await?.settings;
        Ok(SecurityDefaults {
            id: "00000000-0000-0000-0000-000000000005",
            display_name: "Security Defaults",
            is_enabled: settings.security_defaults,
        })
    }

    /// Switches them.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn switch_security_defaults(
        &self,
        caller: &GraphCaller,
        is_enabled: bool,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::UpdateSecurityDefaults)?;
        self.change_tenant(caller, |settings| settings.security_defaults = is_enabled)
            .await?;
        let activity = if is_enabled {
            "Enable security defaults"
        } else {
            "Disable security defaults"
        };
        self.audit_tenant_policy(caller, activity, "Security Defaults")
            .await
    }

    /// Changes the settings of the caller's tenant, one change after the other.
    pub(super) async fn change_tenant<T: Send>(
        &self,
        caller: &GraphCaller,
        change: impl FnOnce(&mut TenantSettings) -> T + Send,
    ) -> Result<T, GraphFailed> {
        let _one_at_a_time = self.tenant_changes.lock().await;
        let mut settings = self.tenant_named(caller.tenant).await?.settings;
        let result = change(&mut settings);
        self.change_settings(caller.tenant, &settings).await?;
        Ok(result)
    }

    async fn audit_tenant_policy(
        &self,
        caller: &GraphCaller,
        activity: &str,
        name: &str,
    ) -> Result<(), GraphFailed> {
        let target = AuditTarget::new("Policy", &caller.tenant, name);
        self.audit_call(caller, activity, target).await
    }
}

/// What assigned policies let users consent to.
fn user_consent(assigned: &[String]) -> Result<UserConsent, GraphRefusal> {
    let unknown = || {
        GraphRefusal::bad_request(
            "permissionGrantPoliciesAssigned takes no policy, or one of ManagePermissionGrantsForSelf.microsoft-user-default-legacy, -recommended, -low.",
        )
    };
    let [name] = assigned else {
        return if assigned.is_empty() {
            Ok(UserConsent::Disabled)
        } else {
            Err(unknown())
        };
    };
    let name = name.strip_prefix(FOR_SELF).ok_or_else(unknown)?;
    let known = [
        UserConsent::Allowed,
        UserConsent::Recommended,
        UserConsent::LowImpactOnly {
            permissions: Vec::new(),
        },
    ];
    let mut known = known.into_iter();
    known
        .find(|consent| consent.policy_name() == Some(name))
        .ok_or_else(unknown)
}
