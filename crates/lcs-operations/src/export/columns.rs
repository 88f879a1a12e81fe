//! From the declared types of SQLite to those of SQL Server.
//!
//! SQLite lets any value stand in any column, so the declared type is a wish. A first pass over the
//! rows looks whether all values fit it; if not, the column becomes the narrowest type that holds
//! all its values without loss.

use lcs_bacpac::{ColumnType, Length};
use rusqlite::types::ValueRef;

use super::value::convert;

/// The most characters that `nvarchar(n)` may have.
const LONGEST_LIMITED_TEXT: u32 = 4_000;
/// The most bytes that `varbinary(n)` may have.
const LONGEST_LIMITED_BINARY: u32 = 8_000;
/// A clustered key has 900 bytes, two for each character.
pub(crate) const LONGEST_KEY_TEXT: u16 = 450;

/// The type that a declaration asks for; `None` when it leaves it to the values.
pub fn declared(declaration: &str) -> Option<ColumnType> {
    let upper = declaration.trim().to_ascii_uppercase();
    let (name, arguments) = match upper.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches(')').trim()),
        None => (upper.as_str(), ""),
    };
    let numbers: Vec<u32> = arguments
        .split(',')
        .filter_map(|number| number.trim().parse().ok())
        .collect();
    let limited = |most: u32| match numbers.first() {
        Some(length) if (1..=most).contains(length) => {
            u16::try_from(*length).map_or(Length::Max, Length::Limited)
        }
        _ => Length::Max,
    };
    Some(match name {
        "TINYINT" => ColumnType::TinyInt,
        "SMALLINT" => ColumnType::SmallInt,
        "INT" | "MEDIUMINT" => ColumnType::Int,
        "INTEGER" | "BIGINT" => ColumnType::BigInt,
        "BIT" | "BOOLEAN" | "BOOL" => ColumnType::Bit,
        "REAL" | "FLOAT" | "DOUBLE" | "DOUBLE PRECISION" => ColumnType::Float,
        "NUMERIC" | "DECIMAL" => exact(&numbers)?,
        "MONEY" => ColumnType::Decimal {
            precision: 19,
            scale: 4,
        },
        "DATETIME" | "TIMESTAMP" => ColumnType::DateTime,
        "DATETIME2" => ColumnType::DateTime2 { scale: 7 },
        "DATE" => ColumnType::Date,
        "UNIQUEIDENTIFIER" | "UUID" | "GUID" => ColumnType::UniqueIdentifier,
        "TEXT" | "CLOB" | "NTEXT" | "CHAR" | "NCHAR" | "CHARACTER" | "VARCHAR" | "NVARCHAR"
        | "VARYING CHARACTER" | "NATIVE CHARACTER" => {
            ColumnType::NVarChar(limited(LONGEST_LIMITED_TEXT))
        }
        "BLOB" | "BINARY" | "VARBINARY" | "IMAGE" => {
            ColumnType::VarBinary(limited(LONGEST_LIMITED_BINARY))
        }
        _ => return None,
    })
}

fn exact(numbers: &[u32]) -> Option<ColumnType> {
    let precision = u8::try_from(*numbers.first()?)
        .ok()
        .filter(|p| (1..=38).contains(p))?;
    let scale = u8::try_from(numbers.get(1).copied().unwrap_or(0))
        .ok()
        .filter(|s| *s <= precision)?;
    Some(ColumnType::Numeric { precision, scale })
}

/// A type of the same kind that holds all that this one holds, and more.
const fn wider(column: &ColumnType) -> Option<ColumnType> {
    match column {
        ColumnType::Date | ColumnType::DateTime => Some(ColumnType::DateTime2 { scale: 7 }),
        _ => None,
    }
}

/// What the first pass learns of a column.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct ColumnEvidence {
    /// The declared type, or a wider one of its kind; `None` once a value fits neither.
    fitting: Option<ColumnType>,
    integers: bool,
    reals: bool,
    texts: bool,
    blobs: bool,
    nulls: bool,
    longest_text: usize,
}

impl ColumnEvidence {
    /// Nothing seen yet.
    pub fn new(declaration: &str) -> Self {
        Self {
            fitting: declared(declaration),
            integers: false,
            reals: false,
            texts: false,
            blobs: false,
            nulls: false,
            longest_text: 0,
        }
    }

