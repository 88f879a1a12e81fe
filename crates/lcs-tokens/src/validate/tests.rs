//! Each thing that can be wrong with a token is refused as what it is.

mod forgeries;

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    keys::SigningKey,
    mint::{TokenVersion, mint},
};

const TENANT: TenantId = TenantId::from_u128(1);
const OTHER_TENANT: TenantId = TenantId::from_u128(2);
const NOW: i64 = 1_775_203_200;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// Making a key takes long, so the tests share two.
fn keys() -> &'static (SigningKey, SigningKey) {
    static KEYS: OnceLock<(SigningKey, SigningKey)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let key = || SigningKey::generate(now()).unwrap().0;
        (key(), key())
    })
}

fn policy() -> Policy {
    let issuer = |tenant| format!("https://localhost:8443/{tenant}/");
    Policy {
        issuers: vec![
            (issuer(TENANT), TENANT),
            (issuer(OTHER_TENANT), OTHER_TENANT),
        ],
        audiences: vec!["https://lcsapi.lcs.dynamics.com".to_owned()],
        client_id: ClientId::from_u128(9),
    }
}

fn good() -> Value {
    json!({
        "iss": format!("https://localhost:8443/{TENANT}/"), "tid": TENANT, "nbf": NOW, "exp": NOW + 3600,
        "aud": "https://lcsapi.lcs.dynamics.com/", "scp": "user_impersonation"
    })
}

fn with(changes: &Value) -> Value {
    let mut claims = good();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn check(claims: &Value) -> Result<ValidatedToken, TokenRejected> {
    let token = mint(&keys().0, TokenVersion::V1, claims).unwrap();
    validate(
        token.expose(),
        &KeySet::new([&keys().0]).unwrap(),
        &policy(),
        now(),
    )
}

#[test]
fn a_good_token_is_believed_with_and_without_slash_and_by_application_id() {
    for audience in [
        "https://lcsapi.lcs.dynamics.com/",
        "https://lcsapi.lcs.dynamics.com",
        "https://LCSAPI.lcs.dynamics.com",
        "00000000-0000-0000-0000-000000000009",
    ] {
        let token = check(&with(&json!({ "aud": audience }))).unwrap();
        assert_eq!(token.tenant, TENANT);
        assert_eq!(token.scopes().collect::<Vec<_>>(), ["user_impersonation"]);
    }
}

#[test]
fn each_wrong_claim_is_refused_as_what_it_is() {
    let audience = |text: &str| TokenRejected::Audience {
        audience: text.to_owned(),
    };
    let cases = [
        (
            json!({"iss": "https://sts.windows.net/x/"}),
            TokenRejected::Issuer,
        ),
        (json!({"iss": null}), TokenRejected::Issuer),
        (json!({"tid": OTHER_TENANT}), TokenRejected::Tenant),
        (json!({"tid": null}), TokenRejected::Tenant),
        (
            json!({"aud": "https://lcsapi.eu.lcs.dynamics.com/"}),
            audience("https://lcsapi.eu.lcs.dynamics.com/"),
        ),
        (
            json!({"aud": "https://lcsapi.lcs.dynamics.com//"}),
            audience("https://lcsapi.lcs.dynamics.com//"),
        ),
        (json!({"aud": null}), audience("")),
        (
            json!({"exp": NOW - 300}),
            TokenRejected::Expired {
                expired_at: Timestamp::from_second(NOW - 300).unwrap(),
            },
        ),
        (json!({"exp": null}), TokenRejected::NoExpiry),
        (json!({"nbf": NOW + 301}), TokenRejected::NotYetValid),
    ];
    for (changes, wanted) in cases {
        assert_eq!(check(&with(&changes)).unwrap_err(), wanted, "{changes}");
    }
}

#[test]
fn clocks_may_differ_by_less_than_five_minutes() {
    assert!(check(&with(&json!({"exp": NOW - 299, "nbf": NOW + 300}))).is_ok());
}

#[test]
fn another_key_is_unknown_and_its_signature_under_our_id_is_invalid() {
    let trusted = KeySet::new([&keys().0]).unwrap();
    let foreign = mint(&keys().1, TokenVersion::V1, &good()).unwrap();
    assert_eq!(
        validate(foreign.expose(), &trusted, &policy(), now()),
        Err(TokenRejected::UnknownKey)
    );
    let ours = mint(&keys().0, TokenVersion::V1, &good()).unwrap();
    let header = ours.expose().split('.').next().unwrap();
    let rest = foreign.expose().split_once('.').unwrap().1;
    let forged = format!("{header}.{rest}");
    assert_eq!(
        validate(&forged, &trusted, &policy(), now()),
        Err(TokenRejected::Signature)
    );
}

#[test]
fn a_claim_of_another_type_is_no_such_claim() {
    let (no_audience, lcs) = (String::new(), "https://lcsapi.lcs.dynamics.com");
    for (changes, wanted) in [
        (
            json!({"exp": (NOW + 3600).to_string()}),
            TokenRejected::NoExpiry,
        ),
        (json!({"exp": 1e300}), TokenRejected::NoExpiry),
        (json!({"exp": i64::MAX}), TokenRejected::NoExpiry),
        (json!({"exp": true}), TokenRejected::NoExpiry),
        (
            json!({"aud": [lcs]}),
            TokenRejected::Audience {
                audience: no_audience,
            },
        ),
        (json!({"iss": [good()["iss"]]}), TokenRejected::Issuer),
        (json!({"tid": 1}), TokenRejected::Tenant),
    ] {
        assert_eq!(check(&with(&changes)), Err(wanted), "{changes}");
    }
}

/// Entra does not tell them apart by `typ` (RFC 9068 is not used), so their audience must.
#[test]
fn an_id_token_is_no_access_token() {
    let client = "11111111-2222-4333-8444-555555555555";
    let refused = check(&with(&json!({ "aud": client, "scp": null })));
    let audience = client.to_owned();
    assert_eq!(refused, Err(TokenRejected::Audience { audience }));
    let refused = check(&with(&json!({ "nonce": "n" })));
    assert_eq!(refused, Err(TokenRejected::IdToken));
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
        let trusted = KeySet::new([&keys().0]).unwrap();
        prop_assert!(validate(&text, &trusted, &policy(), now()).is_err());
    }

    #[test]
    fn any_changed_character_is_refused(index in 0usize..900, letter in "[A-Za-z0-9_-]") {
        let trusted = KeySet::new([&keys().0]).unwrap();
        let token = mint(&keys().0, TokenVersion::V1, &good()).unwrap();
        let mut text = token.expose().to_owned();
        let index = index % text.len();
        prop_assume!(text[index..=index] != letter);
        text.replace_range(index..=index, &letter);
        prop_assert!(validate(&text, &trusted, &policy(), now()).is_err());
    }
}
