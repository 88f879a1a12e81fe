//! The date formats of the LCS API; nearly every endpoint has its own. All are UTC.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// .NET's `DateTime.MaxValue`, which stands for "no end of life planned".
pub const MAX_DATE: &str = "9999-12-31T23:59:59.9999999";

/// `VersionEOL`: the end of life with seven decimals, or [`MAX_DATE`] while none is planned.
pub fn end_of_life(at: Option<DateTime>) -> String {
    at.map_or_else(
        || MAX_DATE.to_owned(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%S.%7f").to_string(),
    )
}

fn civil(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::UTC).datetime()
}

/// `yyyy-MM-ddTHH:mm:ss.fff` without zone, as the database list prints.
pub fn listing_date(at: Timestamp) -> String {
    civil(at).strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string()
}

/// Reads a date without zone as UTC, with any number of decimals; also accepts a zone.
pub fn parse_listing_date(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: DateTime = text.parse().ok()?;
    civil
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// `yyyy-MM-ddTHH:mm:ss.f` without zone, as the history prints.
pub fn history_date(at: Timestamp) -> String {
    civil(at).strftime("%Y-%m-%dT%H:%M:%S.%1f").to_string()
}

/// `M/d/yyyy h:mm tt`, as `DeployedOnUTC` prints.
pub fn deployed_on(at: Timestamp) -> String {
    civil(at).strftime("%-m/%-d/%Y %-I:%M %p").to_string()
}

/// `dddd, MMMM d, yyyy h:mm:ss tt`, as the expiration of a certificate prints.
pub fn long_date(at: Timestamp) -> String {
    civil(at)
        .strftime("%A, %B %-d, %Y %-I:%M:%S %p")
        .to_string()
}

/// Seven decimals without zone, as the throttle text prints.
pub fn throttle_date(at: Timestamp) -> String {
    civil(at).strftime("%Y-%m-%dT%H:%M:%S.%7f").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_its_own_format() {
        let at: Timestamp = "2021-08-05T23:00:01.2345678Z".parse().unwrap();
        assert_eq!(listing_date(at), "2021-08-05T23:00:01.234");
        assert_eq!(history_date(at), "2021-08-05T23:00:01.2");
        assert_eq!(deployed_on(at), "8/5/2021 11:00 PM");
        assert_eq!(throttle_date(at), "2021-08-05T23:00:01.2345678");
        assert_eq!(long_date(at), "Thursday, August 5, 2021 11:00:01 PM");
    }

    #[test]
    fn an_end_of_life_has_seven_decimals() {
        assert_eq!(end_of_life(None), MAX_DATE);
        let end = jiff::civil::date(2027, 3, 1).at(0, 0, 0, 0);
        assert_eq!(end_of_life(Some(end)), "2027-03-01T00:00:00.0000000");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        assert_eq!(
            deployed_on("2024-02-29T00:05:00Z".parse().unwrap()),
            "2/29/2024 12:05 AM"
        );
        assert_eq!(
            deployed_on("2024-02-29T12:05:00Z".parse().unwrap()),
            "2/29/2024 12:05 PM"
        );
    }

    #[test]
    fn dates_without_zone_are_utc() {
        let at = parse_listing_date("2026-03-01T10:00:05.077").unwrap();
        assert_eq!(at.to_string(), "2026-03-01T10:00:05.077Z");
        assert_eq!(parse_listing_date("yesterday"), None);
    }
}
