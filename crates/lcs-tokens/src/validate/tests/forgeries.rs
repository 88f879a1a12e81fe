//! Tokens that somebody else put together (RFC 8725): the header decides nothing.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding},
};
use serde_json::json;

use super::*;

/// A token with this header and good claims, signed by whatever signs the text.
fn forged(header: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    raw(&header.to_string(), &good().to_string(), sign)
}

fn raw(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// What our own key signs, in an encoding of its choice.
fn rsa(encoding: &'static dyn RsaEncoding) -> impl Fn(&[u8]) -> Vec<u8> {
    move |text| {
        let pair = keys().0.pair();
        let mut signature = vec![0; pair.public_modulus_len()];
        let random = SystemRandom::new();
        pair.sign(encoding, &random, text, &mut signature).unwrap();
        signature
    }
}

fn ours(text: &[u8]) -> Vec<u8> {
    rsa(&RSA_PKCS1_SHA256)(text)
}

fn verdict(token: &str) -> Result<ValidatedToken, TokenRejected> {
    let trusted = KeySet::new([&keys().0]).unwrap();
    validate(token, &trusted, &policy(), now())
}

fn header() -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "kid": keys().0.key_id() })
}

fn header_with(name: &str, value: Value) -> Value {
    let mut header = header();
    header[name] = value;
    header
}

#[test]
fn a_token_that_is_put_together_here_is_believed() {
    assert!(verdict(&forged(&header(), ours)).is_ok());
}

#[test]
fn no_other_algorithm_is_accepted_even_with_a_signature_that_fits_it() {
    for algorithm in [
        "none", "None", "NONE", "nOnE", "", "rs256", "RS256 ", "HS256", "RS384", "RS512", "PS256",
        "ES256", "EdDSA",
    ] {
        let header = header_with("alg", json!(algorithm));
        for token in [
            forged(&header, |_| Vec::new()),
            forged(&header, ours),
            forged(&header, rsa(&RSA_PKCS1_SHA512)),
            forged(&header, rsa(&RSA_PSS_SHA256)),
        ] {
            assert_eq!(
                verdict(&token),
                Err(TokenRejected::Algorithm),
                "{algorithm}"
            );
        }
    }
    for value in [json!(null), json!(["RS256"]), json!(256)] {
        let token = forged(&header_with("alg", value), ours);
        assert_eq!(verdict(&token), Err(TokenRejected::Malformed));
    }
}

#[test]
fn the_public_key_is_no_secret_to_sign_with() {
    let published = keys().0.json_web_key(None);
    let certificate = published.x5c[0].clone();
    let secrets = [
        keys().0.certificate().to_vec(),
        format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n")
            .into_bytes(),
        certificate.into_bytes(),
        URL_SAFE_NO_PAD.decode(&published.n).unwrap(),
        published.n.into_bytes(),
        published.kid.into_bytes(),
        Vec::new(),
    ];
    for secret in secrets {
        let sign = |text: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            hmac::sign(&key, text).as_ref().to_vec()
        };
        let declared = forged(&header_with("alg", json!("HS256")), sign);
        assert_eq!(verdict(&declared), Err(TokenRejected::Algorithm));
        let disguised = forged(&header(), sign);
        assert_eq!(verdict(&disguised), Err(TokenRejected::Signature));
    }
}

#[test]
fn a_signature_of_our_key_in_another_encoding_or_cut_is_none() {
    let cut = |text: &[u8]| ours(text)[1..].to_vec();
    let longer = |text: &[u8]| [ours(text), vec![0]].concat();
    for token in [
        forged(&header(), rsa(&RSA_PKCS1_SHA512)),
        forged(&header(), rsa(&RSA_PSS_SHA256)),
        forged(&header(), cut),
        forged(&header(), longer),
        forged(&header(), |_| Vec::new()),
        forged(&header(), |_| vec![0; 256]),
    ] {
        assert_eq!(verdict(&token), Err(TokenRejected::Signature));
    }
}

#[test]
fn a_key_that_the_token_brings_is_not_used() {
    let theirs = &keys().1;
    let sign = |text: &[u8]| {
        let mut signature = vec![0; theirs.pair().public_modulus_len()];
        let random = SystemRandom::new();
        let signed = theirs
            .pair()
            .sign(&RSA_PKCS1_SHA256, &random, text, &mut signature);
        signed.unwrap();
        signature
    };
    let embedded = serde_json::to_value(theirs.json_web_key(None)).unwrap();
    for (name, value) in [
        ("jwk", embedded.clone()),
        ("jwk", json!({})),
        ("jku", json!("https://attacker.example/keys")),
        ("x5c", embedded["x5c"].clone()),
        ("x5u", json!("https://attacker.example/certificate.pem")),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
    ] {
        for key_id in [keys().0.key_id(), theirs.key_id()] {
            let mut header = header_with(name, value.clone());
            header["kid"] = json!(key_id);
            for token in [forged(&header, sign), forged(&header, ours)] {
                let refused = verdict(&token);
                assert_eq!(refused, Err(TokenRejected::HeaderExtension), "{name}");
            }
        }
    }
}

