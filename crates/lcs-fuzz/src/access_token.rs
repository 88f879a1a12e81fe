//! Tokens as a resource server gets them: what is believed was signed by the right key, with a
//! header that is allowed, for this resource and this time; a changed byte is never believed.

use std::sync::LazyLock;

use jiff::Timestamp;
use lcs_tokens::{KeySet, Policy, validate, validate::CLOCK_SKEW};
use lcs_types::{ClientId, TenantId};
use serde_json::{Map, Value};

use crate::signer::{Made, SIGNING_KEY, object, sign};

const TENANT: TenantId = TenantId::from_u128(1);
const ISSUER: &str = "https://localhost:8443/00000000-0000-0000-0000-000000000001/";
const AUDIENCE: &str = "https://lcsapi.lcs.dynamics.com";
const CLIENT: ClientId = ClientId::from_u128(9);
const NOW: i64 = 1_775_203_200;

static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::new([&*SIGNING_KEY]).expect("the fixture is an RSA key"));
static HEADER: LazyLock<String> = LazyLock::new(|| {
    let kid = SIGNING_KEY.key_id();
    format!(r#"{{"typ":"JWT","alg":"RS256","kid":"{kid}"}}"#)
});
static GOOD: LazyLock<String> = LazyLock::new(|| {
    let claims = format!(
        r#"{{"iss":"{ISSUER}","tid":"{TENANT}","aud":"{AUDIENCE}/","nbf":{NOW},"exp":{}}}"#,
        NOW + 3_600
    );
    sign(HEADER.as_bytes(), claims.as_bytes())
});

/// Makes a token of the bytes and asks whether it is believed.
///
/// # Panics
///
/// When a token is believed that must not be.
pub fn run(bytes: &[u8]) {
    let Some(made) = Made::of(bytes, &HEADER, &GOOD) else {
        return;
    };
    let policy = Policy {
        issuers: vec![(ISSUER.to_owned(), TENANT)],
        audiences: vec![AUDIENCE.to_owned()],
        client_id: CLIENT,
    };
    let now = Timestamp::from_second(NOW).expect("the instant is in range");
    let verdict = validate(made.token(), &KEYS, &policy, now);
    match (&made, verdict) {
        (_, Err(_)) => assert_ne!(made.token(), GOOD.as_str(), "the good token is refused"),
        (Made::Text(token) | Made::Damaged(token), Ok(_)) => {
            assert_eq!(token, GOOD.as_str(), "nobody signed this");
        }
        (Made::Signed { header, claims, .. }, Ok(believed)) => {
            check_header(&object(header));
            check_claims(&believed.claims);
            assert_eq!(believed.claims, object(claims));
            assert_eq!(believed.tenant, TENANT);
        }
    }
}

fn check_header(header: &Map<String, Value>) {
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header["kid"], SIGNING_KEY.key_id());
    for extension in ["crit", "jwk", "jku", "x5c", "x5u"] {
        assert!(header.get(extension).is_none_or(Value::is_null));
    }
}

fn check_claims(claims: &Map<String, Value>) {
    assert_eq!(claims["iss"], ISSUER);
    let tenant = claims["tid"].as_str().map(str::parse);
    assert_eq!(tenant, Some(Ok(TENANT)));
    let audience = claims["aud"].as_str().unwrap_or_default().to_lowercase();
    let is_name = audience.strip_suffix('/').unwrap_or(&audience) == AUDIENCE;
    assert!(is_name || audience.parse() == Ok(CLIENT));
    let (expiry, skew) = (claims["exp"].as_i64(), CLOCK_SKEW.as_secs());
    assert!(expiry.is_some_and(|expiry| expiry > NOW - skew));
    let start = claims.get("nbf").and_then(Value::as_i64);
    assert!(start.is_none_or(|start| start <= NOW + skew));
    assert!(!claims.contains_key("nonce"), "an id token");
}
