//! `/v1.0/oauth2PermissionGrants`.

use axum::{body::Bytes, extract::Path, response::Response};
use lcs_wire::graph::{GrantPatch, NewGrant};

use super::{call::Call, collections::GRANTS};
use crate::answered::Answered;

/// `GET /v1.0/oauth2PermissionGrants`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.list_grants(&call.caller).await;
    call.list(GRANTS, result)
}

/// `POST /v1.0/oauth2PermissionGrants`.
pub(crate) async fn create(call: Call, body: Bytes) -> Result<Response, Answered> {
    let new: NewGrant = call.body(&body)?;
    let result = call
        .services
        .directory
        .create_grant(&call.caller, &new)
        .await;
    call.created(GRANTS, result)
}

/// `GET /v1.0/oauth2PermissionGrants/{id}`.
pub(crate) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    let result = call
        .services
        .directory
        .permission_grant(&call.caller, &id)
        .await;
    call.object(GRANTS, result)
}

/// `PATCH /v1.0/oauth2PermissionGrants/{id}`.
pub(crate) async fn update(
    call: Call,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let patch: GrantPatch = call.body(&body)?;
    call.no_content(
        call.services
            .directory
            .update_grant(&call.caller, &id, &patch)
            .await,
    )
}

/// `DELETE /v1.0/oauth2PermissionGrants/{id}`.
pub(crate) async fn remove(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    call.no_content(
        call.services
            .directory
            .delete_grant(&call.caller, &id)
            .await,
    )
}
