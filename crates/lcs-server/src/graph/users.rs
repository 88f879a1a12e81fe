//! `/v1.0/me` and `/v1.0/users`.

use axum::{
    Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use lcs_directory::graph::UserKey;

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

pub(super) fn key(text: &str) -> Option<UserKey> {
    match (text.parse(), text.parse()) {
        (Ok(id), _) => Some(UserKey::Id(id)),
        (Err(_), Ok(name)) => Some(UserKey::Name(name)),
        (Err(_), Err(_)) => None,
    }
}

/// `POST /v1.0/me/revokeSignInSessions`.
pub(crate) async fn revoke_own_sessions(call: Call) -> Result<Response, Answered> {
    let user = call.caller.user;
    revoke(&call, &UserKey::Id(user)).await
}

/// `POST /v1.0/users/{id or sign-in name}/revokeSignInSessions`.
pub(crate) async fn revoke_sessions(
    call: Call,
    Path(text): Path<String>,
) -> Result<Response, Answered> {
    let key = match (text.parse(), text.parse()) {
        (Ok(id), _) => UserKey::Id(id),
        (Err(_), Ok(name)) => UserKey::Name(name),
        (Err(_), Err(_)) => return Err(call.not_found(&text)),
    };
    revoke(&call, &key).await
}

async fn revoke(call: &Call, key: &UserKey) -> Result<Response, Answered> {
    let result = call
        .services
        .directory
        .revoke_sessions(&call.caller, key)
        .await;
    call.succeeded(result)?;
    Ok(Json(serde_json::json!({ "value": true })).into_response())
}
