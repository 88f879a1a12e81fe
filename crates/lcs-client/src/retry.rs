//! What is repeated when, and what never: one pure function.
//!
//! A request that starts something is never sent twice when the first one may have been accepted:
//! a second refresh would destroy the target again and use up one of three a day.

use std::time::Duration;

/// How patient calls are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most.
    pub attempts: u32,
    /// The first pause; each further one is twice as long.
    pub first_delay: Duration,
    /// The longest pause of our own.
    pub longest_delay: Duration,
    /// The longest pause that a server may ask for; beyond it the call fails as throttled.
    pub longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_secs(30),
            longest_retry_after: Duration::from_mins(2),
        }
    }
}

/// Whether carrying a request out twice equals carrying it out once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeatable {
    /// It does: a GET, or a PATCH that states the whole new value.
    Yes,
    /// It does not: a POST that starts or creates something.
    No,
}

/// How an attempt failed, as far as repeating it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It was never sent.
    NotSent,
    /// It may have been carried out: the answer got lost, or the server failed (500 and above).
    OutcomeUnknown {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// 429: it was not carried out.
    Throttled {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
}

/// What to do about a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send it again after this pause.
    RepeatAfter(Duration),
    /// Report the failure.
    GiveUp,
}

/// Hears what is repeated, so that nobody wonders what the silence is.
pub trait RetryObserver: std::fmt::Debug + Send + Sync {
    /// An attempt failed, and there is another one after this pause.
    fn repeating(&self, failure: Failure, pause: Duration);
}

/// Public clients of LCS wait this long when a 429 names no time (`d365fo.tools`).
const THROTTLED_DELAY: Duration = Duration::from_secs(10);

impl RetryPolicy {
    /// Decides about a request whose attempt number `attempt` (from 1) failed.
    pub fn decide(&self, attempt: u32, repeatable: Repeatable, failure: Failure) -> Verdict {
        let may_be_repeated = match failure {
            Failure::NotSent | Failure::Throttled { .. } => true,
            Failure::OutcomeUnknown { .. } => repeatable == Repeatable::Yes,
        };
        if !may_be_repeated || attempt >= self.attempts {
            return Verdict::GiveUp;
        }
        let own = self.delay(attempt);
        match failure {
            Failure::NotSent | Failure::OutcomeUnknown { retry_after: None } => {
                Verdict::RepeatAfter(own)
            }
            Failure::Throttled { retry_after: None } => {
                Verdict::RepeatAfter(THROTTLED_DELAY.min(self.longest_delay))
            }
            Failure::OutcomeUnknown {
                retry_after: Some(asked),
            }
            | Failure::Throttled {
                retry_after: Some(asked),
            } if asked <= self.longest_retry_after => Verdict::RepeatAfter(asked),
            Failure::OutcomeUnknown { .. } | Failure::Throttled { .. } => Verdict::GiveUp,
        }
    }

    /// The pause after attempt number `attempt` (from 1).
    pub fn delay(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(16);
        (self.first_delay * 2_u32.pow(doublings)).min(self.longest_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_may_have_been_carried_out_is_repeated_only_if_that_changes_nothing() {
        let policy = RetryPolicy::default();
        let lost = Failure::OutcomeUnknown { retry_after: None };
        let asked_to_wait = Failure::OutcomeUnknown {
            retry_after: Some(SECOND),
        };
        let refused = Failure::Throttled {
            retry_after: Some(SECOND),
        };
        let cases = [
            (Repeatable::Yes, lost, Verdict::RepeatAfter(SECOND)),
            (Repeatable::No, lost, Verdict::GiveUp),
            (Repeatable::No, asked_to_wait, Verdict::GiveUp),
            (Repeatable::No, refused, Verdict::RepeatAfter(SECOND)),
            (
                Repeatable::No,
                Failure::NotSent,
                Verdict::RepeatAfter(SECOND),
            ),
        ];
        for (repeatable, failure, verdict) in cases {
            assert_eq!(
                policy.decide(1, repeatable, failure),
                verdict,
                "{repeatable:?} {failure:?}"
            );
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_attempts_end() {
        let policy = RetryPolicy {
            attempts: 7,
            ..RetryPolicy::default()
        };
        let pauses: Vec<_> = (1..=7)
            .map(|attempt| policy.decide(attempt, Repeatable::Yes, Failure::NotSent))
            .collect();
        let expected =
            [1, 2, 4, 8, 16, 30].map(|seconds| Verdict::RepeatAfter(Duration::from_secs(seconds)));
        assert_eq!(pauses[..6], expected);
        assert_eq!(pauses[6], Verdict::GiveUp);
    }

    #[test]
    fn a_wish_to_wait_is_granted_within_reason() {
        let policy = RetryPolicy::default();
        let throttled = |seconds: Option<u64>| Failure::Throttled {
            retry_after: seconds.map(Duration::from_secs),
        };
        let cases = [
            (Some(0), Verdict::RepeatAfter(Duration::ZERO)),
            (Some(60), Verdict::RepeatAfter(Duration::from_mins(1))),
            (None, Verdict::RepeatAfter(THROTTLED_DELAY)),
            (Some(3600), Verdict::GiveUp),
        ];
        for (asked, verdict) in cases {
            assert_eq!(
                policy.decide(1, Repeatable::Yes, throttled(asked)),
                verdict,
                "{asked:?}"
            );
        }
    }
}
