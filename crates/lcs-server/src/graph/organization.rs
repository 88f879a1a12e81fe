//! `/v1.0/organization`.

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::call::begin;
use crate::{context::RequestContext, state::Services};

/// `GET /v1.0/organization`: the caller's tenant.
pub(crate) async fn list(
    State(services): State<Services>,
    context: RequestContext,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = begin!(services, context, &headers);
    let result = call.services.directory.organization(&call.caller).await;
    call.list(
        "organization",
        query.as_deref(),
        result.map(|tenant| vec![tenant]),
    )
}
