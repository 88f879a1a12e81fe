use super::*;
use crate::model::LowImpactPermission;

fn permission(value: &str, by: ConsentBy) -> WantedPermission {
    WantedPermission {
        resource: ClientId::from_u128(1),
        value: value.to_owned(),
        by,
    }
}

fn facts(wanted: Wanted, granted: &[&str], person: Person) -> ConsentFacts {
    ConsentFacts {
        wanted,
        granted: granted.iter().map(|value| (*value).to_owned()).collect(),
        person,
        user_consent: UserConsent::Allowed,
        client: ClientStanding {
            requires_assignment: false,
            has_trusted_publisher: true,
        },
    }
}

#[test]
fn who_may_consent_depends_on_tenant_client_and_permission() {
    let low = UserConsent::LowImpactOnly {
        permissions: vec![LowImpactPermission {
            resource: ClientId::from_u128(1),
            value: "read".to_owned(),
        }],
    };
    let read = || permission("read", ConsentBy::User);
    let write = || permission("write", ConsentBy::User);
    let manage = || permission("manage", ConsentBy::Administrator);
    let elsewhere = || WantedPermission {
        resource: GRAPH_CLIENT_ID,
        ..read()
    };
    let files = || WantedPermission {
        resource: GRAPH_CLIENT_ID,
        ..permission("Files.Read.All", ConsentBy::User)
    };
    let files_elsewhere = || permission("Files.Read.All", ConsentBy::User);
    let (own, foreign, assigned) = ((false, true), (false, false), (true, true));
    let cases = [
        (UserConsent::Allowed, own, read(), true),
        (UserConsent::Allowed, foreign, read(), true),
        (UserConsent::Allowed, assigned, read(), false),
        (UserConsent::Allowed, own, manage(), false),
        (UserConsent::Allowed, own, files(), true),
        (UserConsent::Recommended, own, read(), true),
        (UserConsent::Recommended, foreign, read(), true),
        (UserConsent::Recommended, assigned, read(), false),
        (UserConsent::Recommended, own, manage(), false),
        (UserConsent::Recommended, own, files(), false),
        (UserConsent::Recommended, own, files_elsewhere(), true),
        (low.clone(), own, read(), true),
        (low.clone(), own, write(), false),
        (low.clone(), own, elsewhere(), false),
        (low.clone(), own, manage(), false),
        (low.clone(), foreign, read(), false),
        (low, assigned, read(), false),
        (UserConsent::Disabled, own, read(), false),
    ];
    for (user_consent, standing, permission, may) in cases {
        let (requires_assignment, has_trusted_publisher) = standing;
        let with = |wanted, person| ConsentFacts {
            user_consent: user_consent.clone(),
            client: ClientStanding {
                requires_assignment,
                has_trusted_publisher,
            },
            ..facts(wanted, &[], person)
        };
        let missing = vec![permission];
        // Static and dynamic requests are decided alike.
        for wanted in [
            Wanted::These(missing.clone()),
            Wanted::Default {
                listed: missing.clone(),
            },
        ] {
            let of_user = with(wanted.clone(), Person::User);
            let expected = if may {
                Consent::Ask(missing.clone())
            } else {
                Consent::NeedsAdministrator(missing.clone())
            };
            assert_eq!(decide(&of_user), expected, "{of_user:?}");
            let of_administrator = with(wanted, Person::Administrator);
            assert_eq!(decide(&of_administrator), Consent::Ask(missing.clone()));
        }
    }
}

#[test]
fn what_was_granted_stays_granted_when_users_may_consent_no_more() {
    let read = permission("read", ConsentBy::User);
    let disabled = ConsentFacts {
        user_consent: UserConsent::Disabled,
        ..facts(Wanted::These(vec![read]), &["read"], Person::User)
    };
    assert_eq!(decide(&disabled), Consent::Granted(vec!["read".to_owned()]));
}

#[test]
fn a_user_who_may_not_consent_learns_whether_there_is_a_form_to_ask_with() {
    assert_eq!(approval(false, None).refusal().row().code, 90_094);
    assert_eq!(approval(true, None).refusal().row().code, 90_095);
    let at = jiff::Timestamp::UNIX_EPOCH;
    assert_eq!(approval(true, Some(at)), Approval::Requested { at });
    // Switched off meanwhile.
    assert_eq!(approval(false, Some(at)), Approval::Elsewhere);
}

#[test]
fn every_case_of_the_decision() {
    let read = || permission("read", ConsentBy::User);
    let manage = || permission("manage", ConsentBy::Administrator);
    let default = |listed| Wanted::Default { listed };
    let granted = |values: &[&str]| {
        Consent::Granted(values.iter().map(|value| (*value).to_owned()).collect())
    };
    let cases = [
        // `.default` gives everything that was granted, whatever is listed.
        (
            facts(default(vec![read(), manage()]), &["z", "a"], Person::User),
            granted(&["a", "z"]),
        ),
        (
            facts(default(vec![]), &["a"], Person::User),
            granted(&["a"]),
        ),
        // Nothing granted: all that is listed must be consented to.
        (
            facts(default(vec![read()]), &[], Person::User),
            Consent::Ask(vec![read()]),
        ),
        (
            facts(default(vec![read(), manage()]), &[], Person::User),
            Consent::NeedsAdministrator(vec![read(), manage()]),
        ),
        (
            facts(default(vec![read(), manage()]), &[], Person::Administrator),
            Consent::Ask(vec![read(), manage()]),
        ),
        (
            facts(default(vec![]), &[], Person::User),
            Consent::Ask(vec![]),
        ),
        // Values give exactly themselves, and only what is missing is asked.
        (
            facts(Wanted::These(vec![read()]), &["read", "x"], Person::User),
            granted(&["read"]),
        ),
        (
            facts(
                Wanted::These(vec![read(), manage()]),
                &["manage"],
                Person::User,
            ),
            Consent::Ask(vec![read()]),
        ),
        (
            facts(
                Wanted::These(vec![read(), manage()]),
                &["read"],
                Person::User,
            ),
            Consent::NeedsAdministrator(vec![manage()]),
        ),
    ];
    for (facts, wanted) in cases {
        assert_eq!(decide(&facts), wanted, "{facts:?}");
    }
}
