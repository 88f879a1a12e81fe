//! `/v1.0/oauth2PermissionGrants`.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_wire::graph::{GrantPatch, NewGrant};

use super::call::{begin, body};
use crate::{context::RequestContext, state::Services};

const COLLECTION: &str = "oauth2PermissionGrants";

/// `GET /v1.0/oauth2PermissionGrants`.
pub(crate) async fn list(
    State(services): State<Services>,
    context: RequestContext,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let result = call.services.directory.list_grants(&call.caller).await;
    call.list(COLLECTION, query.as_deref(), result)
}

/// `POST /v1.0/oauth2PermissionGrants`.
pub(crate) async fn create(
    State(services): State<Services>,
    context: RequestContext,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = begin!(services, context, &headers);
    let new: NewGrant = body!(call, &body);
    let result = call
        .services
        .directory
        .create_grant(&call.caller, &new)
        .await;
    call.object(StatusCode::CREATED, COLLECTION, None, result)
}

/// `GET /v1.0/oauth2PermissionGrants/{id}`.
pub(crate) async fn get(
    State(services): State<Services>,
    context: RequestContext,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let result = call
        .services
        .directory
        .permission_grant(&call.caller, &id)
        .await;
    call.object(StatusCode::OK, COLLECTION, query.as_deref(), result)
}

/// `PATCH /v1.0/oauth2PermissionGrants/{id}`.
pub(crate) async fn update(
    State(services): State<Services>,
    context: RequestContext,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = begin!(services, context, &headers);
    let patch: GrantPatch = body!(call, &body);
    call.done(
        call.services
            .directory
            .update_grant(&call.caller, &id, &patch)
            .await,
    )
}

/// `DELETE /v1.0/oauth2PermissionGrants/{id}`.
pub(crate) async fn remove(
    State(services): State<Services>,
    context: RequestContext,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    call.done(
        call.services
            .directory
            .delete_grant(&call.caller, &id)
            .await,
    )
}
