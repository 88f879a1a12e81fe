//! Graph's error envelope.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lcs_directory::graph::{GraphFailed, GraphRefusal};
use lcs_wire::graph::{ErrorDetail, GraphError, GraphErrorBody, InnerError};

use super::query::QueryError;
use crate::{context::RequestContext, failure, state::Services};

/// Writes a refusal or a failure.
pub(super) fn write(
    services: &Services,
    context: &RequestContext,
    error: &GraphFailed,
) -> Response {
    match error {
        GraphFailed::Refused(refusal) => refused(services, context, refusal),
        GraphFailed::Failed(failed) => {
            failure::log(context, failed);
            envelope(
                services,
                context,
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerError",
                "An internal server error occurred. The operation failed.",
            )
        }
    }
}

pub(super) fn refused(
    services: &Services,
    context: &RequestContext,
    refusal: &GraphRefusal,
) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let message = refusal.to_string();
    let detail = refusal.detail().map(|code| ErrorDetail {
        code: code.to_owned(),
        message: message.clone(),
    });
    let mut response = envelope_with(
        services,
        context,
        status,
        (refusal.code(), &message),
        detail.into_iter().collect(),
    );
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"\""),
        );
    }
    response
}

/// 400 with a text of ours.
pub(super) fn bad_request(
    services: &Services,
    context: &RequestContext,
    message: &str,
) -> Response {
    envelope(
        services,
        context,
        StatusCode::BAD_REQUEST,
        "Request_BadRequest",
        message,
    )
}

/// 400 for a query that is malformed or not supported.
pub(super) fn query_refused(
    services: &Services,
    context: &RequestContext,
    error: &QueryError,
) -> Response {
    envelope(
        services,
        context,
        StatusCode::BAD_REQUEST,
        error.code(),
        &error.to_string(),
    )
}

/// A path below `/v1.0` that is no route.
pub(crate) fn unknown_segment(services: &Services, context: &RequestContext) -> Response {
    let message = "Resource not found for the segment. The local cloud serves the part of Microsoft Graph that the article's steps need.";
    envelope(
        services,
        context,
        StatusCode::BAD_REQUEST,
        "BadRequest",
        message,
    )
}

fn envelope(
    services: &Services,
    context: &RequestContext,
    status: StatusCode,
    code: &str,
    message: &str,
) -> Response {
    envelope_with(services, context, status, (code, message), Vec::new())
}

fn envelope_with(
    services: &Services,
    context: &RequestContext,
    status: StatusCode,
    (code, message): (&str, &str),
    details: Vec<ErrorDetail>,
) -> Response {
    let date = services
        .clock
        .now()
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string();
    let body = GraphError {
        error: GraphErrorBody {
            code: code.to_owned(),
            message: message.to_owned(),
            details,
            inner_error: Some(InnerError {
                date: Some(date),
                request_id: Some(context.trace_id.to_string()),
                client_request_id: Some(context.correlation_id.to_string()),
            }),
        },
    };
    (status, Json(body)).into_response()
}
