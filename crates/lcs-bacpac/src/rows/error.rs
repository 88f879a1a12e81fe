//! What can be wrong with row data, and where.

use std::{fmt, io};

use crate::TableName;

/// Row data that cannot be decoded: where, and why.
#[derive(Debug, thiserror::Error)]
#[error("row data is unreadable: {location}")]
pub struct RowError {
    /// Where.
    pub location: Box<RowLocation>,
    /// What is wrong there.
    #[source]
    pub problem: RowProblem,
}

/// A place in row data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowLocation {
    /// The table.
    pub table: TableName,
    /// The part, by its name in the package.
    pub part: String,
    /// The row within the part, counted from 1.
    pub row: u64,
    /// Where the value begins, in bytes from the part's start.
    pub offset: u64,
    /// The column, when the trouble lies in one.
    pub column: Option<String>,
}

impl fmt::Display for RowLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            table,
            part,
            row,
            offset,
            column,
        } = self;
        write!(formatter, "table {table}, `{part}`, row {row}")?;
        if let Some(column) = column {
            write!(formatter, ", column `{column}`")?;
        }
        write!(formatter, ", byte {offset}")
    }
}

/// Why a value of row data is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// The part's bytes could not be read at all.
    #[error("the package could not be read")]
    Read {
        /// What the reader said.
        #[source]
        source: io::Error,
    },
    /// The part ends inside a value.
    #[error("the part ends inside a value: {wanted} bytes are due, {found} are left")]
    Truncated {
        /// Bytes the value needs.
        wanted: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A length that the type cannot have.
    #[error("the length is {found} bytes where {expected} are due")]
    WrongLength {
        /// The type's width.
        expected: u64,
        /// The length in the data.
        found: u64,
    },
    /// A length beyond what the column declares.
    #[error("the length is {found} bytes where at most {limit} are allowed")]
    TooLong {
        /// The most the column holds.
        limit: u64,
        /// The length in the data.
        found: u64,
    },
    /// NULL in a column that refuses it.
    #[error("the value is NULL in a column that refuses NULL")]
    UnexpectedNull,
    /// A length of text that is not a whole number of UTF-16 units.
    #[error("the text is {found} bytes long, which is not a whole number of UTF-16 units")]
    OddTextLength {
        /// The length in the data.
        found: u64,
    },
    /// A bit that is neither 0 nor 1.
    #[error("the bit is {found}")]
    InvalidBit {
        /// The byte.
        found: u8,
    },
    /// A decimal that differs from its column's declaration or has an impossible sign or size.
    #[error(
        "the decimal does not fit its column: precision {precision}, scale {scale}, sign {sign}"
    )]
    InvalidDecimal {
        /// Precision in the data.
        precision: u8,
        /// Scale in the data.
        scale: u8,
        /// Sign in the data: 1 plus, 0 minus.
        sign: u8,
    },
    /// A date or time outside its type's range.
    #[error("the date or time is out of range")]
    OutOfRangeTime,
    /// A column of a type whose bytes are unknown.
    #[error("values of type {column_type} cannot be read")]
    UnsupportedType {
        /// The type's name.
        column_type: String,
    },
    /// Data for a table that stores no columns.
    #[error("the table stores no columns, yet there is data")]
    NoColumns,
}
