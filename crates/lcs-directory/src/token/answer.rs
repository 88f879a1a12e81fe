//! What the token and device code endpoints answer, in either generation's form.

use lcs_wire::entra::{DeviceAnswerV1, DeviceAnswerV2, TokenAnswerV1, TokenAnswerV2};
use serde::Serialize;

/// Tokens, as they are written. Holds secrets and does not print.
#[derive(Serialize)]
#[serde(untagged)]
pub enum TokenResponse {
    /// Of the v1 endpoint.
    V1(TokenAnswerV1),
    /// Of the v2 endpoint.
    V2(TokenAnswerV2),
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenResponse(…)")
    }
}

/// A new device code request, as it is written. Holds secrets and does not print.
#[derive(Serialize)]
#[serde(untagged)]
pub enum DeviceResponse {
    /// Of the v1 endpoint.
    V1(DeviceAnswerV1),
    /// Of the v2 endpoint.
    V2(DeviceAnswerV2),
}

impl std::fmt::Debug for DeviceResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceResponse(…)")
    }
}
