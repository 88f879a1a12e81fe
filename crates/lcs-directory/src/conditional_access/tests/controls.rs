use super::*;

#[test]
fn controls_demand_what_the_sign_in_lacks() {
    let device = |device| Verdict::NeedsDevice {
        device,
        policies: vec![id(1)],
    };
    let external = || Verdict::NeedsExternalChallenge {
        policies: vec![id(1)],
    };
    let second_factor = || Verdict::NeedsSecondFactor {
        step: SecondFactorStep::Give,
        policies: vec![id(1)],
    };
    let password = authentication(0, None);
    let both = authentication(0, Some(0));
    let terms = json!({ "grantControls": { "operator": "OR", "termsOfUse": ["x"] } });
    let terms_or_mfa = json!({
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"], "termsOfUse": ["x"] }
    });
    let cases = [
        (json!({}), &password, Verdict::Allowed),
        (controls("OR", &[]), &password, Verdict::Allowed),
        (controls("OR", &["mfa"]), &password, second_factor()),
        (controls("OR", &["mfa"]), &both, Verdict::Allowed),
        (
            controls("OR", &["compliantDevice"]),
            &both,
            device(DeviceDemand::Compliant),
        ),
        (
            controls("OR", &["domainJoinedDevice"]),
            &both,
            device(DeviceDemand::DomainJoined),
        ),
        (
            controls("OR", &["approvedApplication"]),
            &both,
            device(DeviceDemand::ApprovedApplication),
        ),
        (
            controls("OR", &["compliantDevice", "domainJoinedDevice"]),
            &both,
            device(DeviceDemand::Managed),
        ),
        (
            controls("AND", &["compliantDevice", "domainJoinedDevice"]),
            &both,
            device(DeviceDemand::Compliant),
        ),
        (
            controls("OR", &["compliantDevice", "mfa"]),
            &password,
            second_factor(),
        ),
        (
            controls("OR", &["compliantDevice", "mfa"]),
            &both,
            Verdict::Allowed,
        ),
        (
            controls("AND", &["compliantDevice", "mfa"]),
            &password,
            device(DeviceDemand::Compliant),
        ),
        (
            controls("AND", &["compliantDevice", "mfa"]),
            &both,
            device(DeviceDemand::Compliant),
        ),
        (controls("OR", &["block", "mfa"]), &both, blocked(&[1])),
        (terms, &both, external()),
        (terms_or_mfa.clone(), &password, second_factor()),
        (terms_or_mfa, &both, Verdict::Allowed),
    ];
    for (controls, authentication, wanted) in cases {
        let policies = [policy(1, &json!({}), &controls)];
        assert_eq!(
            decide(&policies, &facts(authentication)).verdict,
            wanted,
            "{controls}"
        );
    }
}

#[test]
fn a_sign_in_lasts_as_long_as_the_frequency_says() {
    let hours = |value| frequency(&json!({ "value": value, "type": "hours", "isEnabled": true }));
    let every_time = frequency(&json!({ "frequencyInterval": "everyTime", "isEnabled": true }));
    let second_factor = frequency(&json!({
        "value": 1, "type": "hours", "isEnabled": true,
        "authenticationType": "secondaryAuthentication",
    }));
    let fresh = |signed_in, minutes| Verdict::NeedsFreshSignIn {
        policies: vec![id(1)],
        signed_in_at: ago(signed_in),
        max_age: SignedDuration::from_mins(minutes),
    };
    let renew = || Verdict::NeedsSecondFactor {
        step: SecondFactorStep::Renew,
        policies: vec![id(1)],
    };
    let cases = [
        (hours(1), authentication(60, None), Verdict::Allowed),
        (hours(1), authentication(61, None), fresh(61, 60)),
        (hours(1), authentication(61, Some(0)), fresh(61, 60)),
        (
            every_time.clone(),
            authentication(5, None),
            Verdict::Allowed,
        ),
        (every_time, authentication(6, None), fresh(6, 5)),
        (
            second_factor.clone(),
            authentication(600, None),
            Verdict::Allowed,
        ),
        (
            second_factor.clone(),
            authentication(600, Some(60)),
            Verdict::Allowed,
        ),
        (second_factor, authentication(600, Some(61)), renew()),
    ];
    for (controls, authentication, wanted) in cases {
        let policies = [policy(1, &json!({}), &controls)];
        let verdict = decide(&policies, &facts(&authentication)).verdict;
        assert_eq!(verdict, wanted, "{controls} {authentication:?}");
    }
}