#[test]
fn only_the_exact_id_of_a_published_key_finds_it() {
    let ours_id = keys().0.key_id();
    let long = "k".repeat(10_000);
    for key_id in [
        "",
        "../../../../dev/null",
        "file:///etc/passwd",
        "' OR '1'='1",
        "https://attacker.example/keys",
        &format!("{ours_id} "),
        &format!("{ours_id}="),
        &ours_id[..26],
        &ours_id.to_ascii_lowercase(),
        &long,
    ] {
        let token = forged(&header_with("kid", json!(key_id)), ours);
        assert_eq!(verdict(&token), Err(TokenRejected::UnknownKey), "{key_id}");
    }
    // The same value under its other name does not stand in for it.
    let token = forged(&json!({ "alg": "RS256", "x5t": ours_id }), ours);
    assert_eq!(verdict(&token), Err(TokenRejected::UnknownKey));
    let token = forged(&header_with("kid", json!(7)), ours);
    assert_eq!(verdict(&token), Err(TokenRejected::Malformed));
}

#[test]
fn a_header_that_says_something_twice_is_refused() {
    let key_id = keys().0.key_id();
    for header in [
        format!(r#"{{"alg":"none","alg":"RS256","kid":"{key_id}"}}"#),
        format!(r#"{{"alg":"RS256","alg":"none","kid":"{key_id}"}}"#),
        format!(r#"{{"alg":"RS256","\u0061lg":"none","kid":"{key_id}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"other","kid":"{key_id}"}}"#),
    ] {
        let token = raw(&header, &good().to_string(), ours);
        assert_eq!(verdict(&token), Err(TokenRejected::Malformed), "{header}");
    }
}

/// RFC 7519 §4 allows refusing them or taking the last. Nobody but the issuer can write one here.
#[test]
fn of_a_claim_that_stands_twice_the_last_counts() {
    let claims = |first: &str, last: &str| {
        let claims = with(&json!({ "aud": null })).to_string();
        let rest = claims.strip_prefix('{').unwrap();
        raw(
            &header().to_string(),
            &format!(r#"{{"aud":"{first}","aud":"{last}",{rest}"#),
            ours,
        )
    };
    let (right, wrong) = ("https://lcsapi.lcs.dynamics.com", "https://example.com");
    assert!(verdict(&claims(wrong, right)).is_ok());
    assert!(matches!(
        verdict(&claims(right, wrong)),
        Err(TokenRejected::Audience { audience }) if audience == wrong
    ));
}

#[test]
fn what_is_no_token_is_malformed() {
    let token = forged(&header(), ours);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let deep = format!("{}1{}", r#"{"a":"#.repeat(500), "}".repeat(500));
    let cases = [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        signed.to_owned(),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.AAAA"),
        format!("{signed}.{signature}="),
        format!("{signed}. {signature}"),
        format!("{signed}.+/{}", &signature[2..]),
        raw("", &good().to_string(), ours),
        raw("[]", &good().to_string(), ours),
        raw(&deep, &good().to_string(), ours),
        raw(&header().to_string(), "", ours),
        raw(&header().to_string(), "[]", ours),
        raw(&header().to_string(), "\"claims\"", ours),
        raw(&header().to_string(), &deep, ours),
        raw(&header().to_string(), "{\"tid\":\"\u{0}\"}", ours),
    ];
    for case in cases {
        let shown: String = case.chars().take(80).collect();
        assert_eq!(verdict(&case), Err(TokenRejected::Malformed), "{shown}");
    }
}

#[test]
fn a_huge_token_is_refused_before_it_is_read() {
    let padded = |length: usize| {
        let mut claims = good();
        claims["padding"] = json!("x".repeat(length));
        raw(&header().to_string(), &claims.to_string(), ours)
    };
    let fits = padded(20_000);
    assert!(fits.len() < LONGEST_TOKEN && verdict(&fits).is_ok());
    let huge = padded(40_000);
    assert!(huge.len() > LONGEST_TOKEN);
    assert_eq!(verdict(&huge), Err(TokenRejected::Malformed));
}
