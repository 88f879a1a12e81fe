//! What policies demand of a sign-in: facts in, verdict out.
//!
//! Conditional access, security defaults and per-user MFA come together here, for every flow and at
//! every renewal. What a policy looks like is in [`crate::model::conditional_access`]; what a
//! client is told of a verdict is in [`Verdict::refusal`].

mod applies;
mod demand;
mod refusal;

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, ConditionalAccessPolicyId, UserId};
use serde::{Deserialize, Serialize};

use crate::model::{
    Authentication, ConditionalAccessPolicy, ConditionalAccessStatus, DirectoryRole, Multifactor,
    NamedLocation, PolicyState, SignInFlow,
};
use demand::Demand;

/// What the tenant of the user and the resource demands.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Its policies, in any order.
    pub policies: &'a [ConditionalAccessPolicy],
    /// The address ranges that they refer to.
    pub named_locations: &'a [NamedLocation],
    /// Whether its security defaults are on.
    pub security_defaults: bool,
    /// Whether they refuse the password grant of administrators outright;
    /// [`crate::Inferences::security_defaults_refuse_administrators`].
    pub refuses_administrators: bool,
}

/// What is known of a sign-in or renewal.
#[derive(Debug, Clone, Copy)]
pub struct SignInFacts<'a> {
    /// Who.
    pub user: UserId,
    /// Their directory roles.
    pub roles: &'a [DirectoryRole],
    /// Whether they are a guest.
    pub is_guest: bool,
    /// Whether a second factor is demanded of them whatever policies say; of a guest, whether it is
    /// in either tenant.
    pub multifactor: Multifactor,
    /// Whether they have set a second factor up, where the account is at home.
    pub is_enrolled: bool,
    /// What the token is for. Policies never look at the client.
    pub resource: ClientId,
    /// How they signed in at first. A token that the device code flow led to stays marked by it
    /// ("Conditional Access: Authentication flows", protocol tracking).
    pub flow: SignInFlow,
    /// Where the request comes from.
    pub address: IpAddr,
    /// How they proved who they are.
    pub authentication: &'a Authentication,
    /// The time.
    pub now: Timestamp,
}

/// The verdict and how each policy contributed, for the sign-in log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What the sign-in needs.
    pub verdict: Verdict,
    /// All policies of the tenant, in the order given.
    pub policies: Vec<AppliedPolicy>,
}

/// What a sign-in needs. Of several demands it is the one that comes first here: what nobody can
/// meet before what a fresh sign-in would, that before a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// These policies let nobody pass.
    Blocked {
        /// The policies.
        policies: Vec<ConditionalAccessPolicyId>,
    },
    /// Security defaults refuse this kind of sign-in.
    BlockedBySecurityDefaults,
    /// A device or an application that there is none of here.
    NeedsDevice {
        /// Which one.
        device: DeviceDemand,
        /// The policies that demand it.
        policies: Vec<ConditionalAccessPolicyId>,
    },
    /// Terms to be accepted, or a second factor of another maker.
    NeedsExternalChallenge {
        /// The policies that demand it.
        policies: Vec<ConditionalAccessPolicyId>,
    },
    /// The sign-in is too old.
    NeedsFreshSignIn {
        /// The policies that say so.
        policies: Vec<ConditionalAccessPolicyId>,
        /// When it was.
        signed_in_at: Timestamp,
        /// How old it may be.
        max_age: SignedDuration,
    },
    /// A second factor.
    NeedsSecondFactor {
        /// What the person must do.
        step: SecondFactorStep,
        /// The policies that demand it; none for security defaults and per-user MFA alone.
        policies: Vec<ConditionalAccessPolicyId>,
    },
    /// Nothing.
    Allowed,
}

/// What a person must do for a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecondFactorStep {
    /// Give it.
    Give,
    /// Give it once more, because it is too old.
    Renew,
    /// Set it up first.
    Enrol,
}

/// A device or an application that a policy demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceDemand {
    /// One of a list, or under a protection policy.
    ApprovedApplication,
    /// A device that is either compliant or joined.
    Managed,
    /// A device of the domain.
    DomainJoined,
    /// A device in order.
    Compliant,
}

/// How a policy contributed: Graph's `appliedConditionalAccessPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppliedPolicy {
    /// The policy.
    pub id: ConditionalAccessPolicyId,
    /// Its name at the time.
    pub display_name: String,
    /// How.
    pub result: PolicyResult,
}

