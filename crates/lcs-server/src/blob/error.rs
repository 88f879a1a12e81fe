//! Azure Storage's errors: a status, a code in a header, and XML ("Blob service error codes").

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lcs_artifacts::{ArtifactError, CommitError, SignatureRefusal};

use crate::{context::RequestContext, failure};

const ERROR_CODE: &str = "x-ms-error-code";

/// Why a request about a blob is refused.
#[derive(Debug)]
pub(super) enum BlobError {
    NotAuthenticated(SignatureRefusal),
    NoPermission,
    NotFound,
    Unsupported,
    LengthMissing,
    TooLarge,
    Md5Mismatch,
    InvalidMd5,
    InvalidHeader(&'static str),
    MissingHeader(&'static str),
    InvalidQuery(&'static str),
    InvalidBlockId,
    InvalidBlockList,
    BlockListTooLong,
    InvalidXml,
    InvalidMetadata,
    MetadataTooLarge,
    ConditionNotMet,
    AlreadyExists,
    NotModified { etag: String },
    Sealed,
    InvalidRange { length: u64 },
    BrokenOff,
    Stopped,
    Internal(ArtifactError),
}

impl From<ArtifactError> for BlobError {
    fn from(error: ArtifactError) -> Self {
        Self::Internal(error)
    }
}

impl From<CommitError> for BlobError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::UnknownBlock => Self::InvalidBlockList,
            CommitError::OtherLength => Self::InvalidBlockId,
            CommitError::Sealed => Self::Sealed,
            CommitError::File(error) => Self::Internal(error),
        }
    }
}

impl BlobError {
    /// The answer; a failure of ours is logged.
    pub(super) fn answer(&self, context: &RequestContext) -> Response {
        if let Self::Internal(error) = self {
            failure::log(context, error);
        }
        if let Self::NotModified { etag } = self {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            let headers = response.headers_mut();
            headers.insert(ERROR_CODE, HeaderValue::from_static("ConditionNotMet"));
            if let Ok(etag) = HeaderValue::from_str(etag) {
                headers.insert(header::ETAG, etag);
            }
            return response;
        }
        let (status, code, message) = self.parts();
        let mut response = storage_error(context, status, code, &message);
        if let Self::InvalidRange { length } = self
            && let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}"))
        {
            response.headers_mut().insert(header::CONTENT_RANGE, value);
        }
        response
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table: one refusal after the other"
    )]
    fn parts(&self) -> (StatusCode, &'static str, String) {
        use StatusCode as Status;
        let (status, code, message) = match self {
            Self::NotAuthenticated(refusal) => {
                let detail = match refusal {
                    SignatureRefusal::Expired => "Signature not valid in the specified time frame.",
                    SignatureRefusal::Malformed | SignatureRefusal::Wrong => {
                        "Signature did not match."
                    }
                };
                let message = format!(
                    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature. {detail}"
                );
                return (Status::FORBIDDEN, "AuthenticationFailed", message);
            }
            Self::InvalidHeader(name) | Self::MissingHeader(name) => {
                let code = match self {
                    Self::MissingHeader(_) => "MissingRequiredHeader",
                    _ => "InvalidHeaderValue",
                };
                let message =
                    format!("The value for the HTTP header {name} is missing or not valid.");
                return (Status::BAD_REQUEST, code, message);
            }
            Self::InvalidQuery(name) => {
                let message = format!("The query parameter {name} is missing or not valid.");
                return (Status::BAD_REQUEST, "InvalidQueryParameterValue", message);
            }
            Self::NoPermission => (
                Status::FORBIDDEN,
                "AuthorizationPermissionMismatch",
                "This request is not authorized to perform this operation using this permission.",
            ),
            Self::NotFound => (
                Status::NOT_FOUND,
                "BlobNotFound",
                "The specified blob does not exist.",
            ),
            Self::Unsupported => (
                Status::METHOD_NOT_ALLOWED,
                "UnsupportedHttpVerb",
                "The local cloud takes blobs to write and read, in blocks or whole, and nothing else.",
            ),
            Self::LengthMissing => (
                Status::LENGTH_REQUIRED,
                "MissingContentLengthHeader",
                "The Content-Length header was not specified.",
            ),
            Self::TooLarge => (
                Status::PAYLOAD_TOO_LARGE,
                "RequestBodyTooLarge",
                "The request body is too large and exceeds the maximum permissible limit.",
            ),
            Self::Md5Mismatch => (
                Status::BAD_REQUEST,
                "Md5Mismatch",
                "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
            ),
            Self::InvalidMd5 => (
                Status::BAD_REQUEST,
                "InvalidMd5",
                "The MD5 value specified in the request is invalid.",
            ),
            Self::InvalidBlockId => (
                Status::BAD_REQUEST,
                "InvalidBlobOrBlock",
                "The specified blob or block content is invalid.",
            ),
            Self::InvalidBlockList => (
                Status::BAD_REQUEST,
                "InvalidBlockList",
                "The specified block list is invalid.",
            ),
            Self::BlockListTooLong => (
                Status::BAD_REQUEST,
                "BlockListTooLong",
                "The block list may not contain more than 50,000 blocks.",
            ),
            Self::InvalidMetadata => (
                Status::BAD_REQUEST,
                "InvalidMetadata",
                "The specified metadata is invalid. It includes characters that are not permitted.",
            ),
            Self::MetadataTooLarge => (
                Status::BAD_REQUEST,
                "MetadataTooLarge",
                "The size of the specified metadata exceeds the maximum size permitted.",
            ),
            Self::InvalidXml => (
                Status::BAD_REQUEST,
                "InvalidXmlDocument",
                "XML specified is not syntactically valid.",
            ),
            Self::ConditionNotMet => (
                Status::PRECONDITION_FAILED,
                "ConditionNotMet",
                "The condition specified using HTTP conditional header(s) is not met.",
            ),
            Self::AlreadyExists => (
                Status::CONFLICT,
                "BlobAlreadyExists",
                "The specified blob already exists.",
            ),
            Self::NotModified { .. } => (Status::NOT_MODIFIED, "ConditionNotMet", ""),
            Self::Sealed => (
                Status::CONFLICT,
                "BlobImmutableDueToPolicy",
                "The asset of this blob was committed; it can't be changed any more.",
            ),
            Self::InvalidRange { .. } => (
                Status::RANGE_NOT_SATISFIABLE,
                "InvalidRange",
                "The range specified is invalid for the current size of the resource.",
            ),
            Self::BrokenOff => (
                Status::BAD_REQUEST,
                "IncompleteBody",
                "The request body ended before its announced length.",
            ),
            Self::Stopped | Self::Internal(_) => (
                Status::INTERNAL_SERVER_ERROR,
                "InternalError",
                "The server encountered an internal error. Please retry the request.",
            ),
        };
        (status, code, message.to_owned())
    }
}

/// Azure Storage's error body; no value in it comes from the request.
fn storage_error(
    context: &RequestContext,
    status: StatusCode,
    code: &'static str,
    message: &str,
) -> Response {
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}\nRequestId:{}</Message></Error>",
        context.trace_id
    );
    let mut response = (status, body).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    response
        .headers_mut()
        .insert(ERROR_CODE, HeaderValue::from_static(code));
    response
}
