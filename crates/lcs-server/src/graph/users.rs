//! `/v1.0/me` and `/v1.0/users`.

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_directory::graph::UserKey;

use super::call::begin;
use crate::{context::RequestContext, state::Services};

const COLLECTION: &str = "users";

/// `GET /v1.0/me`.
pub(crate) async fn me(
    State(services): State<Services>,
    context: RequestContext,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let result = call.services.directory.me(&call.caller).await;
    call.object(StatusCode::OK, COLLECTION, query.as_deref(), result)
}

/// `GET /v1.0/users`.
pub(crate) async fn list(
    State(services): State<Services>,
    context: RequestContext,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let result = call.services.directory.list_users(&call.caller).await;
    call.list(COLLECTION, query.as_deref(), result)
}

/// `GET /v1.0/users/{id or sign-in name}`.
pub(crate) async fn get(
    State(services): State<Services>,
    context: RequestContext,
    Path(text): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let key = match (text.parse(), text.parse()) {
        (Ok(id), _) => UserKey::Id(id),
        (Err(_), Ok(name)) => UserKey::Name(name),
        (Err(_), Err(_)) => return call.not_found(&text),
    };
    let result = call.services.directory.user(&call.caller, &key).await;
    call.object(StatusCode::OK, COLLECTION, query.as_deref(), result)
}
