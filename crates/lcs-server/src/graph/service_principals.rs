//! `/v1.0/servicePrincipals`.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_directory::graph::{ServicePrincipalKey, ServicePrincipalPatch};
use lcs_wire::graph::NewServicePrincipal;

use super::call::{begin, body};
use crate::{context::RequestContext, state::Services};

const COLLECTION: &str = "servicePrincipals";

/// `GET /v1.0/servicePrincipals`.
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
        .list_service_principals(&call.caller)
        .await;
    call.list(COLLECTION, query.as_deref(), result)
}

/// `POST /v1.0/servicePrincipals`.
pub(crate) async fn create(
    State(services): State<Services>,
    context: RequestContext,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = begin!(services, context, &headers);
    let new: NewServicePrincipal = body!(call, &body);
    let result = call
        .services
        .directory
        .create_service_principal(&call.caller, &new)
        .await;
    call.object(StatusCode::CREATED, COLLECTION, None, result)
}

/// `GET /v1.0/servicePrincipals/{id}` and its key form.
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
        .service_principal(&call.caller, key)
        .await;
    call.object(StatusCode::OK, COLLECTION, query.as_deref(), result)
}

/// `PATCH /v1.0/servicePrincipals/{id}`.
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
    let patch: ServicePrincipalPatch = body!(call, &body);
    call.done(
        call.services
            .directory
            .update_service_principal(&call.caller, key, &patch)
            .await,
    )
}

/// `DELETE /v1.0/servicePrincipals/{id}`.
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
            .delete_service_principal(&call.caller, key)
            .await,
    )
}

fn key(text: &str) -> Option<ServicePrincipalKey> {
    match text.strip_prefix("appId=") {
        Some(client) => client.parse().ok().map(ServicePrincipalKey::AppId),
        None => text.parse().ok().map(ServicePrincipalKey::Id),
    }
}
