//! Every row of every table, all from one moment and never all in memory: for an export.

use rusqlite::{Row, Transaction, TransactionBehavior, types::ValueRef};

use super::{source::Source, statement::quoted};
use crate::schema::TableDescription;

/// A database cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// SQLite refused.
    #[error("could not read the database")]
    Database(#[source] rusqlite::Error),
}

/// A walk over the rows of a table ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowsError<E: std::error::Error + 'static> {
    /// SQLite refused.
    #[error("could not read the rows of `{table}`")]
    Read {
        /// The table.
        table: String,
        /// Its reason.
        #[source]
        source: rusqlite::Error,
    },
    /// The visitor asked to stop.
    #[error(transparent)]
    Visitor(E),
}

/// A database as it was at one moment, while others go on writing if it keeps a write-ahead log.
///
/// Without such a log, writers wait until the snapshot is dropped.
#[derive(Debug)]
pub struct Snapshot<'a> {
    pub(super) transaction: Transaction<'a>,
}

/// The values of one row, in the order of the table's columns.
#[derive(Debug)]
pub struct RowValues<'row> {
    row: &'row Row<'row>,
    columns: usize,
}

impl<'row> RowValues<'row> {
    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.columns
    }

    /// Whether there are none; no table is like that.
    pub const fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// The value in a column, counted from 0; `None` past the last.
    pub fn value(&self, column: usize) -> Option<ValueRef<'row>> {
        (column < self.columns)
            .then(|| self.row.get_ref(column).ok())
            .flatten()
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'row>> + '_ {
        (0..self.columns).filter_map(|column| self.value(column))
    }
}

impl Source {
    /// Takes a snapshot of the database as it is now.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn snapshot(&mut self) -> Result<Snapshot<'_>, ReadError> {
        let begin = || {
            let transaction =
                Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred)?;
            // A transaction takes its snapshot at its first read.
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(Snapshot { transaction })
        };
        begin().map_err(ReadError::Database)
    }
}

impl Snapshot<'_> {
    /// Shows each row of a table to `visit`, in the order of the primary key, or in that of the
    /// rows' own numbers if there is none. Yields how many rows there were.
    ///
    /// Values stand in the order of `table.columns`, generated ones included.
    ///
    /// # Errors
    /// The table cannot be read, or the visitor asked to stop.
    pub fn for_each_row<E: std::error::Error + 'static>(
        &self,
        table: &TableDescription,
        mut visit: impl FnMut(&RowValues<'_>) -> Result<(), E>,
    ) -> Result<u64, RowsError<E>> {
        let failed = |source| RowsError::Read {
            table: table.name.clone(),
            source,
        };
        let mut statement = self.transaction.prepare(&select(table)).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            let values = RowValues {
                row,
                columns: table.columns.len(),
            };
            visit(&values).map_err(RowsError::Visitor)?;
            count += 1;
        }
        Ok(count)
    }
}

fn select(table: &TableDescription) -> String {
    let list = |names: &mut dyn Iterator<Item = &String>| {
        let names: Vec<String> = names.map(|name| quoted(name)).collect();
        names.join(", ")
    };
    let columns = list(&mut table.columns.iter().map(|column| &column.name));
    let mut sql = format!("SELECT {columns} FROM {}", quoted(&table.name));
    if !table.primary_key.is_empty() {
        sql.push_str(" ORDER BY ");
        sql.push_str(&list(&mut table.primary_key.iter()));
    } else if let Some(number) = row_number(table) {
        sql.push_str(" ORDER BY ");
        sql.push_str(number);
    }
    sql
}

/// The name under which a row's own number can be reached, if columns have not taken them all.
fn row_number(table: &TableDescription) -> Option<&'static str> {
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| {
        !table
            .columns
            .iter()
            .any(|column| column.name.eq_ignore_ascii_case(name))
    })
}
