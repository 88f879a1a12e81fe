//! `/v1.0/me` and `/v1.0/users`.

use axum::{extract::Path, response::Response};
use lcs_directory::graph::UserKey;

use super::call::Call;
use crate::answered::Answered;

const COLLECTION: &str = "users";

/// `GET /v1.0/me`.
pub(crate) async fn me(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.me(&call.caller).await;
    call.object(COLLECTION, result)
}

/// `GET /v1.0/users`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.list_users(&call.caller).await;
    call.list(COLLECTION, result)
}

/// `GET /v1.0/users/{id or sign-in name}`.
pub(crate) async fn get(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let result = call.services.directory.user(&call.caller, &key).await;
    call.object(COLLECTION, result)
}

pub(super) fn key(text: &str) -> Option<UserKey> {
    match (text.parse(), text.parse()) {
        (Ok(id), _) => Some(UserKey::Id(id)),
        (Err(_), Ok(name)) => Some(UserKey::Name(name)),
        (Err(_), Err(_)) => None,
    }
}
