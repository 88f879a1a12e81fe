//! Dates and times as SQL Server stores them, and their way to and from civil time.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date};

/// Units of `time` in a day: 100 nanoseconds each.
pub(crate) const UNITS_A_DAY: u64 = 864_000_000_000;
/// Ticks of `datetime` in a day: 1/300 second each.
const TICKS_A_DAY: u32 = 25_920_000;
const MINUTES_A_DAY: u16 = 1440;
const FIRST_DAY: Date = date(1, 1, 1);
const LAST_DAY: Date = date(9999, 12, 31);
const EPOCH: Date = date(1970, 1, 1);
/// Day 0 of `datetime` and `smalldatetime`.
const BASE_DAY: Date = date(1900, 1, 1);
/// `datetime` begins with 1753-01-01.
const FIRST_TICK_DAY: i32 = -53_690;
const LAST_TICK_DAY: i32 = 2_958_463;
/// Offsets reach fourteen hours either way.
const MAX_OFFSET_MINUTES: i16 = 840;

/// A value of `datetime`: days since 1900-01-01 and 1/300 seconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTimeTicks {
    days: i32,
    ticks: u32,
}

impl DateTimeTicks {
    /// Makes a value; `None` outside 1753-01-01 to 9999-12-31 or past the end of the day.
    pub fn new(days: i32, ticks: u32) -> Option<Self> {
        ((FIRST_TICK_DAY..=LAST_TICK_DAY).contains(&days) && ticks < TICKS_A_DAY)
            .then_some(Self { days, ticks })
    }

    /// The nearest value, as the server rounds; `None` outside the years 1753 to 9999.
    pub fn from_civil(moment: DateTime) -> Option<Self> {
        let days = i32::try_from(days_between(BASE_DAY, moment.date())).ok()?;
        let nanoseconds = nanoseconds_of_day(moment.time());
        // ticks = nanoseconds × 300 ÷ 10⁹, rounded half up.
        let ticks = u32::try_from((nanoseconds * 3 + 5_000_000) / 10_000_000).ok()?;
        if ticks == TICKS_A_DAY {
            return Self::new(days.checked_add(1)?, 0);
        }
        Self::new(days, ticks)
    }

    /// The value in civil time, to the nearest millisecond.
    pub fn to_civil(self) -> DateTime {
        let milliseconds = (u64::from(self.ticks) * 10 + 1) / 3;
        let time = time_of(milliseconds * 1_000_000);
        since_1900(i64::from(self.days), time)
    }

    /// Days since 1900-01-01; negative before.
    pub fn days(self) -> i32 {
        self.days
    }

    /// Three-hundredths of a second since midnight.
    pub fn ticks(self) -> u32 {
        self.ticks
    }
}

/// A value of `smalldatetime`: days since 1900-01-01 and minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmallDateTime {
    days: u16,
    minutes: u16,
}

impl SmallDateTime {
    /// Makes a value; `None` past the end of the day.
    pub fn new(days: u16, minutes: u16) -> Option<Self> {
        (minutes < MINUTES_A_DAY).then_some(Self { days, minutes })
    }

    /// The value with the same minute, seconds cut off; `None` outside 1900-01-01 to 2079-06-06.
    pub fn from_civil(moment: DateTime) -> Option<Self> {
        let days = u16::try_from(days_between(BASE_DAY, moment.date())).ok()?;
        let minutes = nanoseconds_of_day(moment.time()) / 60_000_000_000;
        Self::new(days, u16::try_from(minutes).ok()?)
    }

    /// The value in civil time.
    pub fn to_civil(self) -> DateTime {
        let time = time_of(u64::from(self.minutes) * 60_000_000_000);
        since_1900(i64::from(self.days), time)
    }

    /// Days since 1900-01-01.
    pub fn days(self) -> u16 {
        self.days
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.minutes
    }
}

/// A value of `datetimeoffset`: the moment in UTC, and the offset it is shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTimeOffset {
    utc: DateTime,
    offset_minutes: i16,
}

impl DateTimeOffset {
    /// Makes a value; `None` when the offset exceeds fourteen hours or the year is not 1 to 9999.
    pub fn new(utc: DateTime, offset_minutes: i16) -> Option<Self> {
        let in_range = (FIRST_DAY..=LAST_DAY).contains(&utc.date())
            && (-MAX_OFFSET_MINUTES..=MAX_OFFSET_MINUTES).contains(&offset_minutes);
        in_range.then_some(Self {
            utc,
            offset_minutes,
        })
    }

    /// The moment in UTC.
    pub fn utc(self) -> DateTime {
        self.utc
    }

    /// The offset from UTC in minutes, east positive.
    pub fn offset_minutes(self) -> i16 {
        self.offset_minutes
    }
}

