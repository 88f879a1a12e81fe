//! What a database consists of, as found by an inspection.

use lcs_sanitise::{ColumnSchema, TableSchema};
use serde::{Deserialize, Serialize};

/// A database as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Ordinary tables in the order of their names; no views, virtual or internal tables.
    pub tables: Vec<TableDescription>,
    /// The size of the database.
    pub bytes: u64,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDescription {
    /// The name, without quotes.
    pub name: String,
    /// The columns in their order.
    pub columns: Vec<ColumnDescription>,
    /// The names of the columns of the primary key, in the key's order; empty if there is none.
    pub primary_key: Vec<String>,
    /// Indexes that were created by name, and those behind unique constraints.
    pub indexes: Vec<IndexDescription>,
    /// Foreign keys in the order of their declaration.
    pub foreign_keys: Vec<ForeignKeyDescription>,
    /// Whether rows have no hidden number of their own (`WITHOUT ROWID`).
    pub without_rowid: bool,
    /// How many rows it had.
    pub rows: u64,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnDescription {
    /// The name, without quotes.
    pub name: String,
    /// The type as declared, for example `NVARCHAR(40)`; empty if none was declared.
    pub declared_type: String,
    /// Whether NULL may stand in it.
    pub nullable: bool,
    /// The default as the schema writes it, for example `'x'` or `CURRENT_TIMESTAMP`.
    pub default: Option<String>,
    /// Whether the database itself numbers new rows in this column (`INTEGER PRIMARY KEY`).
    pub identity: bool,
    /// Whether the value is computed from others and cannot be written.
    pub generated: bool,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDescription {
    /// The name; the database makes one up for a constraint.
    pub name: String,
    /// Whether it refuses equal entries.
    pub unique: bool,
    /// Whether it stands for a unique constraint of the table rather than for itself.
    pub constraint: bool,
    /// Whether it covers only some rows.
    pub partial: bool,
    /// The columns; `None` stands for an expression.
    pub columns: Vec<Option<String>>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKeyDescription {
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The table they point to.
    pub references_table: String,
    /// The columns there; empty if neither the schema nor the other table says which.
    pub references_columns: Vec<String>,
    /// What happens to this row when the other is deleted, as the schema writes it.
    pub on_delete: String,
    /// What happens to this row when the other's key changes, as the schema writes it.
    pub on_update: String,
}

impl Inspection {
    /// The table of that name, whatever its case.
    pub fn table(&self, name: &str) -> Option<&TableDescription> {
        self.tables
            .iter()
            .find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The same as the sanitisation rules need it.
    pub fn table_schemas(&self) -> Vec<TableSchema> {
        let column = |column: &ColumnDescription| ColumnSchema {
            name: column.name.clone(),
            declared_type: column.declared_type.clone(),
            nullable: column.nullable,
        };
        self.tables
            .iter()
            .map(|table| TableSchema {
                name: table.name.clone(),
                columns: table.columns.iter().map(column).collect(),
            })
            .collect()
    }
}
