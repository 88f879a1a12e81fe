//! `/v1.0/applications`.

use axum::{body::Bytes, extract::Path, http::HeaderMap, response::Response};
use lcs_directory::graph::{ApplicationKey, Upserted};
use lcs_wire::graph::{AddPassword, ApplicationPatch, RemovePassword};

use super::{call::Call, collections::APPLICATIONS};
use crate::answered::Answered;

/// `GET /v1.0/applications`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call
        .services
        .directory
        .list_applications(&call.caller)
        .await;
    call.list(APPLICATIONS, result)
}

/// `POST /v1.0/applications`.
pub(crate) async fn create(call: Call, body: Bytes) -> Result<Response, Answered> {
    let new: ApplicationPatch = call.body(&body)?;
    let result = call
        .services
        .directory
        .create_application(&call.caller, &new)
        .await;
    call.created(APPLICATIONS, result)
}

/// `GET /v1.0/applications/{id}` and its key forms.
pub(crate) async fn get(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let result = call
        .services
        .directory
        .application(&call.caller, &key)
        .await;
    call.object(APPLICATIONS, result)
}

/// `PATCH /v1.0/applications/{id}`; by unique name also `Prefer: create-if-missing`.
pub(crate) async fn update(
    call: Call,
    Path(text): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let patch: ApplicationPatch = call.body(&body)?;
    let creates = headers
        .get("prefer")
        .is_some_and(|value| value == "create-if-missing");
    let directory = &call.services.directory;
    match key {
        ApplicationKey::UniqueName(name) if creates => {
            match directory
                .upsert_application(&call.caller, &name, &patch)
                .await
            {
                Ok(Upserted::Created(application)) => call.created(APPLICATIONS, Ok(application)),
                Ok(Upserted::Updated) => call.no_content(Ok(())),
                Err(error) => call.no_content(Err(error)),
            }
        }
        key => call.no_content(
            directory
                .update_application(&call.caller, &key, &patch)
                .await,
        ),
    }
}

/// `DELETE /v1.0/applications/{id}`.
pub(crate) async fn remove(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    call.no_content(
        call.services
            .directory
            .delete_application(&call.caller, &key)
            .await,
    )
}

/// `POST /v1.0/applications/{id}/addPassword`.
pub(crate) async fn add_password(
    call: Call,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let new: AddPassword = call.body(&body)?;
    let result = call
        .services
        .directory
        .add_password(&call.caller, &key, &new)
        .await;
    call.object(APPLICATIONS, result)
}

/// `POST /v1.0/applications/{id}/removePassword`.
pub(crate) async fn remove_password(
    call: Call,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let removed: RemovePassword = call.body(&body)?;
    call.no_content(
        call.services
            .directory
            .remove_password(&call.caller, &key, &removed)
            .await,
    )
}

pub(super) fn key(text: &str) -> Option<ApplicationKey> {
    if let Some(client) = text.strip_prefix("appId=") {
        return client.parse().ok().map(ApplicationKey::AppId);
    }
    if let Some(name) = text.strip_prefix("uniqueName=") {
        return Some(ApplicationKey::UniqueName(name.to_owned()));
    }
    text.parse().ok().map(ApplicationKey::Id)
}