#[test]
fn of_several_demands_the_hardest_decides_and_names_its_policies() {
    let block = |number| policy(number, &json!({}), &controls("OR", &["block"]));
    let mfa = |number| policy(number, &json!({}), &controls("OR", &["mfa"]));
    let hours = |number, hours| {
        let control = json!({ "value": hours, "type": "hours", "isEnabled": true });
        policy(number, &json!({}), &frequency(&control))
    };
    let old = authentication(600, None);
    let facts = facts(&old);
    let verdict = |policies: &[ConditionalAccessPolicy]| decide(policies, &facts).verdict;
    assert_eq!(
        verdict(&[mfa(1), block(3), hours(4, 1), block(2)]),
        blocked(&[2, 3])
    );
    let fresh = Verdict::NeedsFreshSignIn {
        policies: vec![id(3)],
        signed_in_at: ago(600),
        max_age: SignedDuration::from_hours(1),
    };
    assert_eq!(verdict(&[mfa(1), hours(2, 4), hours(3, 1)]), fresh);
    let second_factor = Verdict::NeedsSecondFactor {
        step: SecondFactorStep::Give,
        policies: vec![id(1), id(2)],
    };
    assert_eq!(verdict(&[mfa(2), mfa(1)]), second_factor);
}

#[test]
fn report_only_and_disabled_policies_say_what_they_would_do_and_do_nothing() {
    let with_state = |number, state: &str, mut controls: Value| {
        controls["state"] = json!(state);
        policy(number, &json!({}), &controls)
    };
    let report = "enabledForReportingButNotEnforced";
    let elsewhere = json!({ "users": {} });
    let policies = [
        with_state(1, report, controls("OR", &["block"])),
        with_state(2, report, controls("OR", &["mfa"])),
        with_state(3, report, json!({})),
        policy(4, &elsewhere, &json!({ "state": report })),
        with_state(5, "disabled", controls("OR", &["block"])),
        policy(6, &elsewhere, &controls("OR", &["block"])),
    ];
    let password = authentication(0, None);
    let evaluation = decide(&policies, &facts(&password));
    assert_eq!(evaluation.verdict, Verdict::Allowed);
    assert_eq!(evaluation.status(), ConditionalAccessStatus::NotApplied);
    let results: Vec<_> = evaluation
        .policies
        .iter()
        .map(|policy| policy.result)
        .collect();
    assert_eq!(
        results,
        [
            PolicyResult::ReportOnlyFailure,
            PolicyResult::ReportOnlyInterrupted,
            PolicyResult::ReportOnlySuccess,
            PolicyResult::ReportOnlyNotApplied,
            PolicyResult::NotEnabled,
            PolicyResult::NotApplied,
        ]
    );
    let mfa = [policy(1, &json!({}), &controls("OR", &["mfa"]))];
    let failed = decide(&mfa, &facts(&password));
    assert_eq!(failed.policies[0].result, PolicyResult::Failure);
    assert_eq!(failed.status(), ConditionalAccessStatus::Failure);
    let both = authentication(0, Some(0));
    let met = decide(&mfa, &facts(&both));
    assert_eq!(met.policies[0].result, PolicyResult::Success);
    assert_eq!(met.status(), ConditionalAccessStatus::Success);
}

#[test]
fn per_user_mfa_and_security_defaults_demand_a_second_factor_without_policies() {
    let without_policy = |step| Verdict::NeedsSecondFactor {
        step,
        policies: vec![],
    };
    let password = authentication(0, None);
    let both = authentication(600, Some(600));
    let user = facts(&password);
    let required = SignInFacts {
        multifactor: Multifactor::Required,
        ..user
    };
    let not_enrolled = |facts| SignInFacts {
        is_enrolled: false,
        ..facts
    };
    assert_eq!(decide(&[], &user).verdict, Verdict::Allowed);
    assert_eq!(
        decide(&[], &required).verdict,
        without_policy(SecondFactorStep::Give)
    );
    assert_eq!(
        decide(&[], &not_enrolled(required)).verdict,
        without_policy(SecondFactorStep::Enrol)
    );
    let has_both = SignInFacts {
        authentication: &both,
        ..required
    };
    assert_eq!(decide(&[], &has_both).verdict, Verdict::Allowed);

    let roles = [DirectoryRole::GlobalAdministrator];
    let administrator = SignInFacts {
        roles: &roles,
        ..user
    };
    let in_browser = SignInFacts {
        flow: SignInFlow::AuthorizationCode(RedirectType::Public),
        ..administrator
    };
    let cases = [
        (user, without_policy(SecondFactorStep::Give)),
        (not_enrolled(user), without_policy(SecondFactorStep::Enrol)),
        (administrator, Verdict::BlockedBySecurityDefaults),
        (in_browser, without_policy(SecondFactorStep::Give)),
        (
            SignInFacts {
                authentication: &both,
                ..in_browser
            },
            Verdict::Allowed,
        ),
    ];
    for (facts, wanted) in cases {
        assert_eq!(decide_with_security_defaults(&facts), wanted, "{facts:?}");
    }
}
