//! How calls of Microsoft Graph fail.

use std::time::Duration;

use lcs_signin::{HttpError, SignInError};

use crate::{
    error::{LostAnswer, Malformed},
    transport::TransportError,
};

/// A call of Microsoft Graph failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphCallError {
    /// Graph understood and said no.
    #[error("Microsoft Graph answered {status}{}: {message}", in_brackets(code))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// For example `Authorization_RequestDenied`; empty if there was none.
        code: String,
        /// Graph's text.
        message: String,
        /// The server's id of the request, for support.
        request_id: Option<String>,
        /// The client's id of the request.
        client_request_id: Option<String>,
    },
    /// 429: too many requests, for longer than is waited for.
    #[error("Microsoft Graph asks to wait before the next request (429)")]
    Throttled {
        /// How long, if it said so.
        retry_after: Option<Duration>,
    },
    /// The request may have been carried out, and its answer got lost. Reading again tells.
    #[error("the answer to the request got lost, so it may have been carried out")]
    OutcomeUnknown(#[source] LostAnswer),
    /// There was no answer.
    #[error("Microsoft Graph could not be reached")]
    Network(#[source] HttpError),
    /// The answer is not what the documentation says.
    #[error("the answer of Microsoft Graph could not be read: {0}")]
    Malformed(#[from] Malformed),
    /// The answer lacks what must be there.
    #[error("Microsoft Graph did not name {0}")]
    Missing(&'static str),
    /// No token could be had.
    #[error("no token for Microsoft Graph")]
    SignIn(#[source] SignInError),
}

impl GraphCallError {
    /// The HTTP status of a refusal.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Throttled { .. } => Some(429),
            Self::OutcomeUnknown(_)
            | Self::Network(_)
            | Self::Malformed(_)
            | Self::Missing(_)
            | Self::SignIn(_) => None,
        }
    }

    /// Whether what was to be created is there already.
    pub const fn is_conflict(&self) -> bool {
        matches!(self.status(), Some(409))
    }

    /// Whether the signed-in user lacks a right.
    pub const fn is_forbidden(&self) -> bool {
        matches!(self.status(), Some(403))
    }

    /// Whether Graph does not yet know everywhere what was created a moment ago. Observed with
    /// the service: 404, `NoBackingApplicationObject`, for service principals also a 403 that
    /// speaks of the local tenant, and 409 for changes that cross.
    pub(super) fn is_inconsistency(&self) -> bool {
        let Self::Refused {
            status,
            code,
            message,
            ..
        } = self
        else {
            return false;
        };
        match status {
            404 => true,
            400 => {
                message.contains("NoBackingApplicationObject")
                    || message.contains("does not reference a valid application object")
                    || message.contains("does not exist or one of its queried")
            }
            403 => message.contains("in the local tenant"),
            409 => code == "Directory_ConcurrencyViolation",
            _ => false,
        }
    }
}

fn in_brackets(code: &str) -> String {
    if code.is_empty() {
        String::new()
    } else {
        format!(" ({code})")
    }
}

impl From<TransportError> for GraphCallError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::SignIn(error) => Self::SignIn(error),
            TransportError::Network(error) => Self::Network(error),
            TransportError::OutcomeUnknown(lost) => Self::OutcomeUnknown(lost),
            TransportError::Throttled { retry_after } => Self::Throttled { retry_after },
        }
    }
}
