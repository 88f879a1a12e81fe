//! Whether a policy concerns a sign-in at all.

use uuid::Uuid;

use super::SignInFacts;
use crate::model::{
    ConditionalAccessSettings, NamedLocation, SignInFlow,
    conditional_access::{
        ApplicationCondition, ApplicationSelector, AuthenticationFlowCondition, ClientAppType,
        LocationCondition, LocationSelector, UserCondition, UserSelector,
    },
};

/// Whether the sign-in meets every condition. One that nothing here can judge is met by none.
pub(super) fn applies(
    policy: &ConditionalAccessSettings,
    named_locations: &[NamedLocation],
    facts: &SignInFacts<'_>,
) -> bool {
    let conditions = &policy.conditions;
    let kind = ClientAppType::of_flow(facts.flow);
    let is_meant = |wanted: &ClientAppType| *wanted == ClientAppType::All || *wanted == kind;
    concerns_user(&conditions.users, facts)
        && concerns_resource(&conditions.applications, facts)
        && conditions.client_app_types.iter().any(is_meant)
        && conditions
            .authentication_flows
            .as_ref()
            .is_none_or(|flows| concerns_flow(flows, facts.flow))
        && conditions
            .locations
            .as_ref()
            .is_none_or(|locations| concerns_address(locations, named_locations, facts))
        && policy.unsupported().is_empty()
}

fn concerns_user(condition: &UserCondition, facts: &SignInFacts<'_>) -> bool {
    let is_meant = |selector: &UserSelector| match selector {
        UserSelector::All => true,
        UserSelector::None => false,
        UserSelector::GuestsOrExternalUsers => facts.is_guest,
        UserSelector::User(user) => *user == facts.user,
    };
    let holds = |role: &Uuid| {
        let held = facts.roles.iter().map(|role| role.template_id());
        held.into_iter().any(|held| held == role.to_string())
    };
    let is_included =
        condition.include_users.iter().any(is_meant) || condition.include_roles.iter().any(holds);
    let is_excluded =
        condition.exclude_users.iter().any(is_meant) || condition.exclude_roles.iter().any(holds);
    is_included && !is_excluded
}

fn concerns_resource(condition: &ApplicationCondition, facts: &SignInFacts<'_>) -> bool {
    let is_meant = |selector: &ApplicationSelector| match selector {
        ApplicationSelector::All => true,
        ApplicationSelector::None => false,
        ApplicationSelector::Application(resource) => *resource == facts.resource,
    };
    condition.include_applications.iter().any(is_meant)
        && !condition.exclude_applications.iter().any(is_meant)
}

/// A condition that names no flow is none.
fn concerns_flow(condition: &AuthenticationFlowCondition, flow: SignInFlow) -> bool {
    let methods = condition.transfer_methods;
    let names_none = !methods.device_code_flow && !methods.authentication_transfer;
    names_none || methods.device_code_flow && flow == SignInFlow::DeviceCode
}

fn concerns_address(
    condition: &LocationCondition,
    named_locations: &[NamedLocation],
    facts: &SignInFacts<'_>,
) -> bool {
    let is_inside = |is_meant: &dyn Fn(&NamedLocation) -> bool| {
        let meant = named_locations.iter().filter(|location| is_meant(location));
        meant
            .into_iter()
            .any(|location| location.contains(facts.address))
    };
    let is_meant = |selector: &LocationSelector| match selector {
        LocationSelector::All => true,
        LocationSelector::AllTrusted => is_inside(&|location| location.is_trusted),
        LocationSelector::Location(id) => is_inside(&|location| location.id == *id),
    };
    condition.include_locations.iter().any(is_meant)
        && !condition.exclude_locations.iter().any(is_meant)
}
