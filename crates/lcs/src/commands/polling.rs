//! Asking again and again for what LCS has no operation of: with growing pauses, until the time is up.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The pauses between questions.
pub(super) struct Polling {
    start: Instant,
    timeout: Option<Duration>,
    pause: Duration,
    longest: Duration,
}

impl Polling {
    /// Pauses from `first` up to `longest`, for so many seconds or for as long as it takes.
    pub(super) fn new(first: Duration, longest: Duration, timeout: Option<u64>) -> Self {
        Self {
            start: Instant::now(),
            timeout: timeout.map(Duration::from_secs),
            pause: first,
            longest,
        }
    }

    /// Waits before the next question; `false` when there is no time left for one. The last pause is
    /// cut, so that the time is used up and not exceeded.
    pub(super) async fn again(&mut self) -> bool {
        let left = self
            .timeout
            .map(|timeout| timeout.saturating_sub(self.start.elapsed()));
        if left == Some(Duration::ZERO) {
            return false;
        }
        sleep(left.map_or(self.pause, |left| left.min(self.pause))).await;
        self.pause = (self.pause * 2).min(self.longest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_and_the_time_is_used_up_and_not_exceeded() {
        let second = Duration::from_secs(1);
        let start = Instant::now();
        let mut polling = Polling::new(3 * second, 15 * second, Some(40));
        let mut asked = Vec::new();
        while polling.again().await {
            asked.push(start.elapsed().as_secs());
        }
        assert_eq!(asked, [3, 9, 21, 36, 40]);
    }
}