/// Graph's `appliedConditionalAccessPolicyResult`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyResult {
    /// It concerned the sign-in, which met it.
    Success,
    /// It concerned the sign-in, which did not meet it.
    Failure,
    /// It did not concern the sign-in.
    NotApplied,
    /// It is switched off.
    NotEnabled,
    /// In report-only: [`PolicyResult::Success`].
    ReportOnlySuccess,
    /// In report-only: nothing that the person can do would have met it.
    ReportOnlyFailure,
    /// In report-only: the person would have been asked for something.
    ReportOnlyInterrupted,
    /// In report-only: [`PolicyResult::NotApplied`].
    ReportOnlyNotApplied,
}

/// Decides. Policies in report-only have no part in the verdict.
pub fn evaluate(rules: &Rules<'_>, facts: &SignInFacts<'_>) -> Evaluation {
    let mut demands = demand::beyond_policies(rules, facts);
    let mut policies = Vec::with_capacity(rules.policies.len());
    for policy in rules.policies {
        let applies = applies::applies(&policy.settings, rules.named_locations, facts);
        let of_policy = applies.then(|| demand::of_policy(&policy.settings, facts));
        policies.push(AppliedPolicy {
            id: policy.id,
            display_name: policy.settings.display_name.clone(),
            result: result(policy.settings.state, of_policy.as_deref()),
        });
        if policy.settings.state == PolicyState::Enabled {
            let of_policy = of_policy.into_iter().flatten();
            demands.extend(of_policy.map(|demand| (demand, Some(policy.id))));
        }
    }
    Evaluation {
        verdict: verdict(&demands, facts),
        policies,
    }
}

impl Evaluation {
    /// What conditional access said, in one word.
    pub fn status(&self) -> ConditionalAccessStatus {
        let any = |result| self.policies.iter().any(|policy| policy.result == result);
        if any(PolicyResult::Failure) {
            ConditionalAccessStatus::Failure
        } else if any(PolicyResult::Success) {
            ConditionalAccessStatus::Success
        } else {
            ConditionalAccessStatus::NotApplied
        }
    }
}

fn result(state: PolicyState, demands: Option<&[Demand]>) -> PolicyResult {
    let worst = demands.map(|demands| demands.iter().max());
    match (state, worst) {
        (PolicyState::Disabled, _) => PolicyResult::NotEnabled,
        (PolicyState::Enabled, None) => PolicyResult::NotApplied,
        (PolicyState::Enabled, Some(None)) => PolicyResult::Success,
        (PolicyState::Enabled, Some(Some(_))) => PolicyResult::Failure,
        (PolicyState::EnabledForReportingButNotEnforced, None) => {
            PolicyResult::ReportOnlyNotApplied
        }
        (PolicyState::EnabledForReportingButNotEnforced, Some(None)) => {
            PolicyResult::ReportOnlySuccess
        }
        (PolicyState::EnabledForReportingButNotEnforced, Some(Some(worst))) => {
            if worst.can_be_met_by_person() {
                PolicyResult::ReportOnlyInterrupted
            } else {
                PolicyResult::ReportOnlyFailure
            }
        }
    }
}

fn verdict(
    demands: &[(Demand, Option<ConditionalAccessPolicyId>)],
    facts: &SignInFacts<'_>,
) -> Verdict {
    let Some(worst) = demands.iter().map(|(demand, _)| *demand).max() else {
        return Verdict::Allowed;
    };
    let of_worst = demands.iter().filter(|(demand, _)| *demand == worst);
    let mut policies: Vec<_> = of_worst.filter_map(|(_, policy)| *policy).collect();
    // So that the verdict does not depend on the order of the policies.
    policies.sort_unstable();
    policies.dedup();
    let needs_second_factor = |step| Verdict::NeedsSecondFactor {
        step,
        policies: policies.clone(),
    };
    match worst {
        Demand::Block => Verdict::Blocked { policies },
        Demand::SecurityDefaults => Verdict::BlockedBySecurityDefaults,
        Demand::Device(device) => Verdict::NeedsDevice { device, policies },
        Demand::ExternalChallenge => Verdict::NeedsExternalChallenge { policies },
        Demand::FreshSignIn(std::cmp::Reverse(max_age)) => Verdict::NeedsFreshSignIn {
            policies,
            signed_in_at: facts.authentication.at,
            max_age,
        },
        Demand::SecondFactor if facts.is_enrolled => needs_second_factor(SecondFactorStep::Give),
        Demand::SecondFactor => needs_second_factor(SecondFactorStep::Enrol),
        Demand::RenewedSecondFactor => needs_second_factor(SecondFactorStep::Renew),
    }
}

#[cfg(test)]
mod tests;
