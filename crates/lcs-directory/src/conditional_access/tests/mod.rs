mod conditions;
mod controls;
mod refusals;

use jiff::Timestamp;
use lcs_types::NamedLocationId;
use lcs_wire::well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::model::{
    IpRange, RedirectType,
    conditional_access::{
        ApplicationSelector, FrequencyUnit, GrantControl, SignInFrequency, UserSelector,
    },
};

const OFFICE: NamedLocationId = NamedLocationId::from_u128(1);
const MEGAN: UserId = UserId::from_u128(1);
const NOW: i64 = 1_800_000_000;

fn id(number: u128) -> ConditionalAccessPolicyId {
    ConditionalAccessPolicyId::from_u128(number)
}

/// An enabled policy for everybody and everything with these changes, as Graph would send them.
fn policy(number: u128, conditions: &Value, controls: &Value) -> ConditionalAccessPolicy {
    let mut json = json!({
        "id": id(number),
        "createdDateTime": "2026-01-01T00:00:00Z",
        "displayName": format!("Policy {number}"),
        "state": "enabled",
        "conditions": {
            "users": { "includeUsers": ["All"] },
            "applications": { "includeApplications": ["All"] },
        },
    });
    for (name, value) in conditions.as_object().unwrap() {
        json["conditions"][name] = value.clone();
    }
    for (name, value) in controls.as_object().unwrap() {
        json[name] = value.clone();
    }
    serde_json::from_value(json).unwrap()
}

fn controls(operator: &str, controls: &[&str]) -> Value {
    json!({ "grantControls": { "operator": operator, "builtInControls": controls } })
}

fn frequency(control: &Value) -> Value {
    json!({ "sessionControls": { "signInFrequency": control } })
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

/// Who signed in this many minutes ago by password and, if so, by second factor.
fn authentication(minutes: i64, second_factor: Option<i64>) -> Authentication {
    let password = Authentication::by_password(ago(minutes), Uuid::nil());
    match second_factor {
        None => password,
        Some(minutes) => password.with_one_time_code(ago(minutes)),
    }
}

/// An ordinary user who just gave the password to a command line tool for LCS.
fn facts(authentication: &Authentication) -> SignInFacts<'_> {
    SignInFacts {
        user: MEGAN,
        roles: &[],
        is_guest: false,
        multifactor: Multifactor::NotRequired,
        is_enrolled: true,
        resource: LCS_CLIENT_ID,
        flow: SignInFlow::Password,
        address: IpAddr::from([203, 0, 113, 7]),
        authentication,
        now: now(),
    }
}

fn office() -> NamedLocation {
    NamedLocation {
        id: OFFICE,
        display_name: "Office".to_owned(),
        is_trusted: true,
        ip_ranges: vec![IpRange("198.51.100.0/24".parse().unwrap())],
    }
}

fn decide(policies: &[ConditionalAccessPolicy], facts: &SignInFacts<'_>) -> Evaluation {
    let rules = Rules {
        policies,
        named_locations: &[office()],
        security_defaults: false,
        refuses_administrators: true,
    };
    evaluate(&rules, facts)
}

fn decide_with_security_defaults(facts: &SignInFacts<'_>) -> Verdict {
    let rules = Rules {
        policies: &[],
        named_locations: &[],
        security_defaults: true,
        refuses_administrators: true,
    };
    evaluate(&rules, facts).verdict
}

fn blocked(numbers: &[u128]) -> Verdict {
    Verdict::Blocked {
        policies: numbers.iter().copied().map(id).collect(),
    }
}
prop_compose! {
    fn any_policy()(
        number in 1u128..6,
        state in prop::sample::select(vec![
            PolicyState::Enabled,
            PolicyState::Disabled,
            PolicyState::EnabledForReportingButNotEnforced,
        ]),
        is_for_user: bool,
        is_for_resource: bool,
        control in prop::sample::select(vec![
            GrantControl::Block,
            GrantControl::Mfa,
            GrantControl::CompliantDevice,
            GrantControl::DomainJoinedDevice,
        ]),
        hours in prop::option::of(1u32..48),
    ) -> ConditionalAccessPolicy {
        let mut policy = policy(number, &json!({}), &controls("OR", &[]));
        let settings = &mut policy.settings;
        settings.state = state;
        let user = if is_for_user { MEGAN } else { UserId::from_u128(99) };
        settings.conditions.users.include_users = vec![UserSelector::User(user)];
        let resource = if is_for_resource { LCS_CLIENT_ID } else { GRAPH_CLIENT_ID };
        settings.conditions.applications.include_applications =
            vec![ApplicationSelector::Application(resource)];
        let grant = settings.grant_controls.get_or_insert_default();
        grant.built_in_controls = vec![control];
        settings.session_controls.get_or_insert_default().sign_in_frequency =
            hours.map(|hours| SignInFrequency {
                value: Some(hours),
                unit: Some(FrequencyUnit::Hours),
                is_enabled: true,
                ..SignInFrequency::default()
            });
        policy
    }
}

proptest! {
    #[test]
    fn the_verdict_depends_neither_on_order_nor_on_policies_that_do_not_count(
        policies in prop::collection::vec(any_policy(), 0..8),
        minutes in 0i64..3_000,
        has_second_factor: bool,
    ) {
        let authentication = authentication(minutes, has_second_factor.then_some(minutes));
        let facts = facts(&authentication);
        let verdict = decide(&policies, &facts).verdict;
        let mut reversed = policies.clone();
        reversed.reverse();
        prop_assert_eq!(&decide(&reversed, &facts).verdict, &verdict);

        let enforced: Vec<_> = policies
            .iter()
            .filter(|policy| policy.settings.state == PolicyState::Enabled)
            .cloned()
            .collect();
        let evaluation = decide(&enforced, &facts);
        prop_assert_eq!(&evaluation.verdict, &verdict);
        let has_failure = evaluation.status() == ConditionalAccessStatus::Failure;
        prop_assert_eq!(has_failure, verdict != Verdict::Allowed);

        let block = policy(9, &json!({}), &controls("OR", &["block"]));
        let with_block: Vec<_> = policies.into_iter().chain([block]).collect();
        let is_blocked = matches!(decide(&with_block, &facts).verdict, Verdict::Blocked { .. });
        prop_assert!(is_blocked);
    }
}
