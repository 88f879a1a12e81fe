//! One call with a token: sending, repeating by the policy, renewing a refused token once.

use std::{sync::Arc, time::Duration};

use lcs_signin::{
    HttpClient, HttpError, SignInError, TokenSource,
    http::{host_and_port, read_bounded},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    Method, Response,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER},
};
use tokio::time::{Instant, sleep};
use url::Url;

use crate::{
    error::LostAnswer,
    retry::{Failure, Repeatable, RetryObserver, RetryPolicy, Verdict},
};

/// How large an answer may be: a long list of backups, with room to spare.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;
/// How long one exchange may take. LCS and Graph answer in seconds; work goes on behind.
const EXCHANGE_TIMEOUT: Duration = Duration::from_mins(2);
/// RFC 3986 §2.3: what needs no encoding. Blanks become `%20`, which every server reads, while
/// `+` is a blank only in forms.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Sends calls to one API.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    pub(crate) base: Url,
    pub(crate) http: HttpClient,
    pub(crate) tokens: Arc<dyn TokenSource>,
    pub(crate) policy: RetryPolicy,
    /// Headers of every call.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) observer: Option<Arc<dyn RetryObserver>>,
    /// No attempt is begun after this.
    pub(crate) until: Option<Instant>,
}

/// A call to send.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) repeatable: Repeatable,
}

/// An answer, whatever its status, with a body that arrived whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// There is no answer to judge.
#[derive(Debug)]
pub(crate) enum TransportError {
    SignIn(SignInError),
    Network(HttpError),
    OutcomeUnknown(LostAnswer),
    Throttled { retry_after: Option<Duration> },
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Transport {
    /// The URL below the base with these path segments, percent-encoded.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut path = self.base.path().trim_end_matches('/').to_owned();
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, ENCODED));
        }
        let mut url = self.base.clone();
        url.set_path(&path);
        url
    }

    /// Sends a call until there is an answer, or no sense in going on.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, TransportError> {
        let mut token = self.tokens.token().await.map_err(TransportError::SignIn)?;
        let mut has_renewed = false;
        let mut attempt = 1;
        loop {
            let result = self.exchange(call, token.secret.expose()).await;
            if let Ok(answer) = &result
                && answer.status == 401
                && !has_renewed
            {
                // The server did not look further than the token, so nothing was carried out.
                has_renewed = true;
                match self.tokens.renewed(&token).await {
                    Ok(renewed) => {
                        token = renewed;
                        continue;
                    }
                    // Where there is nothing to renew with, the refusal of the call is what the user
                    // has to know; otherwise it is why there is no other token.
                    Err(error) if !matches!(error, SignInError::NotSignedIn(_)) => {
                        return Err(TransportError::SignIn(error));
                    }
                    Err(error) => {
                        tracing::debug!(%error, "the refused token could not be renewed");
                    }
                }
            }
            let Some(failure) = failure_of(&result) else {
                return result.map_err(TransportError::Network);
            };
            match self.policy.decide(attempt, call.repeatable, failure) {
                Verdict::RepeatAfter(pause) if self.is_too_late_after(pause) => {
                    return give_up(call, result, failure);
                }
                Verdict::RepeatAfter(pause) => {
                    tracing::debug!(
                        host = host_and_port(&call.url),
                        attempt,
                        ?failure,
                        ?pause,
                        "repeating the request"
                    );
                    if let Some(observer) = &self.observer {
                        observer.repeating(failure, pause);
                    }
                    sleep(pause).await;
                    attempt += 1;
                }
                Verdict::GiveUp => return give_up(call, result, failure),
            }
        }
    }

    fn is_too_late_after(&self, pause: Duration) -> bool {
        self.until
            .is_some_and(|until| Instant::now() + pause > until)
    }

    async fn exchange(&self, call: &Call, token: &str) -> Result<Answer, HttpError> {
        let failed = |error| HttpError::from_exchange(&call.url, error);
        let mut request = self
            .http
            .client_for(&call.url)?
            .request(call.method.clone(), call.url.clone())
            .header(ACCEPT, "application/json")
            .timeout(EXCHANGE_TIMEOUT)
            .bearer_auth(token);
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        } else if call.method == Method::POST {
            // Some front ends answer 411 to an empty POST that does not say how empty it is.
            request = request
                .header(CONTENT_TYPE, "application/json")
                .header(CONTENT_LENGTH, "0");
        }
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = body_of(response).await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

async fn body_of(response: Response) -> Result<Vec<u8>, HttpError> {
    read_bounded(response, ANSWER_LIMIT).await
}

/// How an attempt failed, or `None` for an answer that its reader judges.
fn failure_of(result: &Result<Answer, HttpError>) -> Option<Failure> {
    match result {
        Ok(answer) if answer.status == 429 => Some(Failure::Throttled {
            retry_after: retry_after(&answer.headers),
        }),
        Ok(answer) if answer.status >= 500 => Some(Failure::OutcomeUnknown {
            retry_after: retry_after(&answer.headers),
        }),
        Err(error) if !error.is_before_sending() => {
            Some(Failure::OutcomeUnknown { retry_after: None })
        }
        Err(error) if error.is_transient() => Some(Failure::NotSent),
        Ok(_) | Err(_) => None,
    }
}

fn give_up(
    call: &Call,
    result: Result<Answer, HttpError>,
    failure: Failure,
) -> Result<Answer, TransportError> {
    match (result, failure, call.repeatable) {
        (_, Failure::Throttled { retry_after }, _) => {
            Err(TransportError::Throttled { retry_after })
        }
        (Ok(answer), Failure::OutcomeUnknown { .. }, Repeatable::No) => {
            Err(TransportError::OutcomeUnknown(LostAnswer::ServerFailed {
                status: answer.status,
            }))
        }
        (Err(error), Failure::OutcomeUnknown { .. }, Repeatable::No) => {
            Err(TransportError::OutcomeUnknown(LostAnswer::Network(error)))
        }
        (result, Failure::OutcomeUnknown { .. } | Failure::NotSent, _) => {
            result.map_err(TransportError::Network)
        }
    }
}

/// RFC 9110 §10.2.3: seconds, or a date – which is compared with the server's own `Date`, since
/// clocks differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// A value of a query, percent-encoded.
pub(crate) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_wish_to_wait_is_read_as_seconds_and_as_a_date() {
        let cases = [
            ("17", Some(17)),
            ("Sun, 01 Mar 2026 10:00:30 GMT", Some(30)),
            ("Sun, 01 Mar 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
        ];
        for (text, seconds) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(
                DATE,
                HeaderValue::from_static("Sun, 01 Mar 2026 10:00:00 GMT"),
            );
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            assert_eq!(
                retry_after(&headers),
                seconds.map(Duration::from_secs),
                "{text}"
            );
        }
    }
}
