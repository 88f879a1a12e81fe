//! The credentials of an application: client secrets and certificates.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use lcs_tokens::ClientCertificate;
use lcs_types::CredentialId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::secret_hash::SecretHash;

/// A client secret at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordCredential {
    /// Its id.
    pub key_id: CredentialId,
    /// A label.
    pub display_name: Option<String>,
    /// The first three characters of the secret.
    pub hint: String,
    /// The hash of the secret, which is random and long.
    pub hash: SecretHash,
    /// From when on it is good.
    pub start: Timestamp,
    /// Until when it is good.
    pub end: Timestamp,
}

/// A certificate of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCredential {
    /// Its id.
    pub key_id: CredentialId,
    /// A label.
    pub display_name: Option<String>,
    /// The certificate.
    pub certificate: CertificateBytes,
    /// From when on it is good.
    pub start: Timestamp,
    /// Until when it is good.
    pub end: Timestamp,
}

/// A certificate that can be read, stored as base64 of its DER.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateBytes(ClientCertificate);

impl CertificateBytes {
    /// Keeps this certificate.
    pub const fn new(certificate: ClientCertificate) -> Self {
        Self(certificate)
    }

    /// The certificate.
    pub const fn get(&self) -> &ClientCertificate {
        &self.0
    }
}

impl fmt::Debug for CertificateBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateBytes({})", self.0.thumbprint())
    }
}

impl Serialize for CertificateBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.0.der()))
    }
}

impl<'de> Deserialize<'de> for CertificateBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let der = STANDARD.decode(text).map_err(de::Error::custom)?;
        ClientCertificate::parse(&der)
            .map(Self)
            .map_err(de::Error::custom)
    }
}

/// Where a moment stands to the time in which a credential is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Currency {
    NotYet,
    Current,
    Expired,
}

impl Currency {
    pub(crate) fn at(now: Timestamp, start: Timestamp, end: Timestamp) -> Self {
        if now < start {
            Self::NotYet
        } else if now < end {
            Self::Current
        } else {
            Self::Expired
        }
    }
}
