//! The tables of the package: columns by evidence, keys and indexes where SQL Server takes them.

use lcs_bacpac::{Column, Index, KeyColumn, PrimaryKey, Table, TableName};
use lcs_databases::TableDescription;

use super::{columns::ColumnEvidence, write::WriteFailure};

/// The schema that every table goes to.
pub const SCHEMA: &str = "dbo";

/// SQL Server takes so many columns in a key.
const MOST_KEY_COLUMNS: usize = 32;

/// Describes a table, with one piece of evidence for each column that is not computed.
///
/// # Errors
///
/// [`WriteFailure::MixedColumn`] when no type holds a column's values.
pub fn table(
    description: &TableDescription,
    evidence: &[ColumnEvidence],
) -> Result<Table, WriteFailure> {
    let stored: Vec<_> = description
        .columns
        .iter()
        .filter(|column| !column.generated)
        .collect();
    let is_key = |name: &str| {
        let named = |list: &[String]| list.iter().any(|key| key.eq_ignore_ascii_case(name));
        named(&description.primary_key)
            || description.indexes.iter().any(|index| {
                index
                    .columns
                    .iter()
                    .flatten()
                    .any(|key| key.eq_ignore_ascii_case(name))
            })
    };
    let mut columns = Vec::with_capacity(stored.len());
    for (column, evidence) in stored.iter().zip(evidence) {
        let as_key = if is_key(&column.name) {
            evidence.key_type()
        } else {
            None
        };
        let column_type =
            as_key
                .or_else(|| evidence.column_type())
                .ok_or_else(|| WriteFailure::MixedColumn {
                    table: description.name.clone(),
                    column: column.name.clone(),
                })?;
        let in_primary_key = description
            .primary_key
            .iter()
            .any(|key| key.eq_ignore_ascii_case(&column.name));
        // SQLite lets NULL into most primary keys; SQL Server does not.
        let nullable = evidence.has_nulls() || (column.nullable && !in_primary_key);
        columns.push(Column {
            nullable,
            ..Column::nullable(&column.name, column_type)
        });
    }
    let mut table = Table::new(TableName::new(SCHEMA, &description.name), columns);
    table.primary_key = primary_key(description, &table, evidence);
    table.indexes = indexes(description, &table, evidence);
    Ok(table)
}

fn primary_key(
    description: &TableDescription,
    table: &Table,
    evidence: &[ColumnEvidence],
) -> Option<PrimaryKey> {
    let columns = key_columns(description.primary_key.iter().map(Some), table, evidence)?;
    let nullable = |key: &KeyColumn| {
        table
            .column(&key.column)
            .is_none_or(|column| column.nullable)
    };
    (!columns.iter().any(nullable)).then(|| PrimaryKey {
        name: format!("PK_{}", description.name),
        columns,
        clustered: true,
    })
}

fn indexes(
    description: &TableDescription,
    table: &Table,
    evidence: &[ColumnEvidence],
) -> Vec<Index> {
    let is_primary_key = |columns: &[KeyColumn]| {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns == columns)
    };
    let mut indexes: Vec<Index> = Vec::new();
    for (number, index) in description.indexes.iter().enumerate() {
        let columns = key_columns(index.columns.iter().map(Option::as_ref), table, evidence);
        let Some(columns) = columns.filter(|columns| !index.partial && !is_primary_key(columns))
        else {
            continue;
        };
        // For SQLite every NULL differs from every other, for SQL Server none does: an index
        // over a column that holds some would refuse the rows it comes with.
        let has_nulls = columns.iter().any(|key| {
            table
                .columns
                .iter()
                .zip(evidence)
                .any(|(column, evidence)| column.name == key.column && evidence.has_nulls())
        });
        // The name of a constraint's index is SQLite's own and means nothing elsewhere.
        let name = if index.constraint {
            format!("UQ_{}_{number}", description.name)
        } else {
            index.name.clone()
        };
        if indexes
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(&name))
        {
            continue;
        }
        indexes.push(Index {
            name,
            columns,
            included_columns: Vec::new(),
            unique: index.unique && !has_nulls,
            clustered: false,
            filter: None,
        });
    }
    indexes
}

/// The columns of a key; `None` when SQL Server would not take it: an expression, a computed
/// column, values that are too long, too many columns.
fn key_columns<'name>(
    names: impl Iterator<Item = Option<&'name String>>,
    table: &Table,
    evidence: &[ColumnEvidence],
) -> Option<Vec<KeyColumn>> {
    let mut columns: Vec<KeyColumn> = Vec::new();
    for name in names {
        let name = name?;
        let position = table
            .columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))?;
        evidence.get(position)?.key_type()?;
        let key = KeyColumn::ascending(&table.columns.get(position)?.name);
        if !columns.contains(&key) {
            columns.push(key);
        }
    }
    (!columns.is_empty() && columns.len() <= MOST_KEY_COLUMNS).then_some(columns)
}
