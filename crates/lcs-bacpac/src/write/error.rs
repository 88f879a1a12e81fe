//! Why a package cannot be written.

use std::io;

use zip::result::ZipError;

use crate::rows::EncodeError;
use crate::{ColumnType, TableName};

/// A package that cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The schema is not one that a server would accept.
    #[error("the schema cannot be written")]
    Schema {
        /// What is wrong with it.
        #[source]
        source: Box<SchemaError>,
    },
    /// The model has no such table.
    #[error("the package has no table {table}")]
    NoSuchTable {
        /// The name given.
        table: TableName,
    },
    /// A table's rows must come in one go.
    #[error("the rows of table {table} were already written")]
    TableAlreadyWritten {
        /// The table.
        table: TableName,
    },
    /// A table was begun, or the package finished, while another table was being written.
    #[error("table {table} is still being written")]
    TableStillOpen {
        /// The open table.
        table: TableName,
    },
    /// A row came, or a table ended, without a table having begun.
    #[error("no table is being written")]
    NoTableOpen,
    /// A row that its table cannot hold.
    #[error("row {row} of table {table} cannot be written")]
    Row {
        /// The table.
        table: TableName,
        /// The row, counted from 1.
        row: u64,
        /// Why not.
        #[source]
        source: Box<EncodeError>,
    },
    /// A fact for `Origin.xml` that XML cannot hold.
    #[error("the {field} holds a character that XML cannot hold")]
    Fact {
        /// The fact.
        field: &'static str,
    },
    /// An entry of the archive could not be begun or finished.
    #[error("could not write `{entry}`")]
    Archive {
        /// The entry.
        entry: String,
        /// What the archive writer said.
        #[source]
        source: ZipError,
    },
    /// Bytes could not be written.
    #[error("could not write the bytes of `{entry}`")]
    Write {
        /// The entry.
        entry: String,
        /// What the writer said.
        #[source]
        source: io::Error,
    },
}

/// A schema that a server would refuse, or that this crate cannot express.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A name that is empty, longer than 128 characters, or holds control characters.
    #[error("`{name}` cannot name {what}")]
    Name {
        /// The name.
        name: String,
        /// What it should name.
        what: String,
    },
    /// Two things of the same name; names differ by more than case.
    #[error("{what} occurs twice")]
    Duplicate {
        /// The thing.
        what: String,
    },
    /// Two tables whose rows would lie in the same folder.
    #[error("the rows of {first} and {second} would lie in the same folder")]
    SameFolder {
        /// One table.
        first: TableName,
        /// The other.
        second: TableName,
    },
    /// A table without columns.
    #[error("table {table} has no columns")]
    NoColumns {
        /// The table.
        table: TableName,
    },
    /// A type that is never written, or whose length, precision or scale is impossible.
    #[error("column `{column}` of table {table} cannot be of type {column_type}")]
    ColumnType {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The type.
        column_type: ColumnType,
    },
    /// An identity column that takes NULL or is not of a whole-number type.
    #[error("column `{column}` of table {table} cannot be an identity column")]
    Identity {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A key, index or constraint that names a column which does not exist.
    #[error("`{constraint}` of table {table} names no proper column: `{column}`")]
    NoSuchColumn {
        /// The table that owns the constraint.
        table: TableName,
        /// The key, index or constraint.
        constraint: String,
        /// The column, in the table referred to for a foreign key; empty when none is named.
        column: String,
    },
    /// A key or index over a column whose type cannot be compared, or has no bound.
    #[error("`{constraint}` of table {table} covers `{column}`, whose type no key can hold")]
    KeyType {
        /// The table that owns the constraint.
        table: TableName,
        /// The key or index.
        constraint: String,
        /// The column, in the table referred to for a foreign key.
        column: String,
    },
    /// A primary key over a column that takes NULL.
    #[error("the primary key of table {table} covers `{column}`, which takes NULL")]
    NullableKey {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A foreign key to a table that does not exist, or with lists of unequal length.
    #[error("foreign key `{foreign_key}` of table {table} does not fit {foreign_table}")]
    ForeignKey {
        /// The table.
        table: TableName,
        /// The foreign key.
        foreign_key: String,
        /// The table it refers to.
        foreign_table: TableName,
    },
    /// More than one clustered key or index.
    #[error("table {table} has more than one clustered key or index")]
    SeveralClustered {
        /// The table.
        table: TableName,
    },
}
