//! From a value of SQLite to one of SQL Server, where that loses nothing.

use jiff::civil::DateTime;
use lcs_bacpac::{ColumnType, DateTimeTicks, Decimal, Length, Value};
use rusqlite::types::ValueRef;

/// Beyond this an integer is not exact as a floating-point number.
const EXACT_IN_FLOAT: i64 = 1 << 53;
/// `YYYY-MM-DD`.
const DATE_LENGTH: usize = 10;

/// The value in a column of this type; `None` when it does not fit.
pub fn convert(value: ValueRef<'_>, column: &ColumnType) -> Option<Value> {
    match value {
        ValueRef::Null => Some(Value::Null),
        ValueRef::Integer(number) => integer(number, column),
        ValueRef::Real(number) => real(number, column),
        ValueRef::Text(bytes) => text(std::str::from_utf8(bytes).ok()?, column),
        ValueRef::Blob(bytes) => blob(bytes, column),
    }
}

fn integer(number: i64, column: &ColumnType) -> Option<Value> {
    match column {
        ColumnType::TinyInt => u8::try_from(number).ok().map(Value::TinyInt),
        ColumnType::SmallInt => i16::try_from(number).ok().map(Value::SmallInt),
        ColumnType::Int => i32::try_from(number).ok().map(Value::Int),
        ColumnType::BigInt => Some(Value::BigInt(number)),
        ColumnType::Bit => match number {
            0 => Some(Value::Bit(false)),
            1 => Some(Value::Bit(true)),
            _ => None,
        },
        ColumnType::Float if (-EXACT_IN_FLOAT..=EXACT_IN_FLOAT).contains(&number) =>
        {
            #[expect(clippy::cast_precision_loss, reason = "exact in this range")]
            Some(Value::Float(number as f64))
        }
        ColumnType::Numeric { precision, scale } | ColumnType::Decimal { precision, scale } => {
            Decimal::parse(&number.to_string(), *precision, *scale)
                .ok()
                .map(Value::Decimal)
        }
        ColumnType::NVarChar(Length::Max) => Some(Value::Text(number.to_string())),
        _ => None,
    }
}

fn real(number: f64, column: &ColumnType) -> Option<Value> {
    if !number.is_finite() {
        return None;
    }
    match column {
        ColumnType::Float => Some(Value::Float(number)),
        ColumnType::Numeric { precision, scale } | ColumnType::Decimal { precision, scale } => {
            let rounded = format!("{number:.*}", usize::from(*scale));
            // A sum such as 0.1 + 0.2 is off by the noise of binary fractions, which is no loss;
            // a digit beyond the scale is one.
            let difference = (rounded.parse::<f64>().ok()? - number).abs();
            if difference > number.abs() * 1e-14 {
                return None;
            }
            Decimal::parse(&rounded, *precision, *scale)
                .ok()
                .map(Value::Decimal)
        }
        ColumnType::NVarChar(Length::Max) => Some(Value::Text(number.to_string())),
        _ => None,
    }
}

fn text(text: &str, column: &ColumnType) -> Option<Value> {
    match column {
        ColumnType::NVarChar(Length::Max) => Some(Value::Text(text.to_owned())),
        ColumnType::NVarChar(Length::Limited(length)) => {
            let fits = text.encode_utf16().count() <= usize::from(*length);
            fits.then(|| Value::Text(text.to_owned()))
        }
        ColumnType::DateTime => {
            let moment = moment(text)?;
            let ticks = DateTimeTicks::from_civil(moment)?;
            // Steps of 1/300 second hold some milliseconds exactly enough, and others not.
            (ticks.to_civil() == moment).then_some(Value::DateTime(ticks))
        }
        ColumnType::DateTime2 { .. } => {
            let moment = moment(text)?;
            (moment.subsec_nanosecond() % 100 == 0 && (1..=9999).contains(&moment.year()))
                .then_some(Value::DateTime2(moment))
        }
        ColumnType::Date => moment(text)
            .filter(|moment| text.len() == DATE_LENGTH && moment.year() >= 1)
            .map(|moment| Value::Date(moment.date())),
        // Other spellings of a GUID would come back in this one.
        ColumnType::UniqueIdentifier if text.len() == 36 => uuid::Uuid::try_parse(text)
            .ok()
            .map(Value::UniqueIdentifier),
        _ => None,
    }
}

