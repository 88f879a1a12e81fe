//! `/v1.0/applications/{id}/owners`.

use axum::{body::Bytes, extract::Path, response::Response};
use lcs_types::UserId;
use serde::Deserialize;

use super::{applications, call::Call, collections::OWNERS};
use crate::answered::Answered;

/// `GET /v1.0/applications/{id}/owners`.
pub(crate) async fn list(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = applications::key(&text).ok_or_else(|| call.not_found(&text))?;
    let directory = &call.services.directory;
    let result = directory.list_owners(&call.caller, &key).await;
    call.list(OWNERS, result)
}

/// A reference to an object by its URL.
#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "@odata.id")]
    url: String,
}

/// `POST /v1.0/applications/{id}/owners/$ref`.
pub(crate) async fn add(
    call: Call,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = applications::key(&text).ok_or_else(|| call.not_found(&text))?;
    let reference: Reference = call.body(&body)?;
    // The last segment of `…/directoryObjects/{id}` or `…/users/{id}`.
    let id = reference.url.rsplit('/').next().unwrap_or_default();
    let owner: UserId = id.parse().map_err(|_| call.not_found(id))?;
    let directory = &call.services.directory;
    let result = directory.add_owner(&call.caller, &key, owner).await;
    call.no_content(result)
}

/// `DELETE /v1.0/applications/{id}/owners/{user}/$ref`.
pub(crate) async fn remove(
    call: Call,
    Path((text, owner)): Path<(String, String)>,
) -> Result<Response, Answered> {
    let key = applications::key(&text).ok_or_else(|| call.not_found(&text))?;
    let owner: UserId = owner.parse().map_err(|_| call.not_found(&owner))?;
    let directory = &call.services.directory;
    let result = directory.remove_owner(&call.caller, &key, owner).await;
    call.no_content(result)
}
