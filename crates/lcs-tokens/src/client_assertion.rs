//! Signed assertions with which applications prove who they are (RFC 7523 §2.2).
//!
//! Here an assertion is read and its signature checked; what its claims must say is the authority's
//! decision.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::client_certificate::{Algorithm, ClientCertificate, hexadecimal};

/// Far beyond any real assertion; keeps foreign bytes from costing much.
const LONGEST: usize = 32 * 1024;

/// A text is not a signed assertion of a kind that is accepted: RS256 or PS256, without extensions
/// and embedded keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signed assertion")]
pub struct AssertionMalformed;

/// An assertion whose signature is not checked yet. Does not print: until it expires it is as good as
/// a secret.
#[derive(Clone)]
pub struct ClientAssertion {
    /// What it says.
    pub claims: AssertionClaims,
    algorithm: Algorithm,
    key: NamedKey,
    signed: String,
    signature: Vec<u8>,
}

impl std::fmt::Debug for ClientAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientAssertion(…)")
    }
}

/// The claims that count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AssertionClaims {
    /// Who made it.
    pub iss: String,
    /// Whom it is about.
    pub sub: String,
    /// For whom it is.
    #[serde(deserialize_with = "one_or_several")]
    pub aud: Vec<String>,
    /// Until when it is good, in seconds since 1970.
    #[serde(deserialize_with = "numeric_date")]
    pub exp: i64,
    /// From when on it is good, in seconds since 1970.
    #[serde(default, deserialize_with = "numeric_date_option")]
    pub nbf: Option<i64>,
    /// Its own id.
    #[serde(default)]
    pub jti: Option<String>,
}

/// How the header names the key.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NamedKey {
    Sha256(String),
    Sha1(String),
    KeyId(String),
    Not,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_sha256: Option<String>,
    crit: Option<serde_json::Value>,
    jwk: Option<serde_json::Value>,
    jku: Option<serde_json::Value>,
    x5u: Option<serde_json::Value>,
}

