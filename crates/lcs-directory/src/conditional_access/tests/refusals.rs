use super::*;

/// The refusal's number, sub error and claims, once its text is seen to be whole.
fn told(verdict: &Verdict) -> (u32, Option<&'static str>, Option<String>) {
    let refusal = verdict.refusal(LCS_CLIENT_ID).unwrap();
    let text = refusal.text();
    assert!(!text.contains('{') && !text.contains("''"), "{text}");
    let suberror = refusal.suberror();
    (refusal.aadsts.row().code, suberror, refusal.claims)
}

#[test]
fn what_policies_demand_is_refused_with_their_ids_in_the_claims() {
    let policies = || vec![id(7), id(8)];
    let device = |device| Verdict::NeedsDevice {
        device,
        policies: policies(),
    };
    let second_factor = |step| Verdict::NeedsSecondFactor {
        step,
        policies: policies(),
    };
    let blocked = blocked(&[7, 8]);
    let external = Verdict::NeedsExternalChallenge {
        policies: policies(),
    };
    let cases = [
        (blocked, 53_003, "message_only"),
        (device(DeviceDemand::Compliant), 53_000, "message_only"),
        (device(DeviceDemand::DomainJoined), 53_001, "message_only"),
        (
            device(DeviceDemand::ApprovedApplication),
            53_002,
            "message_only",
        ),
        (device(DeviceDemand::Managed), 530_003, "message_only"),
        (external, 50_158, "basic_action"),
        (
            second_factor(SecondFactorStep::Give),
            50_076,
            "basic_action",
        ),
        (
            second_factor(SecondFactorStep::Renew),
            50_078,
            "basic_action",
        ),
        (
            second_factor(SecondFactorStep::Enrol),
            50_079,
            "basic_action",
        ),
    ];
    let claims = r#"{"access_token":{"capolids":{"essential":true,"values":["00000000-0000-0000-0000-000000000007","00000000-0000-0000-0000-000000000008"]}}}"#;
    for (verdict, code, suberror) in cases {
        let wanted = (code, Some(suberror), Some(claims.to_owned()));
        assert_eq!(told(&verdict), wanted, "{verdict:?}");
    }
}

#[test]
fn what_no_policy_demands_is_refused_without_claims() {
    let second_factor = Verdict::NeedsSecondFactor {
        step: SecondFactorStep::Give,
        policies: vec![],
    };
    assert_eq!(told(&second_factor), (50_076, Some("basic_action"), None));
    let defaults = Verdict::BlockedBySecurityDefaults;
    assert_eq!(told(&defaults), (530_035, Some("message_only"), None));
    assert_eq!(Verdict::Allowed.refusal(LCS_CLIENT_ID), None);
}

#[test]
fn a_refused_frequency_says_when_the_sign_in_was_and_how_long_it_may_last() {
    let fresh = Verdict::NeedsFreshSignIn {
        policies: vec![id(7)],
        signed_in_at: Timestamp::UNIX_EPOCH,
        max_age: SignedDuration::from_hours(4),
    };
    assert_eq!(told(&fresh), (70_043, Some("token_expired"), None));
    let text = fresh.refusal(LCS_CLIENT_ID).unwrap().text();
    assert!(
        text.contains("issued on 1970-01-01T00:00:00Z and"),
        "{text}"
    );
    assert!(text.ends_with("for this request is 14400."), "{text}");
}
