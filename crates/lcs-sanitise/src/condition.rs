//! Which rows of a table a rule is about.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{schema::TableSchema, value::Value};

/// One test of one column; a rule's conditions must all hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// The column that is looked at.
    pub column: String,
    /// What must hold for it.
    pub test: Test,
}

/// What a condition demands of its column. Texts are compared without regard to (ASCII) case, as
/// SQL Server's usual collation does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The value is one of these. NULL is none of them.
    In(Vec<Value>),
    /// The value is none of these. NULL is none of them, so it passes.
    NotIn(Vec<Value>),
    /// The text contains this text.
    Contains(String),
}

impl Condition {
    /// The same condition with the column spelt as in `table`, or the name that is missing there.
    pub(crate) fn resolve(&self, table: &TableSchema) -> Result<Self, String> {
        let column = table
            .column(&self.column)
            .ok_or_else(|| self.column.clone())?;
        Ok(Self {
            column: column.name.clone(),
            test: self.test.clone(),
        })
    }

    /// Resolves all, or names the first column that is missing.
    pub(crate) fn resolve_all(all: &[Self], table: &TableSchema) -> Result<Vec<Self>, String> {
        all.iter()
            .map(|condition| condition.resolve(table))
            .collect()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |values: &[Value]| {
            let words: Vec<String> = values.iter().map(Value::to_string).collect();
            words.join(", ")
        };
        match &self.test {
            Test::In(values) => write!(f, "{} in ({})", self.column, list(values)),
            Test::NotIn(values) => write!(f, "{} not in ({})", self.column, list(values)),
            Test::Contains(text) => write!(f, "{} contains '{text}'", self.column),
        }
    }
}
