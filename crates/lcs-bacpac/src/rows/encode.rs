//! Writes rows in their native form, after checking each value against its column.

use jiff::civil::{Date, Time};

use crate::moment::{day_number, units_of};
use crate::rows::CharForm;
use crate::rows::layout::{Layout, Prefix, Width, layout};
use crate::{Column, ColumnType, Decimal, Table, Value};

/// A row that its table cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A row with too few or too many values.
    #[error("the row has {found} values where the table has {expected} columns")]
    ColumnCount {
        /// Columns of the table.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
    /// A value that its column cannot hold.
    #[error("column `{column}` cannot hold the value")]
    Column {
        /// The column's name.
        column: String,
        /// Why not.
        #[source]
        problem: ValueProblem,
    },
}

/// Why a column cannot hold a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueProblem {
    /// A value of another kind.
    #[error("a value of type {expected} is due, not {found}")]
    WrongKind {
        /// The column's type.
        expected: String,
        /// The kind of the value.
        found: &'static str,
    },
    /// NULL where it is refused.
    #[error("the column refuses NULL")]
    UnexpectedNull,
    /// A value longer than declared.
    #[error("the value is {found} bytes long in the package where {limit} are allowed")]
    TooLong {
        /// The most the column holds, in bytes of the package (two for each character).
        limit: u64,
        /// The value's length in the same bytes.
        found: u64,
    },
    /// A decimal of another precision or scale.
    #[error("the decimal has precision {precision} and scale {scale}, unlike the column")]
    DecimalShape {
        /// The value's precision.
        precision: u8,
        /// The value's scale.
        scale: u8,
    },
    /// A date outside the years 1 to 9999.
    #[error("the date is out of range")]
    OutOfRangeDate,
    /// A time finer than the column's scale.
    #[error("the time has more than {scale} fractional digits")]
    TooFineTime {
        /// The column's scale.
        scale: u8,
    },
    /// Infinity or not-a-number, which SQL Server does not hold.
    #[error("the number is not finite")]
    NotFinite,
    /// A type that is never written.
    #[error("values of type {column_type} cannot be written")]
    UnsupportedType {
        /// The type's name.
        column_type: String,
    },
}

/// Appends one row's bytes to `out`.
///
/// # Errors
/// When the row does not fit the table; `out` then holds what it held before.
pub fn encode_row(table: &Table, row: &[Value], out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if row.len() != table.columns.len() {
        return Err(EncodeError::ColumnCount {
            expected: table.columns.len(),
            found: row.len(),
        });
    }
    let before = out.len();
    for (column, value) in table.columns.iter().zip(row) {
        if let Err(problem) = encode_value(column, value, out) {
            out.truncate(before);
            return Err(EncodeError::Column {
                column: column.name.clone(),
                problem,
            });
        }
    }
    Ok(())
}

fn encode_value(column: &Column, value: &Value, out: &mut Vec<u8>) -> Result<(), ValueProblem> {
    let layout = layout(column, CharForm::Raw).ok_or_else(|| ValueProblem::UnsupportedType {
        column_type: column.column_type.to_string(),
    })?;
    if *value == Value::Null {
        if !column.nullable {
            return Err(ValueProblem::UnexpectedNull);
        }
        put_null(layout.prefix, out);
        return Ok(());
    }
    match (&column.column_type, value) {
        (ColumnType::TinyInt, Value::TinyInt(number)) => put_fixed(layout, &[*number], out),
        (ColumnType::SmallInt, Value::SmallInt(number)) => {
            put_fixed(layout, &number.to_le_bytes(), out);
        }
        (ColumnType::Int, Value::Int(number)) => put_fixed(layout, &number.to_le_bytes(), out),
        (ColumnType::BigInt, Value::BigInt(number)) => {
            put_fixed(layout, &number.to_le_bytes(), out);
        }
        (ColumnType::Bit, Value::Bit(bit)) => put_fixed(layout, &[u8::from(*bit)], out),
        (ColumnType::Real, Value::Real(number)) => {
            finite(f64::from(*number))?;
            put_fixed(layout, &number.to_le_bytes(), out);
        }
        (ColumnType::Float, Value::Float(number)) => {
            finite(*number)?;
            put_fixed(layout, &number.to_le_bytes(), out);
        }
        (ColumnType::Money, Value::Money(amount)) => {
            // The high half comes first; each half is little-endian.
            let mut bytes = amount.to_le_bytes();
            bytes.rotate_left(4);
            put_fixed(layout, &bytes, out);
        }
        (ColumnType::SmallMoney, Value::SmallMoney(amount)) => {
            put_fixed(layout, &amount.to_le_bytes(), out);
        }
        (
            ColumnType::Decimal { precision, scale } | ColumnType::Numeric { precision, scale },
            Value::Decimal(decimal),
        ) => put_fixed(layout, &decimal_bytes(*decimal, *precision, *scale)?, out),
        (ColumnType::UniqueIdentifier, Value::UniqueIdentifier(identifier)) => {
            put_fixed(layout, &identifier.to_bytes_le(), out);
        }
        (ColumnType::RowVersion, Value::RowVersion(version)) => put_fixed(layout, version, out),
        _ => return encode_other(column, layout, value, out),
    }
    Ok(())
}

