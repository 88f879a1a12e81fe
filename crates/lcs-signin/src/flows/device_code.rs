//! Signing in with a code that the user enters on another device (RFC 8628).

use std::time::Duration;

use lcs_types::Secret;
use lcs_wire::entra::DeviceAuthorization;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::{
    error::SignInError,
    http::host_and_port,
    resource::Resource,
    token_request::{SignInClient, Tokens},
};

/// RFC 8628 §3.5: what `slow_down` adds to the interval, for good.
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// How far the interval grows while the authority cannot be reached.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);
/// Hosts that Microsoft's clouds send users to.
const MICROSOFT_PAGES: [&str; 8] = [
    "microsoft.com",
    "www.microsoft.com",
    "login.microsoft.com",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "microsoftonline.cn",
    "aka.ms",
];

/// A code to show to the user, and what is polled with.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    /// What the user enters.
    pub user_code: String,
    /// Where. Show it, do not open it.
    pub verification_uri: Url,
    /// The authority's own sentence for the user; may be empty.
    pub message: String,
    /// How long the code may be entered.
    pub expires_in: Duration,
    secret: Secret,
    interval: Duration,
    deadline: Instant,
}

impl SignInClient {
    /// Asks for a device code.
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] and the rest as [`SignInClient::with_password`];
    /// [`SignInError::ForeignVerificationPage`] when users would be sent to an unrelated host.
    pub async fn start_device_code(&self, resource: &Resource) -> Result<DeviceCode, SignInError> {
        let endpoint = self.authority().device_code_endpoint();
        let answer: DeviceAuthorization = self
            .post(&endpoint, &[("scope", &Self::scope(resource))])
            .await?;
        let page = Url::parse(&answer.verification_uri).ok();
        let verification_uri = page
            .filter(|page| self.is_known_page(page))
            .ok_or_else(|| SignInError::ForeignVerificationPage {
                host: Url::parse(&answer.verification_uri)
                    .map_or_else(|_| "no valid address".to_owned(), |url| host_and_port(&url)),
            })?;
        let expires_in = seconds(answer.expires_in, 3600);
        Ok(DeviceCode {
            user_code: answer.user_code,
            verification_uri,
            message: answer.message,
            expires_in,
            secret: answer.device_code,
            interval: seconds(answer.interval, 60).max(Duration::from_secs(1)),
            deadline: Instant::now() + expires_in,
        })
    }

    /// Waits until the user has answered, the code has run out, or the authority says no.
    ///
    /// Dropping the future stops the waiting; the code stays valid and can be waited for again.
    ///
    /// # Errors
    ///
    /// [`SignInError::DeviceCodeExpired`] past its time; [`SignInError::Refused`] when the user
    /// declines or the tokens are refused, for example because the public client switch is off.
    pub async fn finish_device_code(&self, code: &DeviceCode) -> Result<Tokens, SignInError> {
        poll_until_answered(code.interval, code.deadline, || async {
            self.request_tokens(&[
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", code.secret.expose()),
            ])
            .await
        })
        .await
    }

    fn is_known_page(&self, page: &Url) -> bool {
        let host = page.host_str().unwrap_or_default();
        if host == self.authority().host() {
            return page.scheme() == self.authority().token_endpoint().scheme();
        }
        page.scheme() == "https" && MICROSOFT_PAGES.contains(&host)
    }
}

fn seconds(number: i64, most: u64) -> Duration {
    Duration::from_secs(u64::try_from(number).unwrap_or(0).min(most))
}

