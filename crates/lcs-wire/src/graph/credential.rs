//! The credentials of an application: client secrets and certificates.

use lcs_types::CredentialId;
use serde::{Deserialize, Serialize};

/// A client secret as Graph shows it (`passwordCredential`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordCredential {
    /// Its id; not what is sent to the token endpoint.
    pub key_id: CredentialId,
    /// A label.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The first three characters of the secret.
    #[serde(default)]
    pub hint: Option<String>,
    /// The secret itself, in the answer that makes it and never again.
    #[serde(default)]
    pub secret_text: Option<String>,
    /// From when on it is good, RFC 3339.
    pub start_date_time: String,
    /// Until when it is good, RFC 3339.
    pub end_date_time: String,
}

impl std::fmt::Debug for PasswordCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordCredential")
            .field("key_id", &self.key_id)
            .field("display_name", &self.display_name)
            .finish_non_exhaustive()
    }
}

/// A certificate of an application (`keyCredential`), shown or sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    /// Its id; made when it is not sent.
    #[serde(default)]
    pub key_id: Option<CredentialId>,
    /// A label.
    #[serde(default)]
    pub display_name: Option<String>,
    /// `AsymmetricX509Cert`.
    #[serde(rename = "type")]
    pub key_type: String,
    /// `Verify`.
    pub usage: String,
    /// The certificate, DER in base64. Sent to register it; lists do not show it.
    #[serde(default)]
    pub key: Option<String>,
    /// The SHA-1 thumbprint, in upper-case hexadecimal digits.
    #[serde(default)]
    pub custom_key_identifier: Option<String>,
    /// From when on it is good, RFC 3339.
    #[serde(default)]
    pub start_date_time: Option<String>,
    /// Until when it is good, RFC 3339.
    #[serde(default)]
    pub end_date_time: Option<String>,
}

/// What is sent to `addPassword`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddPassword {
    /// The secret to be made; all of it may be left out.
    #[serde(default)]
    pub password_credential: NewPasswordCredential,
}

/// What may be said of a secret that is to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPasswordCredential {
    /// A label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// RFC 3339; now when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date_time: Option<String>,
    /// RFC 3339; two years after the start when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date_time: Option<String>,
}

/// What is sent to `removePassword`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemovePassword {
    /// The id of the secret.
    pub key_id: CredentialId,
}
