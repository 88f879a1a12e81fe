//! `/v1.0/applications`.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_directory::graph::{ApplicationKey, Upserted};
use lcs_wire::graph::ApplicationPatch;

use super::call::{begin, body};
use crate::{context::RequestContext, state::Services};

const COLLECTION: &str = "applications";

/// `GET /v1.0/applications`.
pub(crate) async fn list(
    State(services): State<Services>,
    context: RequestContext,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let result = call
        .services
        .directory
        .list_applications(&call.caller)
        .await;
    call.list(COLLECTION, query.as_deref(), result)
}

/// `POST /v1.0/applications`.
pub(crate) async fn create(
    State(services): State<Services>,
    context: RequestContext,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = begin!(services, context, &headers);
    let new: ApplicationPatch = body!(call, &body);
    let result = call
        .services
        .directory
        .create_application(&call.caller, &new)
        .await;
    call.object(StatusCode::CREATED, COLLECTION, None, result)
}

/// `GET /v1.0/applications/{id}` and its key forms.
pub(crate) async fn get(
    State(services): State<Services>,
    context: RequestContext,
    Path(text): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let Some(key) = key(&text) else {
        return call.not_found(&text);
    };
    let result = call
        .services
        .directory
        .application(&call.caller, &key)
        .await;
    call.object(StatusCode::OK, COLLECTION, query.as_deref(), result)
}

/// `PATCH /v1.0/applications/{id}`; by unique name also `Prefer: create-if-missing`.
pub(crate) async fn update(
    State(services): State<Services>,
    context: RequestContext,
    Path(text): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = begin!(services, context, &headers);
    let Some(key) = key(&text) else {
        return call.not_found(&text);
    };
    let patch: ApplicationPatch = body!(call, &body);
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
                Ok(Upserted::Created(application)) => {
                    call.object(StatusCode::CREATED, COLLECTION, None, Ok(application))
                }
                Ok(Upserted::Updated) => call.done(Ok(())),
                Err(error) => call.done(Err(error)),
            }
        }
        key => call.done(
            directory
                .update_application(&call.caller, &key, &patch)
                .await,
        ),
    }
}

/// `DELETE /v1.0/applications/{id}`.
pub(crate) async fn remove(
    State(services): State<Services>,
    context: RequestContext,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let Some(key) = key(&text) else {
        return call.not_found(&text);
    };
    call.done(
        call.services
            .directory
            .delete_application(&call.caller, &key)
            .await,
    )
}

fn key(text: &str) -> Option<ApplicationKey> {
    if let Some(client) = text.strip_prefix("appId=") {
        return client.parse().ok().map(ApplicationKey::AppId);
    }
    if let Some(name) = text.strip_prefix("uniqueName=") {
        return Some(ApplicationKey::UniqueName(name.to_owned()));
    }
    text.parse().ok().map(ApplicationKey::Id)
}
