//! RSA keys with their certificates, and the set that is published.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use lcs_types::SealBroken;
use lcs_wire::entra::{JsonWebKey, JsonWebKeySet};
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

/// A key cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key material is no RSA key that may sign here.
    #[error("the key material is not an RSA key of 2048 bits: {reason}")]
    Rejected {
        /// What the crypto library says.
        reason: String,
    },
    /// The certificate cannot be made.
    #[error("could not make the certificate of a signing key")]
    Certificate(#[source] rcgen::Error),
    /// The stored key does not open.
    #[error("the signing key {key_id} cannot be opened")]
    Sealed {
        /// The key's id.
        key_id: String,
        /// Why.
        #[source]
        source: SealBroken,
    },
}

fn rejected(reason: impl fmt::Display) -> KeyError {
    KeyError::Rejected {
        reason: reason.to_string(),
    }
}

/// The private key as PKCS#8. Does not print; memory is overwritten on drop. What is stored is a
/// [`SealedPrivateKey`](crate::SealedPrivateKey).
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKeyBytes(Zeroizing<Vec<u8>>);

impl PrivateKeyBytes {
    /// Takes PKCS#8 bytes into safe keeping.
    pub fn new(pkcs8: Vec<u8>) -> Self {
        Self(Zeroizing::new(pkcs8))
    }

    /// The bytes. Every use should be findable and justified.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PrivateKeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKeyBytes(…)")
    }
}

/// A key that signs tokens: parsed once and kept, because parsing costs as much as signing.
pub struct SigningKey {
    key_id: String,
    pair: KeyPair,
    certificate: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Makes an RSA key of 2048 bits and a certificate that starts at `now`.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the crypto library cannot make one.
    pub fn generate(now: Timestamp) -> Result<(Self, PrivateKeyBytes), KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(rejected)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(rejected)?;
        let private = PrivateKeyBytes::new(pkcs8.as_ref().to_vec());
        let certificate = certificate(&private, now)?;
        Ok((Self::from_parts(pair, certificate), private))
    }

    /// Reads a stored key and its certificate (DER).
    ///
    /// # Errors
    ///
    /// [`KeyError::Rejected`] when the bytes are no RSA key.
    pub fn restore(private: &PrivateKeyBytes, certificate: Vec<u8>) -> Result<Self, KeyError> {
        let pair = KeyPair::from_pkcs8(private.expose()).map_err(rejected)?;
        Ok(Self::from_parts(pair, certificate))
    }

    fn from_parts(pair: KeyPair, certificate: Vec<u8>) -> Self {
        // `kid` equals `x5t`, the SHA-1 of the certificate, at the service.
        let key_id = URL_SAFE_NO_PAD.encode(Sha1::digest(&certificate));
        Self {
            key_id,
            pair,
            certificate,
        }
    }

    /// The id that token headers name.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(crate) fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// The public half as it is published.
    pub fn json_web_key(&self, issuer: Option<&str>) -> JsonWebKey {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        JsonWebKey {
            kty: "RSA".to_owned(),
            key_use: Some("sig".to_owned()),
            kid: self.key_id.clone(),
            x5t: Some(self.key_id.clone()),
            n: number(public.modulus().big_endian_without_leading_zero()),
            e: number(public.exponent().big_endian_without_leading_zero()),
            x5c: vec![STANDARD.encode(&self.certificate)],
            issuer: issuer.map(str::to_owned),
        }
    }
}

/// A self-signed certificate of five years, as the service's keys carry.
fn certificate(private: &PrivateKeyBytes, now: Timestamp) -> Result<Vec<u8>, KeyError> {
    let der = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
        &private.expose().into(),
        &rcgen::PKCS_RSA_SHA256,
    )
    .map_err(KeyError::Certificate)?;
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(
        rcgen::DnType::CommonName,
        "accounts.accesscontrol.lcs.localhost",
    );
    let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (month, day) = (
        date.month().unsigned_abs(),
        date.day().unsigned_abs().min(28),
    );
    parameters.not_before = rcgen::date_time_ymd(i32::from(date.year()), month, day);
    parameters.not_after = rcgen::date_time_ymd(i32::from(date.year()) + 5, month, day);
    let certificate = parameters
        .self_signed(&der)
        .map_err(KeyError::Certificate)?;
    Ok(certificate.der().to_vec())
}

/// Public keys by id: what a resource server trusts.
#[derive(Debug, Default)]
pub struct KeySet {
    published: Vec<JsonWebKey>,
    parsed: Vec<(String, ParsedPublicKey)>,
}

impl KeySet {
    /// The public halves of these keys.
    ///
    /// # Errors
    ///
    /// [`KeyError::Rejected`] when a published key is no RSA key.
    pub fn new<'key>(keys: impl IntoIterator<Item = &'key SigningKey>) -> Result<Self, KeyError> {
        let published = keys.into_iter().map(|key| key.json_web_key(None)).collect();
        Self::from_json_web_keys(JsonWebKeySet { keys: published })
    }

    /// The keys of a published document; keys that are not for RSA signatures are left out.
    ///
    /// # Errors
    ///
    /// [`KeyError::Rejected`] when an RSA key in it is malformed.
    pub fn from_json_web_keys(document: JsonWebKeySet) -> Result<Self, KeyError> {
        let mut set = Self::default();
        for key in document.keys {
            if key.kty != "RSA"
                || key
                    .key_use
                    .as_deref()
                    .is_some_and(|key_use| key_use != "sig")
            {
                continue;
            }
            let number = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(rejected);
            let components = PublicKeyComponents {
                n: number(&key.n)?,
                e: number(&key.e)?,
            };
            let parsed = components
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .map_err(rejected)?;
            set.parsed.push((key.kid.clone(), parsed));
            set.published.push(key);
        }
        Ok(set)
    }

    /// The document that is published, with an issuer for each key when one is given.
    pub fn json_web_keys(&self, issuer: Option<&str>) -> JsonWebKeySet {
        let with_issuer = |key: &JsonWebKey| JsonWebKey {
            issuer: issuer.map(str::to_owned),
            ..key.clone()
        };
        JsonWebKeySet {
            keys: self.published.iter().map(with_issuer).collect(),
        }
    }

    /// Whether it has a key with this id.
    pub fn has(&self, key_id: &str) -> bool {
        self.find(key_id).is_some()
    }

    pub(crate) fn find(&self, key_id: &str) -> Option<&ParsedPublicKey> {
        self.parsed
            .iter()
            .find(|(id, _)| id == key_id)
            .map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_key_is_the_same_key() {
        let (key, private) = SigningKey::generate(Timestamp::UNIX_EPOCH).unwrap();
        let restored = SigningKey::restore(&private, key.certificate().to_vec()).unwrap();
        assert_eq!(restored.json_web_key(None), key.json_web_key(None));
        assert_eq!(key.key_id().len(), 27);
        assert_eq!(key.json_web_key(None).e, "AQAB");
    }

    #[test]
    fn what_is_no_key_is_rejected() {
        let bytes = PrivateKeyBytes::new(vec![1, 2, 3]);
        assert!(matches!(
            SigningKey::restore(&bytes, vec![]),
            Err(KeyError::Rejected { .. })
        ));
        assert_eq!(format!("{bytes:?}"), "PrivateKeyBytes(…)");
    }
}
