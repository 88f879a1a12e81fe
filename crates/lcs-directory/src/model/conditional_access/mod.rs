//! Conditional access policies in the shape of Microsoft Graph's `conditionalAccessPolicy`. What
//! they come down to for a sign-in is decided in [`crate::conditional_access`].
//!
//! Properties that nothing here can judge are kept as they came and named by
//! [`ConditionalAccessSettings::unsupported`].

mod conditions;
mod controls;
mod selector;

use jiff::Timestamp;
use lcs_types::ConditionalAccessPolicyId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use conditions::{
    ApplicationCondition, AuthenticationFlowCondition, ClientAppType, Conditions,
    LocationCondition, TransferMethods, UserCondition,
};
pub use controls::{
    FrequencyAuthentication, FrequencyInterval, FrequencyUnit, GrantControl, GrantControls,
    GrantOperator, SessionControls, SignInFrequency,
};
pub use selector::{ApplicationSelector, LocationSelector, UserSelector};

/// Properties of Graph that are kept and not judged.
pub type OtherProperties = Map<String, Value>;

/// A conditional access policy of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionalAccessPolicy {
    /// The id; stands in the `claims` of refusals.
    pub id: ConditionalAccessPolicyId,
    /// When it was made.
    pub created_date_time: Timestamp,
    /// When it was changed last.
    pub modified_date_time: Option<Timestamp>,
    /// What an administrator may set.
    #[serde(flatten)]
    pub settings: ConditionalAccessSettings,
}

/// What an administrator may set of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionalAccessSettings {
    /// The name shown to administrators.
    pub display_name: String,
    /// Whether it counts.
    pub state: PolicyState,
    /// Which sign-ins it concerns.
    pub conditions: Conditions,
    /// What it demands of them.
    #[serde(default)]
    pub grant_controls: Option<GrantControls>,
    /// How long it lets them last.
    #[serde(default)]
    pub session_controls: Option<SessionControls>,
}

/// Whether a policy counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyState {
    /// It counts.
    Enabled,
    /// It does not.
    Disabled,
    /// *Report-only*: the log says what it would have done.
    EnabledForReportingButNotEnforced,
}

impl ConditionalAccessSettings {
    /// The properties that are set and would change what the policy means, if anything here could
    /// judge them: risk, platforms, devices, strengths of authentication.
    ///
    /// Whoever takes a policy in refuses it while there are any, since it would concern more or
    /// fewer sign-ins than its author meant. Groups are no such property: this directory has none,
    /// so a policy for a group concerns nobody. Other session controls are none either, since they
    /// never refuse a sign-in.
    pub fn unsupported(&self) -> Vec<String> {
        let conditions = &self.conditions;
        let grant = self.grant_controls.as_ref();
        let places = [
            ("conditions", Some(&conditions.other)),
            ("conditions.users", Some(&conditions.users.other)),
            (
                "conditions.applications",
                Some(&conditions.applications.other),
            ),
            ("grantControls", grant.map(|controls| &controls.other)),
        ];
        let mut names = Vec::new();
        for (place, properties) in places {
            let set = properties
                .into_iter()
                .flatten()
                .filter(|(_, value)| is_set(value));
            names.extend(set.map(|(name, _)| format!("{place}.{name}")));
        }
        // "conditionalAccessGrantControls": legal only together with a user risk.
        if grant.is_some_and(|controls| {
            controls
                .built_in_controls
                .contains(&GrantControl::PasswordChange)
        }) {
            names.push("grantControls.builtInControls.passwordChange".to_owned());
        }
        names
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        Value::Object(properties) => properties.values().any(is_set),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests;