/// RFC 8628 §3.5: waits an interval before each poll; longer after `slow_down` and after
/// time-outs; not past the deadline.
async fn poll_until_answered<T, F>(
    mut interval: Duration,
    deadline: Instant,
    poll: impl Fn() -> F,
) -> Result<T, SignInError>
where
    F: Future<Output = Result<T, SignInError>>,
{
    let mut backoff = interval;
    loop {
        if Instant::now() + backoff >= deadline {
            return Err(SignInError::DeviceCodeExpired);
        }
        sleep(backoff).await;
        match poll().await {
            Ok(answer) => return Ok(answer),
            Err(SignInError::Refused(refused)) => match refused.error.error.as_str() {
                "authorization_pending" => backoff = interval,
                "slow_down" => {
                    interval += SLOW_DOWN;
                    backoff = interval;
                }
                "expired_token" | "code_expired" => return Err(SignInError::DeviceCodeExpired),
                _ => return Err(SignInError::Refused(refused)),
            },
            Err(SignInError::Throttled { retry_after, .. }) => {
                backoff = retry_after.unwrap_or(backoff * 2).max(interval);
            }
            Err(error) if error.is_transient() => {
                backoff = (backoff * 2).min(LONGEST_INTERVAL.max(interval));
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque};

    use lcs_wire::entra::EntraError;

    use super::*;
    use crate::error::RefusedSignIn;

    fn refused(error: &str) -> Result<(), SignInError> {
        let error: EntraError =
            serde_json::from_value(serde_json::json!({ "error": error })).unwrap();
        Err(SignInError::Refused(Box::new(RefusedSignIn {
            status: 400,
            error,
        })))
    }

    fn unreachable_authority() -> Result<(), SignInError> {
        Err(SignInError::Unexpected {
            host: "login.example:443".to_owned(),
            status: 503,
            reason: "its body is no OAuth error",
        })
    }

    /// Plays the answers, repeating the last, and returns the result with the seconds of each poll.
    async fn play(
        expires_in: u64,
        answers: Vec<Result<(), SignInError>>,
    ) -> (Result<(), SignInError>, Vec<u64>) {
        let start = Instant::now();
        let polls = RefCell::new(Vec::new());
        let answers = RefCell::new(VecDeque::from(answers));
        let result = poll_until_answered(
            Duration::from_secs(5),
            start + Duration::from_secs(expires_in),
            || async {
                polls.borrow_mut().push(start.elapsed().as_secs());
                answers
                    .borrow_mut()
                    .pop_front()
                    .unwrap_or_else(|| refused("authorization_pending"))
            },
        )
        .await;
        (result, polls.into_inner())
    }

    #[tokio::test(start_paused = true)]
    async fn the_interval_is_kept_while_the_user_has_not_answered() {
        let (result, polls) = play(
            900,
            vec![
                refused("authorization_pending"),
                refused("authorization_pending"),
                Ok(()),
            ],
        )
        .await;
        assert!(result.is_ok());
        assert_eq!(polls, [5, 10, 15]);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_down_lengthens_the_interval_for_good() {
        let (result, polls) = play(
            900,
            vec![
                refused("slow_down"),
                refused("authorization_pending"),
                Ok(()),
            ],
        )
        .await;
        assert!(result.is_ok());
        assert_eq!(polls, [5, 15, 25]);
    }

    #[tokio::test(start_paused = true)]
    async fn polling_stops_when_the_code_runs_out() {
        let (result, polls) = play(17, Vec::new()).await;
        assert!(matches!(result, Err(SignInError::DeviceCodeExpired)));
        assert_eq!(polls, [5, 10, 15]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_authority_out_of_reach_is_asked_less_and_less_often() {
        let (result, polls) = play(
            900,
            vec![
                unreachable_authority(),
                unreachable_authority(),
                refused("authorization_pending"),
                Ok(()),
            ],
        )
        .await;
        assert!(result.is_ok());
        assert_eq!(polls, [5, 15, 35, 40]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wish_to_wait_is_granted() {
        let throttled = Err(SignInError::Throttled {
            host: "login.example:443".to_owned(),
            retry_after: Some(Duration::from_secs(30)),
        });
        let (result, polls) = play(900, vec![throttled, Ok(())]).await;
        assert!(result.is_ok());
        assert_eq!(polls, [5, 35]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_ends_the_polling() {
        for error in ["authorization_declined", "invalid_client", "invalid_grant"] {
            let (result, polls) = play(900, vec![refused(error)]).await;
            assert!(matches!(result, Err(SignInError::Refused(_))), "{error}");
            assert_eq!(polls, [5]);
        }
        let (result, _) = play(900, vec![refused("expired_token")]).await;
        assert!(matches!(result, Err(SignInError::DeviceCodeExpired)));
    }
}
