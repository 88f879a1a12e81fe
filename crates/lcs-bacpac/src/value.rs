//! One value of a row, typed as its column is.

use jiff::civil::{Date, DateTime, Time};
use uuid::Uuid;

use crate::{DateTimeOffset, DateTimeTicks, Decimal, SmallDateTime, decimal};

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// NULL, of any type.
    Null,
    /// `tinyint`.
    TinyInt(u8),
    /// `smallint`.
    SmallInt(i16),
    /// `int`.
    Int(i32),
    /// `bigint`.
    BigInt(i64),
    /// `bit`.
    Bit(bool),
    /// `real`.
    Real(f32),
    /// `float`.
    Float(f64),
    /// `money`, in ten-thousandths.
    Money(i64),
    /// `smallmoney`, in ten-thousandths.
    SmallMoney(i32),
    /// `decimal` or `numeric`; precision and scale are those of the column.
    Decimal(Decimal),
    /// `uniqueidentifier`.
    UniqueIdentifier(Uuid),
    /// `date`, of the years 1 to 9999.
    Date(Date),
    /// `time`, in steps of 100 nanoseconds or coarser as the column's scale says.
    Time(Time),
    /// `datetime2`, of the years 1 to 9999, in the same steps.
    DateTime2(DateTime),
    /// `datetimeoffset`.
    DateTimeOffset(DateTimeOffset),
    /// `datetime`.
    DateTime(DateTimeTicks),
    /// `smalldatetime`.
    SmallDateTime(SmallDateTime),
    /// Text of any character type, and `xml`.
    Text(String),
    /// Text that holds unpaired surrogates and so has no other form than its UTF-16 units.
    Utf16(Vec<u16>),
    /// Bytes: `binary`, `varbinary`, `image`, and the opaque form of `geography`, `geometry`,
    /// `hierarchyid` and `sql_variant`.
    Binary(Vec<u8>),
    /// `rowversion`, as the server shows it.
    RowVersion([u8; 8]),
}

impl Value {
    /// What kind of value this is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::TinyInt(_) => "tinyint",
            Self::SmallInt(_) => "smallint",
            Self::Int(_) => "int",
            Self::BigInt(_) => "bigint",
            Self::Bit(_) => "bit",
            Self::Real(_) => "real",
            Self::Float(_) => "float",
            Self::Money(_) => "money",
            Self::SmallMoney(_) => "smallmoney",
            Self::Decimal(_) => "decimal",
            Self::UniqueIdentifier(_) => "uniqueidentifier",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::DateTime2(_) => "datetime2",
            Self::DateTimeOffset(_) => "datetimeoffset",
            Self::DateTime(_) => "datetime",
            Self::SmallDateTime(_) => "smalldatetime",
            Self::Text(_) | Self::Utf16(_) => "text",
            Self::Binary(_) => "binary",
            Self::RowVersion(_) => "rowversion",
        }
    }

    /// The decimal text of a `money`, `smallmoney`, `decimal` or `numeric` value; `None` for
    /// other kinds.
    pub fn decimal_text(&self) -> Option<String> {
        match self {
            Self::Money(amount) => Some(money_text(*amount)),
            Self::SmallMoney(amount) => Some(money_text(i64::from(*amount))),
            Self::Decimal(decimal) => Some(decimal.to_string()),
            _ => None,
        }
    }
}

fn money_text(amount: i64) -> String {
    decimal::fixed_point(amount < 0, u128::from(amount.unsigned_abs()), 4)
}
