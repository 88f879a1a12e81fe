//! `/v1.0/me` and `/v1.0/users`.

use axum::{
    Json,
    body::Bytes,
    extract::Path,
    response::{IntoResponse, Response},
};
use lcs_directory::graph::{GraphFailed, UserKey};
use lcs_wire::graph::UserPatch;

use super::{call::Call, collections::USERS};
use crate::answered::Answered;

/// `GET /v1.0/me`.
pub(crate) async fn me(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.me(&call.caller).await;
    call.object(USERS, result)
}

/// `GET /v1.0/users`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.list_users(&call.caller).await;
    call.list(USERS, result)
}

/// `GET /v1.0/users/{id or sign-in name}`.
pub(crate) async fn get(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let result = call.services.directory.user(&call.caller, &key).await;
    call.object(USERS, result)
}

/// `POST /v1.0/users`.
pub(crate) async fn create(call: Call, body: Bytes) -> Result<Response, Answered> {
    let new: UserPatch = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory.create_user(&call.caller, &new).await;
    call.created(USERS, result)
}

/// `PATCH /v1.0/users/{id or sign-in name}`.
pub(crate) async fn update(
    call: Call,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let patch: UserPatch = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory.update_user(&call.caller, &key, &patch).await;
    call.no_content(result)
}

/// `DELETE /v1.0/users/{id or sign-in name}`.
pub(crate) async fn remove(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let directory = &call.services.directory;
    let result = directory.delete_user(&call.caller, &key).await;
    call.no_content(result)
}

pub(super) fn key(text: &str) -> Option<UserKey> {
    match (text.parse(), text.parse()) {
        (Ok(id), _) => Some(UserKey::Id(id)),
        (Err(_), Ok(name)) => Some(UserKey::Name(name)),
        (Err(_), Err(_)) => None,
    }
}

/// `POST /v1.0/me/revokeSignInSessions`.
pub(crate) async fn revoke_own_sessions(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.revoke_own_sessions(&call.caller).await;
    revoked(&call, result)
}

/// `POST /v1.0/users/{id or sign-in name}/revokeSignInSessions`.
pub(crate) async fn revoke_sessions(
    call: Call,
    Path(text): Path<String>,
) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let directory = &call.services.directory;
    let result = directory.revoke_sessions(&call.caller, &key).await;
    revoked(&call, result)
}

fn revoked(call: &Call, result: Result<(), GraphFailed>) -> Result<Response, Answered> {
    call.succeeded(result)?;
    Ok(Json(serde_json::json!({ "value": true })).into_response())
}
