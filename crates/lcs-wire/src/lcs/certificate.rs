//! The answer of `/environmentinfo/v1/rsatdownload`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Envelope;

/// The answer to "download the RSAT certificate".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct RsatCertificateAnswer {
    /// The certificate; null on failures. An object, where other answers have a list.
    #[serde(default)]
    pub data: Option<RsatCertificate>,
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// The certificate of an environment for the Regression suite automation tool.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct RsatCertificate {
    /// A zip with one `.pfx` and one `.cer`, base64.
    pub certificate_zip_encoded: String,
    /// The password of the `.pfx`, base64 of ASCII; new with every call. Secret.
    pub certificate_secret_encoded: String,
    /// The SHA-1 of the certificate, 40 upper-case digits.
    pub certificate_thumbprint: String,
    /// For people, see [`super::long_date`].
    #[serde(default, rename = "ExpirationDateTimeUTC")]
    pub expiration_date_time_utc: Option<String>,
    /// ISO 8601 with `Z`; the only field of the API with one.
    #[serde(default, rename = "ExpirationISODateTimeUTC")]
    pub expiration_iso_date_time_utc: Option<String>,
    /// `RSATCertificate_{environment}_{yyyyMMdd-HHmmss}.zip`.
    #[serde(default)]
    pub filename: Option<String>,
}

impl std::fmt::Debug for RsatCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RsatCertificate")
            .field("certificate_thumbprint", &self.certificate_thumbprint)
            .field("filename", &self.filename)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_password_do_not_show_in_debug_output() {
        let certificate: RsatCertificate = serde_json::from_str(
            r#"{"CertificateZipEncoded":"CANARY","CertificateSecretEncoded":"CANARY",
                "CertificateThumbprint":"AB","ExpirationDateTimeUTC":null,
                "ExpirationISODateTimeUTC":null,"Filename":"x.zip"}"#,
        )
        .unwrap();
        assert!(!format!("{certificate:?}").contains("CANARY"));
    }
}
