//! The certificates with which applications prove who they are.

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

/// A certificate cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateRejected {
    /// The bytes are none.
    #[error("it is not an X.509 certificate in DER")]
    Malformed,
    /// Its key is of another kind, or short.
    #[error("its key is not an RSA key of at least 2048 bits")]
    Key,
}

/// An X.509 certificate with an RSA key that may be registered on an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl ClientCertificate {
    /// Reads DER.
    ///
    /// # Errors
    ///
    /// [`CertificateRejected`] when it is no certificate, or one of another kind of key.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRejected> {
        let malformed = CertificateRejected::Malformed;
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| malformed)?;
        if !rest.is_empty() {
            return Err(malformed);
        }
        let validity = certificate.validity();
        let instant = |seconds: i64| {
            Timestamp::from_second(seconds).map_err(|_| CertificateRejected::Malformed)
        };
        let public_key = certificate.public_key().raw.to_vec();
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public_key)
            .map_err(|_| CertificateRejected::Key)?;
        Ok(Self {
            not_before: instant(validity.not_before.timestamp())?,
            not_after: instant(validity.not_after.timestamp())?,
            der: der.to_vec(),
            public_key,
        })
    }

    /// The certificate itself.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// From when on it is valid.
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Until when it is valid.
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The SHA-1 thumbprint in upper-case hexadecimal digits, as the portal shows it.
    pub fn thumbprint(&self) -> String {
        hexadecimal(&Sha1::digest(&self.der))
    }

    /// Whether a header's `x5t` names it (RFC 7515 §4.1.7).
    pub(crate) fn has_sha1(&self, x5t: &str) -> bool {
        URL_SAFE_NO_PAD.encode(Sha1::digest(&self.der)) == x5t.trim_end_matches('=')
    }

    /// Whether a header's `x5t#S256` names it (RFC 7515 §4.1.8).
    pub(crate) fn has_sha256(&self, x5t: &str) -> bool {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.der)) == x5t.trim_end_matches('=')
    }

    /// Whether this signature is its key's.
    pub(crate) fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        let key = match algorithm {
            Algorithm::Rs256 => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key),
            Algorithm::Ps256 => ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &self.public_key),
        };
        key.is_ok_and(|key| key.verify_sig(signed, signature).is_ok())
    }
}

/// How an assertion is signed (RFC 7518 §3.3, §3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Ps256,
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    #[test]
    fn a_certificate_is_read_with_its_validity() {
        let now = Timestamp::from_second(1_775_203_200).unwrap();
        let (key, _) = SigningKey::generate(now).unwrap();
        let certificate = ClientCertificate::parse(key.certificate()).unwrap();
        assert!(certificate.not_before() <= now);
        assert!(certificate.not_after() > now);
        assert_eq!(certificate.thumbprint().len(), 40);
        assert!(certificate.has_sha1(key.key_id()));
    }

    #[test]
    fn what_is_no_certificate_of_an_rsa_key_is_rejected() {
        let pair = rcgen::KeyPair::generate().unwrap();
        let elliptic = rcgen::CertificateParams::default()
            .self_signed(&pair)
            .unwrap();
        assert_eq!(
            ClientCertificate::parse(elliptic.der()),
            Err(CertificateRejected::Key)
        );
        let (key, _) = SigningKey::generate(Timestamp::UNIX_EPOCH).unwrap();
        let mut longer = key.certificate().to_vec();
        longer.push(0);
        for bytes in [&b""[..], b"garbage", &longer] {
            assert_eq!(
                ClientCertificate::parse(bytes),
                Err(CertificateRejected::Malformed)
            );
        }
    }
}
