//! The values that rules compare with and write.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::ColumnSchema;

/// A value in a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// No value.
    Null,
    /// A whole number; truth values are 0 and 1.
    Integer(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text.
    Text(String),
    /// A sequence of no bytes, for binary columns that refuse NULL.
    NoBytes,
}

impl Value {
    /// What a cleared column holds: NULL where it may, else the empty value of its declared type.
    pub(crate) fn cleared(column: &ColumnSchema) -> Self {
        if column.nullable {
            return Self::Null;
        }
        let declared = column.declared_type.to_ascii_uppercase();
        let is_any_of = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        if is_any_of(&["CHAR", "TEXT", "CLOB"]) {
            Self::Text(String::new())
        } else if declared.is_empty() || is_any_of(&["BLOB", "BINARY", "BYTEA", "IMAGE"]) {
            Self::NoBytes
        } else if is_any_of(&[
            "INT", "NUM", "DEC", "REAL", "FLOA", "DOUB", "BIT", "BOOL", "MONEY",
        ]) {
            Self::Integer(0)
        } else {
            Self::Text(String::new())
        }
    }

    /// The value as a rule file writes it; `None` for what no rule may hold.
    pub(crate) fn from_toml(value: &toml::Value) -> Option<Self> {
        match value {
            toml::Value::String(text) => Some(Self::Text(text.clone())),
            toml::Value::Integer(number) => Some(Self::Integer(*number)),
            toml::Value::Float(number) => Some(Self::Real(*number)),
            toml::Value::Boolean(truth) => Some(Self::Integer(i64::from(*truth))),
            toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Integer(number) => number.fmt(f),
            Self::Real(number) => number.fmt(f),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::NoBytes => f.write_str("no bytes"),
        }
    }
}
