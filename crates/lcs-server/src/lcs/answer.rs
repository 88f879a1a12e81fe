//! Answers of the LCS API. Each family of endpoints has its own shape for failures: the envelope,
//! the asset library's bare message, the first version's message with a code.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use lcs_types::OperationActivityId;
use lcs_wire::lcs::{BoxFailure, Envelope, LegacyFailure, VERSION, VERSION_HEADER, end_of_life};
use serde::Serialize;

use crate::{context::RequestContext, failure, state::Services};

const ACTIVITY_ID: HeaderName = HeaderName::from_static("activity-id");

/// What a family of endpoints answers on failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// The envelope, with status 200.
    Envelope,
    /// `/box/…`: a message, with a status that says it.
    Box,
    /// `/environment/servicing/v1/…`: a message and a code.
    Legacy,
}

impl Family {
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with("/box/") {
            Self::Box
        } else if path.starts_with("/environment/servicing/") {
            Self::Legacy
        } else {
            Self::Envelope
        }
    }
}

/// One call of the API: what every answer to it carries.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The id of this call.
    pub(super) activity: OperationActivityId,
    family: Family,
    /// `VersionEOL`; `None` while no end is planned.
    end_of_life: Option<jiff::civil::DateTime>,
    /// The call lacks the version header, or has another version in it.
    is_unversioned: bool,
}

impl Call {
    pub(super) fn new(services: &Services, path: &str, headers: &HeaderMap) -> Self {
        Self {
            activity: OperationActivityId::random(&*services.randomness),
            family: Family::of(path),
            end_of_life: services.lcs.version_end_of_life,
            is_unversioned: !has_version(headers),
        }
    }

    /// The envelope of a success.
    pub(super) fn success(&self) -> Envelope {
        self.success_of(self.activity)
    }

    /// The envelope of a call that started an operation: its id is the one to poll.
    pub(super) fn success_of(&self, operation: OperationActivityId) -> Envelope {
        self.in_time(Envelope::success(operation))
    }

    fn in_time(&self, envelope: Envelope) -> Envelope {
        Envelope {
            version_end_of_life: end_of_life(self.end_of_life),
            ..envelope
        }
    }

    /// 200 with this body.
    pub(super) fn ok(&self, body: impl Serialize) -> Response {
        self.answer(StatusCode::OK, body)
    }

    /// 204.
    pub(super) fn no_content(&self) -> Response {
        self.with_headers(StatusCode::NO_CONTENT.into_response())
    }

    /// A business failure. In envelopes it is 200, because the reference pages say that every
    /// authenticated call is; elsewhere 400.
    pub(super) fn refused(&self, message: impl Into<String>) -> Response {
        self.failure(StatusCode::BAD_REQUEST, message.into())
    }

    /// Something that does not exist: 404 outside envelopes.
    pub(super) fn unknown(&self, message: impl Into<String>) -> Response {
        self.failure(StatusCode::NOT_FOUND, message.into())
    }

    /// A failure of ours: logged here, shown without its causes.
    pub(super) fn failed(
        &self,
        context: &RequestContext,
        error: &dyn std::error::Error,
    ) -> Response {
        failure::log(context, error);
        let message = "An internal error occurred. The server's log has the cause under this id.";
        let mut response = self.failure(StatusCode::INTERNAL_SERVER_ERROR, message.to_owned());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    }

    /// 429 without a body; the service's is not documented.
    pub(super) fn too_many(&self, wait: SignedDuration) -> Response {
        let seconds = wait.as_millis().max(1).unsigned_abs().div_ceil(1000);
        let mut response = self.with_headers(StatusCode::TOO_MANY_REQUESTS.into_response());
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }

    fn failure(&self, status: StatusCode, message: String) -> Response {
        match self.family {
            Family::Envelope => self.ok(self.in_time(Envelope::failure(self.activity, message))),
            Family::Box => self.answer(status, BoxFailure { message }),
            // The service's codes are not public.
            Family::Legacy => self.answer(
                status,
                LegacyFailure {
                    message,
                    lcs_error_code: 0,
                    activity_id: self.activity,
                },
            ),
        }
    }

    fn answer(&self, status: StatusCode, body: impl Serialize) -> Response {
        self.with_headers((status, Json(body)).into_response())
    }

    fn with_headers(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(&self.activity.to_string()) {
            headers.insert(ACTIVITY_ID, value);
        }
        if self.is_unversioned {
            // Documented as required and never enforced: a warning, RFC 7234 §5.5.7.
            headers.insert(
                header::WARNING,
                HeaderValue::from_static("299 - \"send x-ms-version: 2017-09-15\""),
            );
        }
        response
    }
}

/// The documentation prints the value in quotes, and some clients send it so.
fn has_version(headers: &HeaderMap) -> bool {
    headers
        .get(VERSION_HEADER)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_matches(['\'', '"']) == VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_known_with_and_without_quotes() {
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(VERSION_HEADER, HeaderValue::from_static(value));
            has_version(&headers)
        };
        assert!(with("2017-09-15") && with("'2017-09-15'") && with("\"2017-09-15\""));
        assert!(!with("2016-01-01") && !has_version(&HeaderMap::new()));
    }
}
