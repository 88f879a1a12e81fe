//! The LCS API as typed calls.
//!
//! - `movement.rs` – backups, refresh, export, status
//! - `environments.rs` – environment metadata
//! - `control.rs` – history, start and stop, RSAT certificates
//! - `assets.rs` – the asset library
//! - `deployments.rs` – packages for environments, Commerce Scale Units and e-commerce

mod assets;
mod control;
mod deployments;
mod environments;
mod movement;

use std::{sync::Arc, time::Duration};

pub use deployments::DeploymentTarget;
pub use movement::{OperationKind, StartedOperation};

use lcs_signin::{HttpClient, TokenSource};
use lcs_wire::lcs::{Envelope, THROTTLE_PREFIX, VERSION, VERSION_HEADER};
use reqwest::Method;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::{
    error::{ApiError, Challenge, LostAnswer, Malformed, printable},
    retry::{Repeatable, RetryObserver, RetryPolicy},
    transport::{Answer, Call, Transport},
};

/// The LCS API at one host, called in the name of one user.
#[derive(Debug, Clone)]
pub struct LcsApi {
    transport: Transport,
}

impl LcsApi {
    /// The API at `base_url`, for example `https://lcsapi.lcs.dynamics.com`. Connects to nothing.
    pub fn new(base_url: Url, http: HttpClient, tokens: Arc<dyn TokenSource>) -> Self {
        Self {
            transport: Transport {
                base: base_url,
                http,
                tokens,
                policy: RetryPolicy::default(),
                headers: &[(VERSION_HEADER, VERSION)],
                observer: None,
                until: None,
            },
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.transport.policy = policy;
        self
    }

    /// The same, telling an observer what is repeated.
    #[must_use]
    pub fn with_retry_observer(mut self, observer: Arc<dyn RetryObserver>) -> Self {
        self.transport.observer = Some(observer);
        self
    }

    /// The same, beginning no further attempt later than `limit` from now: what would have to be
    /// waited for longer fails at once.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.transport.until = Instant::now().checked_add(limit);
        self
    }

    async fn get<T: DeserializeOwned>(&self, what: &'static str, url: Url) -> Result<T, ApiError> {
        let answer = self.send(Method::GET, url, Repeatable::Yes).await?;
        Ok(read(what, &answer)?)
    }

    /// Starts something. Never sent twice when it may have been accepted.
    async fn start(&self, what: &'static str, url: Url) -> Result<Envelope, ApiError> {
        let answer = self.send(Method::POST, url, Repeatable::No).await?;
        read(what, &answer)
            .map_err(|malformed| ApiError::OutcomeUnknown(LostAnswer::Malformed(malformed)))
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        repeatable: Repeatable,
    ) -> Result<Answer, ApiError> {
        let call = Call {
            method,
            url,
            body: None,
            repeatable,
        };
        judge(self.transport.send(&call).await?)
    }
}

/// Sorts answers by status; what remains has a body to read.
fn judge(answer: Answer) -> Result<Answer, ApiError> {
    match answer.status {
        200 => declined(answer),
        401 => Err(ApiError::Unauthorized {
            challenge: answer.header("www-authenticate").and_then(Challenge::parse),
        }),
        403 => Err(ApiError::Forbidden {
            message: message_of(&answer.body),
        }),
        status => Err(ApiError::Unexpected {
            status,
            message: message_of(&answer.body),
            activity_id: answer.header("activity-id").map(printable),
        }),
    }
}

/// Fails for an envelope that says so, before the rest of the answer is looked at: on failures
/// its other fields may be missing.
fn declined(answer: Answer) -> Result<Answer, ApiError> {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(&answer.body) else {
        return Ok(answer);
    };
    if envelope.is_success {
        return Ok(answer);
    }
    let message = printable(envelope.error_message.as_deref().unwrap_or_default());
    let operation_activity_id = envelope.operation_activity_id;
    Err(if message.starts_with(THROTTLE_PREFIX) {
        ApiError::LimitReached {
            message,
            operation_activity_id,
        }
    } else {
        ApiError::Refused {
            message: if message.is_empty() {
                "no reason given".to_owned()
            } else {
                message
            },
            operation_activity_id,
        }
    })
}

fn read<T: DeserializeOwned>(what: &'static str, answer: &Answer) -> Result<T, Malformed> {
    serde_json::from_slice(&answer.body).map_err(|error| Malformed::new(what, &error))
}

/// The text of an error body, in any of the shapes that LCS has.
fn message_of(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    ["ErrorMessage", "Message", "message"]
        .iter()
        .find_map(|name| value.get(*name)?.as_str())
        .map(printable)
        .filter(|text| !text.is_empty())
}
