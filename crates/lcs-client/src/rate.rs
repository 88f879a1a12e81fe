//! A limit of bytes per second, shared by everything that travels at once.

use std::{
    fmt,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A text is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: write bytes per second, such as 500K, 10M or 1G")]
pub struct ParseRateError(String);

/// Bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u64);

impl Rate {
    /// This many bytes per second; `None` for none at all.
    pub fn per_second(bytes: u64) -> Option<Self> {
        (bytes > 0).then_some(Self(bytes))
    }
}

impl FromStr for Rate {
    type Err = ParseRateError;

    /// A number with `K`, `M` or `G` for powers of 1024, as curl and wget read it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseRateError(text.to_owned());
        let (number, unit) = match text.char_indices().last() {
            Some((at, letter)) if letter.is_ascii_alphabetic() => (&text[..at], letter),
            _ => (text, 'B'),
        };
        let factor: u64 = match unit.to_ascii_uppercase() {
            'B' => 1,
            'K' => 1 << 10,
            'M' => 1 << 20,
            'G' => 1 << 30,
            _ => return Err(error()),
        };
        let number: u64 = number.parse().map_err(|_| error())?;
        number
            .checked_mul(factor)
            .and_then(Self::per_second)
            .ok_or_else(error)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes/s", self.0)
    }
}

/// Holds a rate. Whoever has taken bytes waits until they are paid for.
#[derive(Debug)]
pub struct RateLimit {
    rate: Rate,
    paid_until: Mutex<Option<Instant>>,
}

impl RateLimit {
    /// A limit of this rate.
    pub const fn new(rate: Rate) -> Self {
        Self {
            rate,
            paid_until: Mutex::new(None),
        }
    }

    /// Accounts for bytes that travelled, and waits until the rate is kept.
    pub async fn took(&self, bytes: usize) {
        sleep_until(self.pay(bytes as u64, Instant::now())).await;
    }

    /// When what was taken so far is paid for.
    fn pay(&self, bytes: u64, now: Instant) -> Instant {
        let micros = u128::from(bytes) * 1_000_000 / u128::from(self.rate.0);
        let cost = Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX));
        let mut paid_until = self
            .paid_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Silence is not saved up for a burst.
        let from = paid_until.unwrap_or(now).max(now);
        *paid_until.insert(from + cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_other_tools_read_them() {
        for (text, bytes) in [
            ("1", 1),
            ("500K", 500 * 1024),
            ("10m", 10 * 1024 * 1024),
            ("2G", 2 << 30),
        ] {
            assert_eq!(text.parse(), Ok(Rate(bytes)), "{text}");
        }
        for text in ["", "0", "K", "-1", "1.5M", "10X", "ä", "99999999999G"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn bytes_are_paid_for_in_time_and_silence_is_not_saved_up() {
        let limit = RateLimit::new(Rate(1000));
        let start = Instant::now();
        let second = Duration::from_secs(1);
        assert_eq!(limit.pay(500, start), start + second / 2);
        assert_eq!(limit.pay(500, start), start + second);
        let later = start + 60 * second;
        assert_eq!(limit.pay(1000, later), later + second);
    }
}
