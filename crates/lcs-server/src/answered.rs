//! Answers that end a handler early.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// The answer to send instead of going on. A handler, or what it takes from the request, ends with
/// it by `?`.
#[derive(Debug)]
pub(crate) struct Answered(Box<Response>);

impl From<Response> for Answered {
    fn from(answer: Response) -> Self {
        Self(Box::new(answer))
    }
}

impl From<StatusCode> for Answered {
    fn from(status: StatusCode) -> Self {
        status.into_response().into()
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        *self.0
    }
}
