//! What the administrators of a tenant may set.

use std::num::NonZeroU32;

use lcs_types::Domain;
use serde::{Deserialize, Serialize};

use super::{NamedLocation, UserConsent};
use crate::lockout::LockoutPolicy;

/// What the administrators of a tenant may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, as in the service's portal"
)]
pub struct TenantSettings {
    /// *Security defaults*: second factors for everybody, without any policy.
    pub security_defaults: bool,
    /// When wrong passwords lock an account.
    pub lockout: LockoutPolicy,
    /// How many days a password lasts; for ever when nothing is said.
    pub password_validity_days: Option<NonZeroU32>,
    /// The domains whose passwords are at an identity provider of the organization's own.
    pub federations: Vec<Federation>,
    /// What users may consent to by themselves.
    pub user_consent: UserConsent,
    /// Whether users may ask an administrator on the page for what they may not consent to.
    pub admin_consent_workflow: bool,
    /// Whether people are asked, after signing in on a page, if they want to stay signed in.
    pub keep_me_signed_in: bool,
    /// Whether users without a directory role may register applications.
    pub users_may_register_applications: bool,
    /// The address ranges that conditional access policies refer to.
    pub named_locations: Vec<NamedLocation>,
}

impl Default for TenantSettings {
    /// What a new tenant has, but for three settings. Security defaults would refuse the password grant
    /// that the article is about; where everybody may register applications, a rehearsal would not
    /// show that the role for it is missing; and where people are asked whether to stay signed in,
    /// scripts that drive the pages would meet one page more.
    fn default() -> Self {
        Self {
            security_defaults: false,
            lockout: LockoutPolicy::default(),
            password_validity_days: None,
            federations: Vec::new(),
            user_consent: UserConsent::default(),
            admin_consent_workflow: false,
            keep_me_signed_in: false,
            users_may_register_applications: false,
            named_locations: Vec::new(),
        }
    }
}

/// A federated domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Federation {
    /// The domain.
    pub domain: Domain,
    /// Where browsers sign in.
    pub passive_sign_in_url: String,
    /// Where clients send user name and password (WS-Trust).
    pub active_sign_in_url: String,
    /// Where clients learn that address (MEX).
    pub metadata_url: String,
}

impl TenantSettings {
    /// How a domain is federated, if it is.
    pub fn federation_of(&self, domain: &Domain) -> Option<&Federation> {
        self.federations
            .iter()
            .find(|federation| federation.domain == *domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_stored_and_what_an_older_version_left_out_is_the_default() {
        let settings = TenantSettings {
            security_defaults: true,
            password_validity_days: NonZeroU32::new(90),
            user_consent: UserConsent::LowImpactOnly {
                permissions: Vec::new(),
            },
            ..TenantSettings::default()
        };
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(
            serde_json::from_str::<TenantSettings>(&json).unwrap(),
            settings
        );
        assert_eq!(
            serde_json::from_str::<TenantSettings>("{}").unwrap(),
            TenantSettings::default()
        );
    }
}
