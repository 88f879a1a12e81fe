//! `/v1.0/policies`: what users may do by default, and security defaults.

use axum::{body::Bytes, response::Response};
use lcs_directory::graph::AuthorizationPolicyPatch;
use serde::Deserialize;

use super::{
    call::Call,
    collections::{AUTHORIZATION_POLICY, SECURITY_DEFAULTS},
};
use crate::answered::Answered;

/// `GET /v1.0/policies/authorizationPolicy`.
pub(crate) async fn authorization(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.authorization_policy(&call.caller).await;
    call.object(AUTHORIZATION_POLICY, result)
}

/// `PATCH /v1.0/policies/authorizationPolicy`.
pub(crate) async fn update_authorization(call: Call, body: Bytes) -> Result<Response, Answered> {
    let patch: AuthorizationPolicyPatch = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory.update_authorization_policy(&call.caller, &patch);
    call.no_content(result.await)
}

/// `GET /v1.0/policies/identitySecurityDefaultsEnforcementPolicy`.
pub(crate) async fn security_defaults(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.security_defaults(&call.caller).await;
    call.object(SECURITY_DEFAULTS, result)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SecurityDefaultsPatch {
    is_enabled: bool,
}

/// `PATCH /v1.0/policies/identitySecurityDefaultsEnforcementPolicy`.
pub(crate) async fn switch_security_defaults(
    call: Call,
    body: Bytes,
) -> Result<Response, Answered> {
    let patch: SecurityDefaultsPatch = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory.switch_security_defaults(&call.caller, patch.is_enabled);
    call.no_content(result.await)
}
