//! The part of a database model that rows need: tables, columns, keys, indexes, defaults and
//! foreign keys. The reader fills these types, the writer takes them.

use crate::{ColumnType, TableName};

/// What `model.xml` says of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The schema provider's short name, such as `Sql150` or `SqlAzureV12`.
    pub provider: String,
    /// The feature level, such as `2.5`.
    pub schema_version: String,
    /// The database's collation, when the model states it.
    pub collation: Option<String>,
    /// The tables, in the order of the model.
    pub tables: Vec<Table>,
}

impl Model {
    /// Finds a table by its exact name.
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }
}

/// A table. Computed columns are left out: they never occur in row data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its stored columns, in the order of their values in a row.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Its indexes beside the primary key.
    pub indexes: Vec<Index>,
    /// Its default constraints.
    pub defaults: Vec<DefaultConstraint>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
}

impl Table {
    /// A table of these columns, without keys, indexes or constraints.
    pub fn new(name: TableName, columns: Vec<Column>) -> Self {
        Self {
            name,
            columns,
            primary_key: None,
            indexes: Vec::new(),
            defaults: Vec::new(),
            foreign_keys: Vec::new(),
        }
    }

    /// Finds a stored column by its exact name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A stored column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Seed and increment when the server numbers the rows.
    pub identity: Option<Identity>,
    /// Its own collation, when it states one.
    pub collation: Option<String>,
}

impl Column {
    /// A column that takes NULL.
    pub fn nullable(name: impl Into<String>, column_type: ColumnType) -> Self {
        Self {
            name: name.into(),
            column_type,
            nullable: true,
            identity: None,
            collation: None,
        }
    }

    /// A column that refuses NULL.
    pub fn not_null(name: impl Into<String>, column_type: ColumnType) -> Self {
        Self {
            nullable: false,
            ..Self::nullable(name, column_type)
        }
    }
}

/// How the server numbers an identity column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The first value.
    pub seed: i128,
    /// The step to the next.
    pub increment: i128,
}

/// A column of a key or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// The column's name.
    pub column: String,
    /// Whether the order is descending.
    pub descending: bool,
}

impl KeyColumn {
    /// A column in ascending order.
    pub fn ascending(column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            descending: false,
        }
    }
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The constraint's name; empty when a package does not give it.
    pub name: String,
    /// Its columns, in key order.
    pub columns: Vec<KeyColumn>,
    /// Whether the rows are stored in its order.
    pub clustered: bool,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name, without schema and table.
    pub name: String,
    /// Its columns, in key order.
    pub columns: Vec<KeyColumn>,
    /// Columns carried along without being part of the key.
    pub included_columns: Vec<String>,
    /// Whether it forbids duplicates.
    pub unique: bool,
    /// Whether the rows are stored in its order.
    pub clustered: bool,
    /// The predicate of a filtered index, as script text.
    pub filter: Option<String>,
}

/// A named default of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultConstraint {
    /// The constraint's name; empty when a package does not give it.
    pub name: String,
    /// The column.
    pub column: String,
    /// The expression, as script text such as `((0))`.
    pub expression: String,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name; empty when a package does not give it.
    pub name: String,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub foreign_table: TableName,
    /// The columns referred to, in the order of `columns`.
    pub foreign_columns: Vec<String>,
    /// What happens when the row referred to is deleted.
    pub on_delete: ReferentialAction,
    /// What happens when the key referred to changes.
    pub on_update: ReferentialAction,
}

/// What a foreign key does when the row it refers to goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferentialAction {
    /// Refuse.
    #[default]
    NoAction,
    /// Delete or change the referring row too.
    Cascade,
    /// Set the referring columns to NULL.
    SetNull,
    /// Set the referring columns to their defaults.
    SetDefault,
}

impl ReferentialAction {
    /// The number in `model.xml`; `None` for the default, which is left out.
    pub(crate) fn number(self) -> Option<&'static str> {
        match self {
            Self::NoAction => None,
            Self::Cascade => Some("1"),
            Self::SetNull => Some("2"),
            Self::SetDefault => Some("3"),
        }
    }

    /// The action with a number of `model.xml`.
    pub(crate) fn from_number(number: &str) -> Option<Self> {
        match number {
            "0" => Some(Self::NoAction),
            "1" => Some(Self::Cascade),
            "2" => Some(Self::SetNull),
            "3" => Some(Self::SetDefault),
            _ => None,
        }
    }
}
