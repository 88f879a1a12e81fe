//! Three starts in 24 hours. Pure arithmetic over instants.
//!
//! "Database movement API – Throttling": three operations per environment in 24 hours, counted by
//! start time.

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

    proptest! {
        #[test]
        fn no_day_ever_has_more_than_three_starts(mut hours in prop::collection::vec(0i64..200, 1..60)) {
            hours.sort_unstable();
            let mut started: Vec<i64> = Vec::new();
            for hour in hours {
                let starts: Vec<Timestamp> = started.iter().map(|hour| at(*hour)).collect();
                if limit_reached(&starts, at(hour)).is_none() {
                    started.push(hour);
                }
            }
            for first in &started {
                let within = started.iter().filter(|hour| (*first..first + 24).contains(*hour)).count();
                prop_assert!(within <= MOST_STARTS);
            }
        }
    }
}
