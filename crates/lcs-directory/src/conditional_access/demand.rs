//! What is demanded of a sign-in that it does not meet.

use std::cmp::Reverse;

use jiff::SignedDuration;
use lcs_types::ConditionalAccessPolicyId;

use super::{DeviceDemand, Rules, SignInFacts};
use crate::model::{
    ConditionalAccessSettings, Multifactor, SignInFlow,
    conditional_access::{GrantControl, GrantControls, GrantOperator, SignInFrequency},
};

/// What a sign-in does not meet, the easiest first. Of several, the hardest decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Demand {
    /// A younger second factor than the one that was given.
    RenewedSecondFactor,
    /// A second factor.
    SecondFactor,
    /// A sign-in that is not older than this; the shorter the harder.
    FreshSignIn(Reverse<SignedDuration>),
    /// Terms to be accepted, or a second factor of another maker.
    ExternalChallenge,
    /// A device or an application.
    Device(DeviceDemand),
    /// Another flow, say the security defaults.
    SecurityDefaults,
    /// Nothing would do.
    Block,
}

impl Demand {
    /// Whether the person could meet it in a browser.
    pub(super) const fn can_be_met_by_person(self) -> bool {
        match self {
            Self::RenewedSecondFactor | Self::SecondFactor | Self::FreshSignIn(_) => true,
            Self::ExternalChallenge | Self::Device(_) | Self::SecurityDefaults | Self::Block => {
                false
            }
        }
    }
}

/// What per-user MFA and security defaults demand.
pub(super) fn beyond_policies(
    rules: &Rules<'_>,
    facts: &SignInFacts<'_>,
) -> Vec<(Demand, Option<ConditionalAccessPolicyId>)> {
    if facts.authentication.has_second_factor() {
        return Vec::new();
    }
    let mut demands = Vec::new();
    if facts.multifactor == Multifactor::Required {
        demands.push((Demand::SecondFactor, None));
    }
    if rules.security_defaults {
        // Inferred: which requests the service deems unsafe is not documented, and the password
        // grant is answered with 50076 or 50079 as well as with 530035. Administrators are whom
        // security defaults protect most.
        let is_unsafe = rules.refuses_administrators
            && facts.flow == SignInFlow::Password
            && !facts.roles.is_empty();
        let demand = if is_unsafe {
            Demand::SecurityDefaults
        } else {
            Demand::SecondFactor
        };
        demands.push((demand, None));
    }
    demands
}

/// What a policy that concerns the sign-in demands of it beyond what it has.
pub(super) fn of_policy(
    policy: &ConditionalAccessSettings,
    facts: &SignInFacts<'_>,
) -> Vec<Demand> {
    let grant = policy.grant_controls.as_ref();
    let session = policy.session_controls.as_ref();
    let frequency = session.and_then(|controls| controls.sign_in_frequency);
    [
        grant.and_then(|controls| of_grant_controls(controls, facts)),
        frequency.and_then(|frequency| of_frequency(frequency, facts)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_grant_controls(controls: &GrantControls, facts: &SignInFacts<'_>) -> Option<Demand> {
    let built_in = controls.built_in_controls.iter().copied();
    let mut demands: Vec<Option<Demand>> =
        built_in.map(|control| of_control(control, facts)).collect();
    let external = controls.terms_of_use.len() + controls.custom_authentication_factors.len();
    demands.extend(std::iter::repeat_n(
        Some(Demand::ExternalChallenge),
        external,
    ));
    // Whatever stands beside it.
    if demands.contains(&Some(Demand::Block)) {
        return Some(Demand::Block);
    }
    match controls.operator {
        GrantOperator::And => demands.into_iter().flatten().max(),
        GrantOperator::Or if demands.contains(&None) => None,
        GrantOperator::Or => {
            let has = |device| demands.contains(&Some(Demand::Device(device)));
            let easiest = demands.iter().flatten().min().copied();
            match easiest {
                Some(Demand::Device(_))
                    if has(DeviceDemand::Compliant) && has(DeviceDemand::DomainJoined) =>
                {
                    Some(Demand::Device(DeviceDemand::Managed))
                }
                easiest => easiest,
            }
        }
    }
}

/// What a control demands; nothing when the sign-in meets it.
fn of_control(control: GrantControl, facts: &SignInFacts<'_>) -> Option<Demand> {
    match control {
        GrantControl::Mfa if facts.authentication.has_second_factor() => None,
        GrantControl::Mfa => Some(Demand::SecondFactor),
        GrantControl::CompliantDevice => Some(Demand::Device(DeviceDemand::Compliant)),
        GrantControl::DomainJoinedDevice => Some(Demand::Device(DeviceDemand::DomainJoined)),
        GrantControl::ApprovedApplication | GrantControl::CompliantApplication => {
            Some(Demand::Device(DeviceDemand::ApprovedApplication))
        }
        // A policy with it concerns nobody, see `ConditionalAccessSettings::unsupported`; should one
        // do so all the same, nobody passes.
        GrantControl::Block | GrantControl::PasswordChange => Some(Demand::Block),
    }
}

fn of_frequency(frequency: SignInFrequency, facts: &SignInFacts<'_>) -> Option<Demand> {
    let max_age = frequency.max_age()?;
    let is_older = |at| facts.now.duration_since(at) > max_age;
    if frequency.is_for_second_factor() {
        let given_at = facts.authentication.second_factor_at?;
        return is_older(given_at).then_some(Demand::RenewedSecondFactor);
    }
    is_older(facts.authentication.at).then_some(Demand::FreshSignIn(Reverse(max_age)))
}
