use super::*;

/// Whether a policy for everybody and everything with these conditions concerns the sign-in.
fn concerns(conditions: &Value, facts: &SignInFacts<'_>) -> bool {
    let policies = [policy(1, conditions, &controls("OR", &["block"]))];
    decide(&policies, facts).verdict == blocked(&[1])
}

#[test]
fn a_policy_concerns_included_users_and_role_holders_but_no_excluded_ones() {
    let roles = [DirectoryRole::ApplicationAdministrator];
    let role = roles[0].template_id();
    let password = authentication(0, None);
    let user = facts(&password);
    let administrator = SignInFacts {
        roles: &roles,
        ..user
    };
    let guest = SignInFacts {
        is_guest: true,
        ..user
    };
    let megan_out = json!({ "includeUsers": ["All"], "excludeUsers": [MEGAN] });
    let role_out = json!({ "includeUsers": ["All"], "excludeRoles": [role] });
    let guests = json!({ "includeUsers": ["GuestsOrExternalUsers"] });
    let holders = json!({ "includeRoles": [role] });
    let other = json!({ "includeUsers": [UserId::from_u128(2)] });
    let group = json!({ "includeGroups": [Uuid::from_u128(1)] });
    let cases = [
        (json!({}), user, false),
        (json!({ "includeUsers": ["None"] }), user, false),
        (json!({ "includeUsers": ["All"] }), user, true),
        (json!({ "includeUsers": [MEGAN] }), user, true),
        (other, user, false),
        (megan_out, user, false),
        (guests.clone(), user, false),
        (guests, guest, true),
        (holders.clone(), user, false),
        (holders, administrator, true),
        (role_out.clone(), user, true),
        (role_out, administrator, false),
        (group, user, false),
    ];
    for (users, facts, wanted) in cases {
        let conditions = json!({ "users": users });
        assert_eq!(concerns(&conditions, &facts), wanted, "{users} {facts:?}");
    }
}

#[test]
fn a_policy_concerns_included_resources_but_no_excluded_ones() {
    let password = authentication(0, None);
    let lcs = facts(&password);
    let graph = SignInFacts {
        resource: GRAPH_CLIENT_ID,
        ..lcs
    };
    let only_lcs = json!({ "includeApplications": [LCS_CLIENT_ID] });
    let without_lcs =
        json!({ "includeApplications": ["All"], "excludeApplications": [LCS_CLIENT_ID] });
    let cases = [
        (json!({}), lcs, false),
        (json!({ "includeApplications": ["None"] }), lcs, false),
        (only_lcs.clone(), lcs, true),
        (only_lcs, graph, false),
        (without_lcs.clone(), lcs, false),
        (without_lcs, graph, true),
    ];
    for (applications, facts, wanted) in cases {
        let conditions = json!({ "applications": applications });
        assert_eq!(concerns(&conditions, &facts), wanted, "{applications}");
    }
}

#[test]
fn a_policy_concerns_kinds_of_clients_and_flows() {
    let password = authentication(0, None);
    let with_flow = |flow| SignInFacts {
        flow,
        ..facts(&password)
    };
    let ropc = with_flow(SignInFlow::Password);
    let device = with_flow(SignInFlow::DeviceCode);
    let web = with_flow(SignInFlow::AuthorizationCode(RedirectType::Web));
    let desktop = with_flow(SignInFlow::AuthorizationCode(RedirectType::Public));
    let kinds = |kinds: &[&str]| json!({ "clientAppTypes": kinds });
    let flows = |methods| json!({ "authenticationFlows": { "transferMethods": methods } });
    let cases = [
        (kinds(&["all"]), ropc, true),
        (kinds(&["browser"]), ropc, false),
        (kinds(&["browser"]), desktop, false),
        (kinds(&["browser"]), web, true),
        (kinds(&["mobileAppsAndDesktopClients"]), ropc, true),
        (kinds(&["mobileAppsAndDesktopClients"]), web, false),
        (kinds(&["other", "exchangeActiveSync"]), ropc, false),
        (flows("deviceCodeFlow"), device, true),
        (flows("deviceCodeFlow"), desktop, false),
        (flows("authenticationTransfer"), device, false),
        (flows("none"), ropc, true),
    ];
    for (conditions, facts, wanted) in cases {
        assert_eq!(concerns(&conditions, &facts), wanted, "{conditions}");
    }
}

#[test]
fn a_policy_concerns_included_addresses_but_no_excluded_ones() {
    let password = authentication(0, None);
    let at_home = facts(&password);
    let at_office = SignInFacts {
        address: IpAddr::from([198, 51, 100, 9]),
        ..at_home
    };
    let untrusted = json!({ "includeLocations": ["All"], "excludeLocations": ["AllTrusted"] });
    let office = json!({ "includeLocations": [OFFICE] });
    let unknown = json!({ "includeLocations": [NamedLocationId::from_u128(0)] });
    let cases = [
        (json!({}), at_home, false),
        (json!({ "includeLocations": ["All"] }), at_home, true),
        (office.clone(), at_home, false),
        (office, at_office, true),
        (untrusted.clone(), at_home, true),
        (untrusted, at_office, false),
        (unknown, at_office, false),
    ];
    for (locations, facts, wanted) in cases {
        let conditions = json!({ "locations": locations });
        assert_eq!(concerns(&conditions, &facts), wanted, "{locations}");
    }
}

#[test]
fn a_condition_that_nothing_here_can_judge_is_met_by_no_sign_in() {
    let password = authentication(0, None);
    let conditions = json!({ "userRiskLevels": ["high"] });
    assert!(!concerns(&conditions, &facts(&password)));
    assert!(concerns(
        &json!({ "userRiskLevels": [] }),
        &facts(&password)
    ));
}