/// Times, text and bytes: what [`encode_value`] leaves over.
fn encode_other(
    column: &Column,
    layout: Layout,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), ValueProblem> {
    match (&column.column_type, value) {
        (ColumnType::Date, Value::Date(day)) => put_fixed(layout, &day_bytes(*day)?, out),
        (ColumnType::Time { scale }, Value::Time(time)) => {
            put_fixed(layout, &time_bytes(*time, *scale)?, out);
        }
        (ColumnType::DateTime2 { scale }, Value::DateTime2(moment)) => {
            let bytes = [
                &time_bytes(moment.time(), *scale)?[..],
                &day_bytes(moment.date())?,
            ]
            .concat();
            put_fixed(layout, &bytes, out);
        }
        (ColumnType::DateTimeOffset { scale }, Value::DateTimeOffset(moment)) => {
            let bytes = [
                &time_bytes(moment.utc().time(), *scale)?[..],
                &day_bytes(moment.utc().date())?,
                &moment.offset_minutes().to_le_bytes(),
            ]
            .concat();
            put_fixed(layout, &bytes, out);
        }
        (ColumnType::DateTime, Value::DateTime(moment)) => {
            let bytes = [moment.days().to_le_bytes(), moment.ticks().to_le_bytes()].concat();
            put_fixed(layout, &bytes, out);
        }
        (ColumnType::SmallDateTime, Value::SmallDateTime(moment)) => {
            let bytes = [moment.days().to_le_bytes(), moment.minutes().to_le_bytes()].concat();
            put_fixed(layout, &bytes, out);
        }
        (column_type, Value::Text(text)) if is_text(column_type) => {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            return put_text(layout, bytes, out);
        }
        (column_type, Value::Utf16(units)) if is_text(column_type) => {
            let bytes: Vec<u8> = units.iter().copied().flat_map(u16::to_le_bytes).collect();
            return put_text(layout, bytes, out);
        }
        (column_type, Value::Binary(bytes)) if is_binary(column_type) => {
            return put_variable(layout, bytes, out);
        }
        (ColumnType::SqlVariant, _) => {
            return Err(ValueProblem::UnsupportedType {
                column_type: column.column_type.to_string(),
            });
        }
        (column_type, _) => {
            return Err(ValueProblem::WrongKind {
                expected: column_type.to_string(),
                found: value.kind(),
            });
        }
    }
    Ok(())
}

fn is_text(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Char(_)
            | ColumnType::NChar(_)
            | ColumnType::VarChar(_)
            | ColumnType::NVarChar(_)
            | ColumnType::SysName
            | ColumnType::Text
            | ColumnType::NText
            | ColumnType::Xml
    )
}

fn is_binary(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Image
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Geography
            | ColumnType::Geometry
            | ColumnType::HierarchyId
    )
}

fn finite(number: f64) -> Result<(), ValueProblem> {
    if number.is_finite() {
        Ok(())
    } else {
        Err(ValueProblem::NotFinite)
    }
}

fn decimal_bytes(decimal: Decimal, precision: u8, scale: u8) -> Result<[u8; 19], ValueProblem> {
    if decimal.precision() != precision || decimal.scale() != scale {
        return Err(ValueProblem::DecimalShape {
            precision: decimal.precision(),
            scale: decimal.scale(),
        });
    }
    let mut bytes = [0; 19];
    bytes[..3].copy_from_slice(&[precision, scale, u8::from(!decimal.is_negative())]);
    bytes[3..].copy_from_slice(&decimal.magnitude().to_le_bytes());
    Ok(bytes)
}

fn day_bytes(day: Date) -> Result<[u8; 3], ValueProblem> {
    let [low, middle, high, _] = day_number(day)
        .ok_or(ValueProblem::OutOfRangeDate)?
        .to_le_bytes();
    Ok([low, middle, high])
}

fn time_bytes(time: Time, scale: u8) -> Result<[u8; 5], ValueProblem> {
    let step = 10_u64.pow(7_u32.saturating_sub(u32::from(scale)));
    let units = units_of(time)
        .filter(|units| units.is_multiple_of(step))
        .ok_or(ValueProblem::TooFineTime { scale })?;
    let mut bytes = [0; 5];
    bytes.copy_from_slice(&units.to_le_bytes()[..5]);
    Ok(bytes)
}

fn put_null(prefix: Prefix, out: &mut Vec<u8>) {
    let width = match prefix {
        Prefix::None => 0,
        Prefix::One => 1,
        Prefix::Two => 2,
        Prefix::Four => 4,
        Prefix::Eight => 8,
    };
    out.extend(std::iter::repeat_n(0xff, width));
}

/// Writes a payload of the width that the type fixes.
fn put_fixed(layout: Layout, payload: &[u8], out: &mut Vec<u8>) {
    put_length(layout.prefix, payload.len() as u64, out);
    out.extend_from_slice(payload);
}

/// Writes text; the form without a prefix is filled up with blanks, as the server does.
fn put_text(layout: Layout, mut bytes: Vec<u8>, out: &mut Vec<u8>) -> Result<(), ValueProblem> {
    if let Width::Fixed(width) = layout.width {
        while bytes.len() < width {
            bytes.extend_from_slice(&[b' ', 0]);
        }
    }
    put_variable(layout, &bytes, out)
}

fn put_variable(layout: Layout, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ValueProblem> {
    let limit = match layout.width {
        Width::Fixed(width) => width as u64,
        Width::AtMost(limit) => limit,
    };
    let found = bytes.len() as u64;
    if found > limit {
        return Err(ValueProblem::TooLong { limit, found });
    }
    put_length(layout.prefix, found, out);
    out.extend_from_slice(bytes);
    Ok(())
}

/// Writes a length in as many bytes as the prefix has; the layout keeps it small enough.
fn put_length(prefix: Prefix, length: u64, out: &mut Vec<u8>) {
    let bytes = length.to_le_bytes();
    match prefix {
        Prefix::None => {}
        Prefix::One => out.extend_from_slice(&bytes[..1]),
        Prefix::Two => out.extend_from_slice(&bytes[..2]),
        Prefix::Four => out.extend_from_slice(&bytes[..4]),
        Prefix::Eight => out.extend_from_slice(&bytes),
    }
}
