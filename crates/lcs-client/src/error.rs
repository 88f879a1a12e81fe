//! How calls of the LCS API fail.

use std::{fmt, time::Duration};

use lcs_signin::{HttpError, SignInError};
use lcs_types::OperationActivityId;

use crate::transport::TransportError;

/// A call of the LCS API failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// 401: the token was refused, a renewed one too. LCS also answers so to a user who is no
    /// member of the project.
    #[error("LCS refused the token (401){}", in_brackets(challenge.as_ref()))]
    Unauthorized {
        /// What the server says about it.
        challenge: Option<Challenge>,
    },
    /// 403: the token is good, and the user may not do this.
    #[error("LCS forbids the call (403){}", behind_colon(message.as_deref()))]
    Forbidden {
        /// What the server says about it.
        message: Option<String>,
    },
    /// 429: too many requests, for longer than is waited for.
    #[error("LCS asks to wait before the next request (429)")]
    Throttled {
        /// How long, if it said so.
        retry_after: Option<Duration>,
    },
    /// Three operations were started for this environment within 24 hours.
    #[error("LCS refused to start the operation: {message}")]
    LimitReached {
        /// The server's text.
        message: String,
        /// The id of the call, for support.
        operation_activity_id: OperationActivityId,
    },
    /// 200 and `IsSuccess: false`: LCS understood and declined.
    #[error("LCS declined: {message}")]
    Refused {
        /// The server's text.
        message: String,
        /// The id of the call, for support.
        operation_activity_id: OperationActivityId,
    },
    /// The asset library declined. It answers with a status of its own, or with 200 and no asset.
    #[error("the asset library declined: {message}")]
    AssetLibrary {
        /// The HTTP status.
        status: u16,
        /// The server's text.
        message: String,
        /// The server's id of the request, for support.
        activity_id: Option<String>,
    },
    /// The request may have been carried out, and its answer got lost. It is not repeated, since
    /// that could start a second operation; the environment's history or `lcs db status` tells.
    #[error("the answer to the request got lost, so it may have been carried out")]
    OutcomeUnknown(#[source] LostAnswer),
    /// A status that the documentation does not name.
    #[error("LCS answered with status {status}{}", behind_colon(message.as_deref()))]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// What the server says about it, if it can be told.
        message: Option<String>,
        /// The server's id of the request, for support.
        activity_id: Option<String>,
    },
    /// There was no answer.
    #[error("LCS could not be reached")]
    Network(#[source] HttpError),
    /// The answer is not what the documentation says.
    #[error("the answer of LCS could not be read: {0}")]
    Malformed(#[from] Malformed),
    /// No token could be had.
    #[error("no token for LCS")]
    SignIn(#[source] SignInError),
}

impl ApiError {
    /// Whether trying again later, without anybody doing anything, can help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. } => true,
            Self::Unexpected { status, .. } => *status >= 500,
            Self::Network(error) => error.is_transient(),
            Self::SignIn(error) => error.is_transient(),
            Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::LimitReached { .. }
            | Self::Refused { .. }
            | Self::AssetLibrary { .. }
            | Self::OutcomeUnknown(_)
            | Self::Malformed(_) => false,
        }
    }
}

/// How an answer got lost.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LostAnswer {
    /// The exchange broke off.
    #[error(transparent)]
    Network(HttpError),
    /// The server failed in the middle.
    #[error("the server failed with status {status}")]
    ServerFailed {
        /// The HTTP status.
        status: u16,
    },
    /// The server accepted, but the rest cannot be read.
    #[error(transparent)]
    Malformed(Malformed),
}

/// An answer that cannot be read. Says where, never what: answers hold signed URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not as documented (line {line}, column {column})")]
pub struct Malformed {
    /// What was to be read.
    pub what: &'static str,
    /// The line of the body.
    pub line: usize,
    /// The column of the line.
    pub column: usize,
}

impl Malformed {
    pub(crate) fn new(what: &'static str, error: &serde_json::Error) -> Self {
        Self {
            what,
            line: error.line(),
            column: error.column(),
        }
    }
}

/// What a server says about a refused token (RFC 6750 §3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Challenge {
    /// For example `invalid_token`.
    pub error: Option<String>,
    /// Human text.
    pub description: Option<String>,
}

impl Challenge {
    /// Reads a `WWW-Authenticate` header.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let challenge = Self {
            error: parameter(header, "error"),
            description: parameter(header, "error_description"),
        };
        (challenge != Self::default()).then_some(challenge)
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.error, &self.description) {
            (Some(error), Some(description)) => write!(f, "{error}: {description}"),
            (Some(text), None) | (None, Some(text)) => f.write_str(text),
            (None, None) => Ok(()),
        }
    }
}

/// The value of `name="value"` in a challenge.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let at = rest.find(name)?;
        let is_whole_name = rest[..at]
            .chars()
            .next_back()
            .is_none_or(|before| matches!(before, ' ' | ',' | '\t'));
        rest = &rest[at + name.len()..];
        if let Some(value) = rest.trim_start().strip_prefix('=')
            && is_whole_name
        {
            let value = value.trim_start();
            let value = match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split([',', ' ']).next(),
            };
            return value.map(printable).filter(|value| !value.is_empty());
        }
    }
}

/// A server's text, bounded and without control characters, fit for a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(1000)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn in_brackets(challenge: Option<&Challenge>) -> String {
    challenge.map_or_else(String::new, |challenge| format!(": {challenge}"))
}

fn behind_colon(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(": {message}"))
}

impl From<TransportError> for ApiError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::SignIn(error) => Self::SignIn(error),
            TransportError::Network(error) => Self::Network(error),
            TransportError::OutcomeUnknown(lost) => Self::OutcomeUnknown(lost),
            TransportError::Throttled { retry_after } => Self::Throttled { retry_after },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_from_its_header() {
        let challenge = Challenge::parse(
            r#"Bearer realm="", authorization_uri="https://a/authorize", error="invalid_token", error_description="The audience 'x' is invalid""#,
        )
        .unwrap();
        assert_eq!(
            challenge.to_string(),
            "invalid_token: The audience 'x' is invalid"
        );
        assert_eq!(Challenge::parse("Bearer"), None);
        assert_eq!(Challenge::parse("Bearer error="), None);
    }

    #[test]
    fn server_texts_are_made_fit_for_a_terminal() {
        assert_eq!(printable("a\u{1b}[31m\r\nb "), "a [31m  b");
        assert_eq!(printable(&"x".repeat(5000)).len(), 1000);
    }
}