impl ClientAssertion {
    /// Reads the compact form.
    ///
    /// # Errors
    ///
    /// [`AssertionMalformed`].
    pub fn read(text: &str) -> Result<Self, AssertionMalformed> {
        if text.len() > LONGEST {
            return Err(AssertionMalformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(AssertionMalformed)?;
        let (header, claims) = signed.split_once('.').ok_or(AssertionMalformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| AssertionMalformed);
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| AssertionMalformed)?;
        let algorithm = match header.alg.as_str() {
            "RS256" => Algorithm::Rs256,
            "PS256" => Algorithm::Ps256,
            _ => return Err(AssertionMalformed),
        };
        let extensions = [&header.crit, &header.jwk, &header.jku, &header.x5u];
        if extensions.iter().any(|extension| extension.is_some()) {
            return Err(AssertionMalformed);
        }
        let key = match (header.x5t_sha256, header.x5t, header.kid) {
            (Some(thumbprint), _, _) => NamedKey::Sha256(thumbprint),
            (None, Some(thumbprint), _) => NamedKey::Sha1(thumbprint),
            (None, None, Some(id)) => NamedKey::KeyId(id),
            (None, None, None) => NamedKey::Not,
        };
        Ok(Self {
            claims: serde_json::from_slice(&decode(claims)?).map_err(|_| AssertionMalformed)?,
            algorithm,
            key,
            signature: decode(signature)?,
            signed: signed.to_owned(),
        })
    }

    /// Whether its header names this certificate. A `kid` may be either thumbprint form, as client
    /// libraries differ.
    pub fn names(&self, certificate: &ClientCertificate) -> bool {
        match &self.key {
            NamedKey::Sha256(thumbprint) => certificate.has_sha256(thumbprint),
            NamedKey::Sha1(thumbprint) => certificate.has_sha1(thumbprint),
            NamedKey::KeyId(id) => {
                certificate.has_sha1(id) || certificate.thumbprint().eq_ignore_ascii_case(id)
            }
            NamedKey::Not => false,
        }
    }

    /// Whether the certificate's key signed it.
    pub fn is_signed_by(&self, certificate: &ClientCertificate) -> bool {
        certificate.verifies(self.algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// The thumbprint that its header names, for people: hexadecimal digits where it can be decoded.
    pub fn thumbprint(&self) -> String {
        match &self.key {
            NamedKey::Sha256(text) | NamedKey::Sha1(text) => URL_SAFE_NO_PAD
                .decode(text.trim_end_matches('='))
                .map_or_else(|_| text.clone(), |bytes| hexadecimal(&bytes)),
            NamedKey::KeyId(text) => text.clone(),
            NamedKey::Not => "none".to_owned(),
        }
    }
}

/// Whole seconds of a `NumericDate`, which may have a fraction (RFC 7519 §2); MSAL for Python's has.
fn numeric_date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    whole_seconds(&number).ok_or_else(|| serde::de::Error::custom("not an instant"))
}

fn numeric_date_option<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    numeric_date(deserializer).map(Some)
}

fn whole_seconds(number: &serde_json::Number) -> Option<i64> {
    number
        .as_i64()
        .or_else(|| format!("{:.0}", number.as_f64()?.floor()).parse().ok())
}

fn one_or_several<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrSeveral {
        One(String),
        Several(Vec<String>),
    }
    Ok(match OneOrSeveral::deserialize(deserializer)? {
        OneOrSeveral::One(text) => vec![text],
        OneOrSeveral::Several(texts) => texts,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::{
        SigningKey,
        mint::{TokenVersion, mint},
    };

    fn key() -> (SigningKey, ClientCertificate) {
        let (key, _) = SigningKey::generate(Timestamp::UNIX_EPOCH).unwrap();
        let certificate = ClientCertificate::parse(key.certificate()).unwrap();
        (key, certificate)
    }

    #[test]
    fn an_assertion_is_of_the_certificate_that_signed_it_and_of_no_other() {
        let (key, certificate) = key();
        let claims = json!({ "iss": "a", "sub": "a", "aud": ["x", "y"], "exp": 1 });
        for version in [TokenVersion::V1, TokenVersion::V2] {
            let token = mint(&key, version, &claims).unwrap();
            let assertion = ClientAssertion::read(token.expose()).unwrap();
            assert!(assertion.names(&certificate));
            assert!(assertion.is_signed_by(&certificate));
            assert_eq!(assertion.claims.aud, ["x", "y"]);
            let (_, other) = self::key();
            assert!(!assertion.names(&other));
            assert!(!assertion.is_signed_by(&other));
        }
    }

    #[test]
    fn instants_may_have_fractions() {
        let (key, _) = key();
        let read = |exp: serde_json::Value| {
            let claims = json!({ "iss": "a", "sub": "a", "aud": "x", "exp": exp, "nbf": 7.25 });
            let token = mint(&key, TokenVersion::V1, &claims).unwrap();
            ClientAssertion::read(token.expose())
        };
        let claims = read(json!(1_795_437_570.918_2)).unwrap().claims;
        assert_eq!((claims.exp, claims.nbf), (1_795_437_570, Some(7)));
        assert!(read(json!("1795437570")).is_err());
        assert!(read(json!(1e300)).is_err());
    }

    #[test]
    fn a_changed_assertion_is_not_signed() {
        let (key, certificate) = key();
        let claims = json!({ "iss": "a", "sub": "a", "aud": "x", "exp": 1 });
        let token = mint(&key, TokenVersion::V1, &claims).unwrap();
        let parts: Vec<&str> = token.expose().split('.').collect();
        let forged = json!({ "iss": "a", "sub": "a", "aud": "x", "exp": 9 }).to_string();
        let forged = format!(
            "{}.{}.{}",
            parts[0],
            URL_SAFE_NO_PAD.encode(forged),
            parts[2]
        );
        let assertion = ClientAssertion::read(&forged).unwrap();
        assert!(!assertion.is_signed_by(&certificate));
    }

    #[test]
    fn only_rs256_and_ps256_without_extensions_are_read() {
        let token = |header: serde_json::Value| {
            let claims = json!({ "iss": "a", "sub": "a", "aud": "x", "exp": 1 });
            let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.AAAA", part(&header), part(&claims))
        };
        assert!(ClientAssertion::read(&token(json!({ "alg": "PS256" }))).is_ok());
        for header in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({ "alg": "RS256", "crit": ["b64"] }),
            json!({ "alg": "RS256", "jwk": {} }),
            json!({}),
        ] {
            assert!(ClientAssertion::read(&token(header)).is_err());
        }
        assert!(ClientAssertion::read("a.b.c").is_err());
        assert!(ClientAssertion::read(&"a".repeat(LONGEST + 1)).is_err());
    }
}
