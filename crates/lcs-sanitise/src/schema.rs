//! What this crate needs to know of a database: names of tables, names and kinds of columns.

use serde::{Deserialize, Serialize};

/// A table as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSchema {
    /// The name as the database spells it, without quotes.
    pub name: String,
    /// The columns in their order.
    pub columns: Vec<ColumnSchema>,
}

/// A column as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSchema {
    /// The name as the database spells it, without quotes.
    pub name: String,
    /// The declared type as the database spells it; may be empty in SQLite.
    pub declared_type: String,
    /// Whether the column accepts NULL.
    pub nullable: bool,
}

impl TableSchema {
    /// Whether this table is meant by `name`; case does not matter, as in SQL Server's usual
    /// collation and in SQLite.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The column meant by `name`, whatever its case.
    pub fn column(&self, name: &str) -> Option<&ColumnSchema> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }
}
