//! Assertions of clients at the token endpoint: one that is accepted was signed by the registered
//! certificate, is about this client, for this authority and this time, and counts once.

use std::sync::LazyLock;

use lcs_directory::{DirectoryError, Form};
use lcs_wire::entra::Endpoint;
use serde_json::{Map, Value};

use crate::{
    signer::{Made, SIGNING_KEY, object, sign},
    world::{CLIENT, NOW, ORIGIN, TENANT, World, ask, context},
};

const SKEW: i64 = 300;

static HEADER: LazyLock<String> = LazyLock::new(|| {
    // The key id is the SHA-1 of the certificate, as `x5t` is.
    let thumbprint = SIGNING_KEY.key_id();
    format!(r#"{{"typ":"JWT","alg":"RS256","x5t":"{thumbprint}"}}"#)
});
static GOOD: LazyLock<String> = LazyLock::new(|| {
    let claims = format!(
        r#"{{"iss":"{CLIENT}","sub":"{CLIENT}","jti":"the good one","exp":{},
            "aud":"{ORIGIN}/{TENANT}/oauth2/v2.0/token"}}"#,
        NOW + 600
    );
    sign(HEADER.as_bytes(), claims.as_bytes())
});

/// Makes an assertion of the bytes and asks for a token with it.
///
/// # Panics
///
/// When an assertion is accepted that must not be, or the directory fails.
pub fn run(bytes: &[u8]) {
    let Some(made) = Made::of(bytes, &HEADER, &GOOD) else {
        return;
    };
    ask(|world| {
        if !is_accepted(world, made.token()) {
            return;
        }
        match &made {
            Made::Text(token) | Made::Damaged(token) => {
                assert_eq!(token, GOOD.as_str(), "nobody signed this");
            }
            Made::Signed { header, claims, .. } => {
                check_header(&object(header));
                check_claims(&object(claims));
            }
        }
        assert!(!is_accepted(world, made.token()), "it counts twice");
    });
}

fn is_accepted(world: &World, assertion: &str) -> bool {
    let client = CLIENT.to_string();
    let form = Form::new([
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("scope", "https://lcsapi.lcs.dynamics.com/.default"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ]);
    let form = form.expect("each name stands once");
    let context = context(Endpoint::V2);
    let answer = world.directory.request_token(&form, &context);
    match world.runtime.block_on(answer) {
        Ok(_) => true,
        Err(DirectoryError::Refused(_)) => false,
        Err(DirectoryError::Failed(failure)) => unreachable!("the directory failed: {failure}"),
    }
}

fn check_header(header: &Map<String, Value>) {
    assert_eq!(header["alg"], "RS256", "the signature was made so");
    for extension in ["crit", "jwk", "jku", "x5u"] {
        assert!(header.get(extension).is_none_or(Value::is_null));
    }
    let names = ["x5t#S256", "x5t", "kid"];
    assert!(names.iter().any(|name| header.contains_key(*name)));
}

fn check_claims(claims: &Map<String, Value>) {
    let client = CLIENT.to_string();
    assert_eq!(claims["iss"], client);
    assert_eq!(claims["sub"], client);
    let one = std::slice::from_ref(&claims["aud"]);
    let audiences = claims["aud"].as_array().map_or(one, Vec::as_slice);
    let is_ours = |audience: &Value| {
        let audience = audience.as_str().unwrap_or_default();
        audience.starts_with(&format!("{ORIGIN}/{TENANT}"))
            || audience.starts_with(&format!("{ORIGIN}/contoso.com"))
    };
    assert!(audiences.iter().any(is_ours));
    let earliest = |name: &str| claims.get(name).and_then(Value::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "instants of our time are exact")]
    let (now, skew) = (NOW as f64, SKEW as f64);
    assert!(earliest("exp").is_some_and(|end| end > now - skew));
    assert!(earliest("nbf").is_none_or(|start| start < now + skew + 1.0));
}
