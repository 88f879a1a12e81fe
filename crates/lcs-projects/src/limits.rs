//! Three starts in 24 hours; calls per minute. Pure arithmetic over instants.
//!
//! "Database movement API – Throttling": three operations per environment in 24 hours, counted by
//! start time. "Get environment metadata": six calls per project and minute, then 429.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// How many operations may be started on an environment within [`START_WINDOW`].
pub const MOST_STARTS: usize = 3;
/// The window in which starts are counted.
pub const START_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// The earliest start that still counts, when the limit is reached; `None` when another operation
/// may start now.
pub fn limit_reached(starts: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let mut counted: Vec<Timestamp> = starts
        .iter()
        .copied()
        .filter(|start| now.duration_since(*start) < START_WINDOW)
        .collect();
    counted.sort_unstable();
    let first_of_the_last_three = counted.len().checked_sub(MOST_STARTS)?;
    counted.get(first_of_the_last_three).copied()
}

/// Counts calls in a window that slides.
#[derive(Debug, Clone)]
pub struct CallLimit {
    most: usize,
    window: SignedDuration,
    calls: VecDeque<Timestamp>,
}

impl CallLimit {
    /// The limit of the metadata endpoint.
    pub const fn metadata() -> Self {
        Self {
            most: 6,
            window: SignedDuration::from_mins(1),
            calls: VecDeque::new(),
        }
    }

    /// Counts a call.
    ///
    /// # Errors
    ///
    /// How long to wait, when the limit is reached; such a call does not count.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), SignedDuration> {
        while self
            .calls
            .front()
            .is_some_and(|call| now.duration_since(*call) >= self.window)
        {
            self.calls.pop_front();
        }
        if let Some(first) = self.calls.front().filter(|_| self.calls.len() >= self.most) {
            return Err(self.window - now.duration_since(*first));
        }
        self.calls.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    #[test]
    fn the_fourth_start_within_a_day_is_one_too_many() {
        let starts = [at(0), at(5), at(10)];
        assert_eq!(limit_reached(&starts[..2], at(11)), None);
        assert_eq!(limit_reached(&starts, at(11)), Some(at(0)));
        assert_eq!(limit_reached(&starts, at(24)), None);
    }

    #[test]
    fn six_calls_a_minute_and_then_it_says_how_long() {
        let mut limit = CallLimit::metadata();
        for _ in 0..6 {
            limit.admit(at(0)).unwrap();
        }
        let later = at(0) + SignedDuration::from_secs(20);
        assert_eq!(limit.admit(later), Err(SignedDuration::from_secs(40)));
        limit.admit(at(0) + SignedDuration::from_secs(60)).unwrap();
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_the_limit(mut seconds in prop::collection::vec(0i64..600, 1..100)) {
            seconds.sort_unstable();
            let mut limit = CallLimit::metadata();
            let mut admitted = Vec::new();
            for second in seconds {
                let now = Timestamp::from_second(second).unwrap();
                if limit.admit(now).is_ok() {
                    admitted.push(second);
                }
            }
            for first in &admitted {
                let within = admitted.iter().filter(|second| (*first..first + 60).contains(*second)).count();
                prop_assert!(within <= 6);
            }
        }
    }
}
