//! Points in time, to the second, as the generated tables store them.

use jiff::{Timestamp, tz::Offset};
use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;

const SECONDS_A_DAY: i64 = 86_400;

/// What the application stores where there is no date.
pub(super) const NO_DATE: &str = "1900-01-01 00:00:00";

/// A point in time; stored as `2026-08-14 09:30:00`, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    pub(super) fn new(timestamp: Timestamp) -> Self {
        Self(timestamp.as_second())
    }

    pub(super) const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    pub(super) const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(SECONDS_A_DAY))
    }

    /// The same day's midnight.
    pub(super) const fn day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(SECONDS_A_DAY))
    }

    /// The same day, squeezed into working hours (07:00 to 19:00), order kept.
    pub(super) const fn in_working_hours(self) -> Self {
        let second = self.0.rem_euclid(SECONDS_A_DAY);
        Self(self.0 - second + 7 * 3600 + second / 2)
    }

    /// The stored form.
    pub(super) fn text(self) -> String {
        let seconds = self
            .0
            .clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let timestamp = Timestamp::from_second(seconds).expect("clamped to what can be told");
        let civil = Offset::UTC.to_datetime(timestamp);
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second()
        )
    }
}

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_as_the_tables_store_it() {
        let moment = Moment::new("2026-08-14T23:30:05Z".parse().unwrap());
        assert_eq!(moment.text(), "2026-08-14 23:30:05");
        assert_eq!(moment.day().text(), "2026-08-14 00:00:00");
        assert_eq!(moment.in_working_hours().text(), "2026-08-14 18:45:02");
        assert_eq!(moment.plus_days(-14).text(), "2026-07-31 23:30:05");
    }
}
