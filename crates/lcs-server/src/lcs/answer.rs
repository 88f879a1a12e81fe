//! Answers of the LCS API: the envelope, and what a failure of ours looks like.

use axum::{
    Json,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use lcs_types::OperationActivityId;
use lcs_wire::lcs::Envelope;
use serde::Serialize;

use crate::{context::RequestContext, failure};

/// 200 with this body and the call's activity id as header.
pub(super) fn ok(activity: OperationActivityId, body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(value) = HeaderValue::from_str(&activity.to_string()) {
        response.headers_mut().insert("activity-id", value);
    }
    response
}

/// A business failure: 200, because the reference pages say that every authenticated call is.
pub(super) fn refused(activity: OperationActivityId, message: impl Into<String>) -> Response {
    ok(activity, Envelope::failure(activity, message))
}

/// A failure of ours: logged here, shown without its causes.
pub(super) fn failed(
    context: &RequestContext,
    activity: OperationActivityId,
    error: &dyn std::error::Error,
) -> Response {
    failure::log(context, error);
    let message = "An internal error occurred. The server's log has the cause under this id.";
    let mut response = ok(activity, Envelope::failure(activity, message));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
