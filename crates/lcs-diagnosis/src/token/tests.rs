use serde_json::json;

use super::*;
use crate::check::Check;

const APPLICATION: ClientId = ClientId::from_u128(1);
const NOW: i64 = 1_775_203_200;

fn expected() -> Expected {
    Expected {
        resource: Some("https://lcsapi.lcs.dynamics.com".to_owned()),
        tenant: Some("7c3d1c7a-6f0e-4a52-9a5c-2f6a3a1d9b10".to_owned()),
        client_id: Some(APPLICATION),
        now: Timestamp::from_second(NOW).unwrap(),
    }
}

/// A good token with some claims changed; `null` takes one out.
fn token(changes: &Value) -> Map<String, Value> {
    let mut claims = json!({
        "aud": "https://lcsapi.lcs.dynamics.com/",
        "iss": "https://sts.windows.net/7c3d1c7a-6f0e-4a52-9a5c-2f6a3a1d9b10/",
        "tid": "7c3d1c7a-6f0e-4a52-9a5c-2f6a3a1d9b10",
        "appid": APPLICATION.to_string(),
        "scp": "user_impersonation",
        "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3600,
    });
    let claims = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.clone(), value.clone()),
        };
    }
    claims.clone()
}

fn first(changes: &Value) -> Option<Finding> {
    findings(&token(changes), &expected()).into_iter().next()
}

#[test]
fn a_good_token_has_no_findings_in_any_spelling_of_the_audience() {
    for audience in [
        "https://lcsapi.lcs.dynamics.com/",
        "https://lcsapi.lcs.dynamics.com",
        "https://LCSAPI.lcs.dynamics.com/",
        "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0",
    ] {
        assert_eq!(first(&json!({ "aud": audience })), None, "{audience}");
    }
}

#[test]
fn a_token_of_another_region_names_both() {
    let finding = first(&json!({ "aud": "https://lcsapi.eu.lcs.dynamics.com/" })).unwrap();
    assert_eq!(
        finding,
        Finding::OtherRegion {
            wanted: Region::UnitedStates,
            found: Region::Europe
        }
    );
    assert_eq!(finding.check(), Check::Region);
}

#[test]
fn each_thing_that_lcs_refuses_is_told_from_the_others() {
    let graph = "https://graph.microsoft.com";
    for (changes, check, word) in [
        (json!({ "scp": null }), Check::Token, "application itself"),
        (
            json!({ "idtyp": "app" }),
            Check::Token,
            "application itself",
        ),
        (json!({ "scp": "User.Read" }), Check::Consent, "User.Read"),
        (json!({ "aud": graph }), Check::Token, graph),
        (json!({ "tid": "another" }), Check::Token, "issuer"),
        (json!({ "appid": "another" }), Check::Token, "another"),
        (json!({ "exp": NOW }), Check::Token, "expired"),
        (json!({ "nbf": NOW + 60 }), Check::Clock, "clock"),
        (
            json!({ "idp": "https://sts.windows.net/x/" }),
            Check::Account,
            "guest",
        ),
        (
            json!({ "aud": APPLICATION.to_string(), "scp": null, "appid": null, "nonce": "n" }),
            Check::Token,
            "id token",
        ),
    ] {
        let finding = first(&changes).unwrap_or_else(|| panic!("{changes}"));
        assert_eq!(finding.check(), check, "{changes}: {finding}");
        assert!(finding.to_string().contains(word), "{changes}: {finding}");
        assert!(!finding.remedy().is_empty());
    }
}

#[test]
fn a_token_of_another_tenant_is_told_although_it_is_consistent() {
    let tenant = "11111111-1111-4111-8111-111111111111";
    let finding = first(&json!({
        "tid": tenant, "iss": format!("https://sts.windows.net/{tenant}/"),
    }));
    assert!(matches!(finding, Some(Finding::OtherTenant { .. })));
}

#[test]
fn nothing_is_said_of_what_there_is_nothing_to_compare_with() {
    let nothing = Expected {
        resource: None,
        tenant: None,
        client_id: None,
        now: Timestamp::UNIX_EPOCH,
    };
    let claims = token(&json!({ "nbf": 0 }));
    for name in ["aud", "tid", "appid", "name", "absent"] {
        assert_eq!(verdict(name, &claims, &nothing), Verdict::None, "{name}");
    }
    assert_eq!(verdict("scp", &claims, &nothing), Verdict::Good);
}
