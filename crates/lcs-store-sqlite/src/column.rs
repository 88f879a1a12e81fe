//! How values of the domain stand in columns: ids and words as text, instants in microseconds.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, sqlite::SqliteRow};

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// A column that is text in the form that `T` parses.
pub(crate) fn parsed<T>(row: &SqliteRow, column: &str) -> Result<T, BoxedError>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    let text: String = row.try_get(column)?;
    text.parse()
        .map_err(|error: T::Err| format!("column {column}: {error}").into())
}

/// A column that is such a text or NULL.
pub(crate) fn parsed_option<T>(row: &SqliteRow, column: &str) -> Result<Option<T>, BoxedError>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| {
        text.parse()
            .map_err(|error: T::Err| format!("column {column}: {error}").into())
    })
    .transpose()
}

/// A column that is JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, BoxedError> {
    json_option(row, column)?.ok_or_else(|| format!("column {column}: NULL").into())
}

/// A column that is JSON or NULL.
pub(crate) fn json_option<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<T>, BoxedError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|error| format!("column {column}: {error}").into())
    })
    .transpose()
}

/// A column that is an instant.
pub(crate) fn instant(row: &SqliteRow, column: &str) -> Result<Timestamp, BoxedError> {
    let microseconds: i64 = row.try_get(column)?;
    Ok(Timestamp::from_microsecond(microseconds)?)
}

/// A column that is an instant or NULL.
pub(crate) fn instant_option(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<Timestamp>, BoxedError> {
    let microseconds: Option<i64> = row.try_get(column)?;
    Ok(microseconds.map(Timestamp::from_microsecond).transpose()?)
}

/// A column that is bytes in hexadecimal digits.
pub(crate) fn bytes<const LENGTH: usize>(
    row: &SqliteRow,
    column: &str,
) -> Result<[u8; LENGTH], BoxedError> {
    let text: String = row.try_get(column)?;
    let mut bytes = [0; LENGTH];
    if text.len() != LENGTH * 2 || !text.is_ascii() {
        return Err(format!("column {column}: not {LENGTH} bytes in hexadecimal").into());
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16)?;
    }
    Ok(bytes)
}

/// Bytes in hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