    /// Looks at a value.
    pub fn see(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.nulls = true,
            ValueRef::Integer(_) => self.integers = true,
            ValueRef::Real(_) => self.reals = true,
            ValueRef::Text(bytes) => {
                self.texts = true;
                let units = String::from_utf8_lossy(bytes).encode_utf16().count();
                self.longest_text = self.longest_text.max(units);
            }
            ValueRef::Blob(_) => self.blobs = true,
        }
        // What was seen before also fits the wider type.
        while let Some(fitting) = &self.fitting
            && convert(value, fitting).is_none()
        {
            self.fitting = wider(fitting);
        }
    }

    /// Whether NULL was seen.
    pub const fn has_nulls(&self) -> bool {
        self.nulls
    }

    /// The type that holds every value that was seen; `None` when no type does, which is so for
    /// bytes mixed with text or numbers.
    pub fn column_type(&self) -> Option<ColumnType> {
        if self.fitting.is_some() {
            return self.fitting.clone();
        }
        match (self.blobs, self.texts, self.reals, self.integers) {
            (true, false, false, false) => Some(ColumnType::VarBinary(Length::Max)),
            (true, ..) => None,
            (false, false, false, true) => Some(ColumnType::BigInt),
            (false, false, true, _) => Some(ColumnType::Float),
            (false, true, ..) | (false, false, false, false) => {
                Some(ColumnType::NVarChar(Length::Max))
            }
        }
    }

    /// The same for a column of a key, which takes no `(max)` type; `None` when its values are too
    /// long for a key.
    pub fn key_type(&self) -> Option<ColumnType> {
        match self.column_type()? {
            ColumnType::NVarChar(Length::Max)
                if self.longest_text <= usize::from(LONGEST_KEY_TEXT) =>
            {
                Some(ColumnType::NVarChar(Length::Limited(LONGEST_KEY_TEXT)))
            }
            ColumnType::NVarChar(Length::Limited(length)) if length > LONGEST_KEY_TEXT => None,
            ColumnType::NVarChar(Length::Max) | ColumnType::VarBinary(_) => None,
            narrow => Some(narrow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(declaration: &str, values: &[ValueRef<'_>]) -> ColumnEvidence {
        let mut evidence = ColumnEvidence::new(declaration);
        for value in values {
            evidence.see(*value);
        }
        evidence
    }

    #[test]
    fn declarations_of_finance_and_operations_and_of_sqlite_are_understood() {
        let text = |length| Some(ColumnType::NVarChar(Length::Limited(length)));
        let cases = [
            ("INT", Some(ColumnType::Int)),
            ("BIGINT", Some(ColumnType::BigInt)),
            ("INTEGER", Some(ColumnType::BigInt)),
            ("NVARCHAR(160)", text(160)),
            ("nvarchar(10)", text(10)),
            ("NVARCHAR(MAX)", Some(ColumnType::NVarChar(Length::Max))),
            ("VARCHAR(5000)", Some(ColumnType::NVarChar(Length::Max))),
            (
                "NUMERIC(32,6)",
                Some(ColumnType::Numeric {
                    precision: 32,
                    scale: 6,
                }),
            ),
            (
                "NUMERIC(10, 2)",
                Some(ColumnType::Numeric {
                    precision: 10,
                    scale: 2,
                }),
            ),
            ("DATETIME", Some(ColumnType::DateTime)),
            ("VARBINARY(MAX)", Some(ColumnType::VarBinary(Length::Max))),
            ("NUMERIC", None),
            ("NUMERIC(99,6)", None),
            ("", None),
            ("POINT", None),
        ];
        for (declaration, wanted) in cases {
            assert_eq!(declared(declaration), wanted, "{declaration}");
        }
    }

    #[test]
    fn a_column_that_keeps_its_word_keeps_its_type() {
        let kept = evidence("NVARCHAR(3)", &[ValueRef::Text(b"abc"), ValueRef::Null]);
        assert_eq!(
            kept.column_type(),
            Some(ColumnType::NVarChar(Length::Limited(3)))
        );
        assert!(kept.has_nulls());
    }

    #[test]
    fn a_column_that_does_not_is_widened_without_loss() {
        let long = ValueRef::Text(b"abcd");
        let cases = [
            (
                evidence("NVARCHAR(3)", &[long]),
                Some(ColumnType::NVarChar(Length::Max)),
            ),
            (
                evidence("INT", &[ValueRef::Integer(1 << 40)]),
                Some(ColumnType::BigInt),
            ),
            (
                evidence("INT", &[ValueRef::Real(0.5), ValueRef::Integer(1)]),
                Some(ColumnType::Float),
            ),
            (
                evidence("INT", &[ValueRef::Integer(1), long]),
                Some(ColumnType::NVarChar(Length::Max)),
            ),
            (
                evidence(
                    "DATETIME",
                    &[
                        ValueRef::Text(b"2024-02-29 13:30:00"),
                        ValueRef::Text(b"2024-02-29 13:30:00.001"),
                    ],
                ),
                Some(ColumnType::DateTime2 { scale: 7 }),
            ),
            (
                evidence(
                    "DATE",
                    &[
                        ValueRef::Text(b"2024-02-29"),
                        ValueRef::Text(b"2024-02-29 13:30:00"),
                    ],
                ),
                Some(ColumnType::DateTime2 { scale: 7 }),
            ),
            (
                evidence(
                    "DATETIME",
                    &[
                        ValueRef::Text(b"2024-02-29 13:30:00"),
                        ValueRef::Text(b"yesterday"),
                    ],
                ),
                Some(ColumnType::NVarChar(Length::Max)),
            ),
            (
                evidence("", &[ValueRef::Blob(&[1])]),
                Some(ColumnType::VarBinary(Length::Max)),
            ),
            (evidence("", &[]), Some(ColumnType::NVarChar(Length::Max))),
            (evidence("", &[ValueRef::Blob(&[1]), long]), None),
        ];
        for (evidence, wanted) in cases {
            assert_eq!(evidence.column_type(), wanted, "{evidence:?}");
        }
    }

    #[test]
    fn a_text_key_gets_a_length() {
        let short = evidence("TEXT", &[ValueRef::Text(b"abc")]);
        assert_eq!(
            short.key_type(),
            Some(ColumnType::NVarChar(Length::Limited(450)))
        );
        let long = "x".repeat(451);
        assert_eq!(
            evidence("TEXT", &[ValueRef::Text(long.as_bytes())]).key_type(),
            None
        );
    }
}
