//! Answers of the token and device code endpoints.

use lcs_types::Secret;
use serde::{Deserialize, Deserializer, Serialize};

/// A token answer, read from either endpoint generation: v1 prints numbers as strings.
#[derive(Debug, Deserialize)]
pub struct TokenAnswer {
    /// `Bearer`.
    pub token_type: String,
    /// The granted scopes; missing for an application's own tokens.
    #[serde(default)]
    pub scope: Option<String>,
    /// Seconds from the answer on.
    #[serde(deserialize_with = "seconds")]
    pub expires_in: i64,
    /// The access token.
    pub access_token: Secret,
    /// With `offline_access` (v2), or for every user grant (v1).
    #[serde(default)]
    pub refresh_token: Option<Secret>,
    /// With `openid`.
    #[serde(default)]
    pub id_token: Option<Secret>,
    /// Base64url of `{"uid":…,"utid":…}` when asked for.
    #[serde(default)]
    pub client_info: Option<String>,
    /// The resource, v1 only.
    #[serde(default)]
    pub resource: Option<String>,
}

/// A token answer as the v2 endpoint writes it, in the order of its fields.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the fields of the v2 answer, in its order")]
pub struct TokenAnswerV2 {
    pub token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    pub expires_in: i64,
    pub ext_expires_in: i64,
    pub access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

/// A token answer as the v1 endpoint writes it: all numbers are strings.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the fields of the v1 answer, in its order")]
pub struct TokenAnswerV1 {
    pub token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    pub expires_in: String,
    pub ext_expires_in: String,
    pub expires_on: String,
    pub not_before: String,
    pub resource: String,
    pub access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

/// The answer of the device code endpoint, from either generation.
#[derive(Debug, Deserialize)]
pub struct DeviceAuthorization {
    /// What the user types.
    pub user_code: String,
    /// What the client polls with.
    pub device_code: Secret,
    /// Where the user types it; v1 says `verification_url`.
    #[serde(alias = "verification_url")]
    pub verification_uri: String,
    /// Seconds.
    #[serde(deserialize_with = "seconds")]
    pub expires_in: i64,
    /// Seconds between polls.
    #[serde(default = "five", deserialize_with = "seconds")]
    pub interval: i64,
    /// A sentence for the user.
    #[serde(default)]
    pub message: String,
}

/// The answer of the v2 device code endpoint as it is written.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the fields of RFC 8628 §3.2, in Entra's order")]
pub struct DeviceAnswerV2 {
    pub user_code: String,
    pub device_code: String,
    pub verification_uri: String,
    pub expires_in: i64,
    pub interval: i64,
    pub message: String,
}

/// The answer of the v1 device code endpoint as it is written: numbers are strings and the page
/// is a URL.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the fields of the v1 answer, in its order")]
pub struct DeviceAnswerV1 {
    pub user_code: String,
    pub device_code: String,
    pub verification_url: String,
    pub expires_in: String,
    pub interval: String,
    pub message: String,
}

const fn five() -> i64 {
    5
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrText {
        Number(i64),
        Text(String),
    }
    match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(number) => Ok(number),
        NumberOrText::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_v2_and_from_v1() {
        for body in [
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":"CANARY"}"#,
            r#"{"token_type":"Bearer","expires_in":"3599","access_token":"CANARY"}"#,
        ] {
            let answer: TokenAnswer = serde_json::from_str(body).unwrap();
            assert_eq!(answer.expires_in, 3599);
            assert!(!format!("{answer:?}").contains("CANARY"));
        }
    }

    #[test]
    fn a_device_answer_of_v1_is_read() {
        let answer: DeviceAuthorization = serde_json::from_str(
            r#"{"user_code":"FJC3ZPQ2K","device_code":"x","verification_url":"https://a.example/",
               "expires_in":"900","interval":"5","message":"m"}"#,
        )
        .unwrap();
        assert_eq!((answer.expires_in, answer.interval), (900, 5));
    }
}