fn blob(bytes: &[u8], column: &ColumnType) -> Option<Value> {
    match column {
        ColumnType::VarBinary(Length::Max) => Some(Value::Binary(bytes.to_vec())),
        ColumnType::VarBinary(Length::Limited(length)) => {
            (bytes.len() <= usize::from(*length)).then(|| Value::Binary(bytes.to_vec()))
        }
        _ => None,
    }
}

/// `YYYY-MM-DD HH:MM:SS` with or without fraction, also with `T`, or a date alone.
///
/// The parser takes more than that and drops what has no place in a civil time: an offset, a time
/// zone, a leap second. Such a text does not fit.
fn moment(text: &str) -> Option<DateTime> {
    let bytes = text.as_bytes();
    let is_plain = bytes
        .iter()
        .all(|byte| byte.is_ascii_digit() || b"-: T.".contains(byte));
    let dashes: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'-').collect();
    let is_leap_second = text.get(17..19) == Some("60");
    if !is_plain || dashes != [4, 7] || is_leap_second {
        return None;
    }
    text.parse::<DateTime>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_value_or_do_not_fit() {
        let numeric = ColumnType::Numeric {
            precision: 32,
            scale: 6,
        };
        let shown = |value| convert(value, &numeric).and_then(|value| value.decimal_text());
        assert_eq!(
            shown(ValueRef::Real(0.1 + 0.2)).as_deref(),
            Some("0.300000")
        );
        assert_eq!(shown(ValueRef::Real(-12.5)).as_deref(), Some("-12.500000"));
        assert_eq!(shown(ValueRef::Integer(7)).as_deref(), Some("7.000000"));
        assert_eq!(shown(ValueRef::Real(0.000_000_1)), None);
        assert_eq!(shown(ValueRef::Real(f64::NAN)), None);
        assert_eq!(convert(ValueRef::Integer(256), &ColumnType::TinyInt), None);
        assert_eq!(convert(ValueRef::Integer(2), &ColumnType::Bit), None);
        assert_eq!(
            convert(ValueRef::Integer((1 << 53) + 1), &ColumnType::Float),
            None
        );
    }

    #[test]
    fn dates_are_read_in_the_forms_that_sqlite_writes() {
        for text in [
            "2024-02-29 13:30:00",
            "2024-02-29T13:30:00",
            "2024-02-29 13:30:00.000",
        ] {
            let Some(Value::DateTime(ticks)) =
                convert(ValueRef::Text(text.as_bytes()), &ColumnType::DateTime)
            else {
                panic!("{text}");
            };
            assert_eq!(ticks.to_civil().to_string(), "2024-02-29T13:30:00");
        }
        for text in [
            "yesterday",
            "1600-01-01 00:00:00",
            "2024-02-29 13:30:00.0001",
            // Between two steps of 1/300 second.
            "2024-02-29 13:30:00.001",
            "2024-02-29T13:30:00Z",
            "2024-02-29T13:30:00+01:00",
            "2024-02-29T13:30:00-05:00",
            "2024-02-29T13:30:60",
        ] {
            assert_eq!(
                convert(ValueRef::Text(text.as_bytes()), &ColumnType::DateTime),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn a_date_has_no_time_of_day() {
        let date = |text: &str| convert(ValueRef::Text(text.as_bytes()), &ColumnType::Date);
        assert!(matches!(date("2024-02-29"), Some(Value::Date(date)) if date.day() == 29));
        assert_eq!(date("2024-02-29 13:30:00"), None);
        assert_eq!(date("2024-02-30"), None);
    }

    #[test]
    fn only_the_usual_spelling_of_a_guid_is_one() {
        let guid = |text: &str| {
            convert(
                ValueRef::Text(text.as_bytes()),
                &ColumnType::UniqueIdentifier,
            )
            .is_some()
        };
        assert!(guid("913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"));
        assert!(!guid("913c6de42a4a4a61a9ce945d2b2ce2e0"));
        assert!(!guid("{913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0}"));
    }

    #[test]
    fn length_counts_utf_16_units() {
        let two = ColumnType::NVarChar(Length::Limited(2));
        assert!(convert(ValueRef::Text("😀".as_bytes()), &two).is_some());
        assert!(convert(ValueRef::Text("😀x".as_bytes()), &two).is_none());
    }
}
