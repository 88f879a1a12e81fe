//! `/v1.0/identity/conditionalAccess/policies`.

use axum::{body::Bytes, extract::Path, response::Response};
use lcs_types::ConditionalAccessPolicyId;

use super::{call::Call, collections::CONDITIONAL_ACCESS};
use crate::answered::Answered;

/// `GET /v1.0/identity/conditionalAccess/policies`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.list_conditional_access(&call.caller).await;
    call.list(CONDITIONAL_ACCESS, result)
}

/// `POST /v1.0/identity/conditionalAccess/policies`.
pub(crate) async fn create(call: Call, body: Bytes) -> Result<Response, Answered> {
    let settings = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory
        .create_conditional_access(&call.caller, settings)
        .await;
    call.created(CONDITIONAL_ACCESS, result)
}

/// `GET /v1.0/identity/conditionalAccess/policies/{id}`.
pub(crate) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    let key = key(&call, &id)?;
    let directory = &call.services.directory;
    let result = directory.conditional_access(&call.caller, key).await;
    call.object(CONDITIONAL_ACCESS, result)
}

/// `PATCH /v1.0/identity/conditionalAccess/policies/{id}`.
pub(crate) async fn update(
    call: Call,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&call, &id)?;
    let changes = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory
        .change_conditional_access(&call.caller, key, changes)
        .await;
    call.no_content(result)
}

/// `DELETE /v1.0/identity/conditionalAccess/policies/{id}`.
pub(crate) async fn remove(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    let key = key(&call, &id)?;
    let directory = &call.services.directory;
    let result = directory.delete_conditional_access(&call.caller, key).await;
    call.no_content(result)
}

fn key(call: &Call, text: &str) -> Result<ConditionalAccessPolicyId, Answered> {
    text.parse().map_err(|_| call.not_found(text))
}