/// Days since 0001-01-01; `None` outside the years 1 to 9999.
pub(crate) fn day_number(day: Date) -> Option<u32> {
    u32::try_from(days_between(FIRST_DAY, day)).ok()
}

/// The day with a number; `None` past 9999-12-31.
pub(crate) fn day_of_number(number: u32) -> Option<Date> {
    day_after(FIRST_DAY, i64::from(number)).filter(|day| *day <= LAST_DAY)
}

/// Units of 100 nanoseconds since midnight; `None` when the time is finer than that.
pub(crate) fn units_of(time: Time) -> Option<u64> {
    let nanoseconds = nanoseconds_of_day(time);
    nanoseconds.is_multiple_of(100).then_some(nanoseconds / 100)
}

/// The time so many units after midnight; `None` past the end of the day.
pub(crate) fn time_of_units(units: u64) -> Option<Time> {
    (units < UNITS_A_DAY).then(|| time_of(units * 100))
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// A moment of the year 1753 to 9999: those who call have checked the number of days.
fn since_1900(days: i64, time: Time) -> DateTime {
    let day = day_after(BASE_DAY, days).expect("datetime ends before the calendar does");
    DateTime::from_parts(day, time)
}

/// The day so many days after another; `None` beyond the calendar.
fn day_after(base: Date, days: i64) -> Option<Date> {
    // A duration may be no longer than from 1970 to the calendar's end, so it is counted from there.
    let since_epoch = days.checked_add(days_between(EPOCH, base))?;
    let hours = since_epoch.checked_mul(24)?;
    EPOCH.checked_add(SignedDuration::from_hours(hours)).ok()
}

fn nanoseconds_of_day(time: Time) -> u64 {
    let nanoseconds = time.duration_since(Time::midnight()).as_nanos();
    u64::try_from(nanoseconds).expect("a time of day is not before midnight")
}

/// The time so many nanoseconds after midnight, for less than a day.
fn time_of(nanoseconds: u64) -> Time {
    let nanoseconds = i64::try_from(nanoseconds).expect("a day's nanoseconds fit in 63 bits");
    Time::midnight().saturating_add(SignedDuration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datetime_rounds_to_a_three_hundredth_of_a_second() {
        let moment = date(2024, 2, 29).at(13, 30, 0, 2_000_000);
        let ticks = DateTimeTicks::from_civil(moment).unwrap();
        assert_eq!(ticks.to_civil(), date(2024, 2, 29).at(13, 30, 0, 3_000_000));
    }

    #[test]
    fn a_datetime_just_before_midnight_rounds_into_the_next_day() {
        let moment = date(1899, 12, 31).at(23, 59, 59, 999_999_999);
        assert_eq!(DateTimeTicks::from_civil(moment), DateTimeTicks::new(0, 0));
    }

    #[test]
    fn a_datetime_begins_with_1753_and_ends_with_9999() {
        let first = date(1753, 1, 1).at(0, 0, 0, 0);
        let last = date(9999, 12, 31).at(23, 59, 59, 997_000_000);
        for moment in [first, last] {
            assert_eq!(
                DateTimeTicks::from_civil(moment).unwrap().to_civil(),
                moment
            );
        }
        assert_eq!(
            DateTimeTicks::from_civil(date(1752, 12, 31).at(23, 0, 0, 0)),
            None
        );
        assert_eq!(
            DateTimeTicks::from_civil(last.date().at(23, 59, 59, 999_000_000)),
            None
        );
    }

    #[test]
    fn every_tick_of_an_hour_survives_civil_time() {
        for ticks in 0..300 * 3600 {
            let moment = DateTimeTicks::new(45_000, ticks).unwrap();
            assert_eq!(DateTimeTicks::from_civil(moment.to_civil()), Some(moment));
        }
    }

    #[test]
    fn day_numbers_count_from_the_first_year() {
        assert_eq!(day_number(date(1, 1, 1)), Some(0));
        assert_eq!(day_number(date(9999, 12, 31)), Some(3_652_058));
        assert_eq!(day_of_number(3_652_058), Some(date(9999, 12, 31)));
        assert_eq!(day_of_number(3_652_059), None);
        assert_eq!(day_of_number(u32::MAX), None);
    }

    #[test]
    fn a_small_datetime_ends_in_june_2079() {
        let last = date(2079, 6, 6).at(23, 59, 0, 0);
        assert_eq!(SmallDateTime::from_civil(last).unwrap().to_civil(), last);
        assert_eq!(
            SmallDateTime::from_civil(date(2079, 6, 7).at(0, 0, 0, 0)),
            None
        );
    }
}
