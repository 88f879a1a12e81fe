//! Finds out what a database consists of.

use rusqlite::{Connection, Row, Transaction};

use super::{
    rows::{ReadError, Snapshot},
    source::Source,
    statement::quoted,
};
use crate::schema::{
    ColumnDescription, ForeignKeyDescription, IndexDescription, Inspection, TableDescription,
};

impl Source {
    /// Describes the database as it is now: everything from one moment.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn inspect(&mut self) -> Result<Inspection, ReadError> {
        self.snapshot()?.inspect()
    }
}

impl Snapshot<'_> {
    /// Describes the database as it was when the snapshot was taken.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn inspect(&self) -> Result<Inspection, ReadError> {
        inspect(&self.transaction).map_err(ReadError::Database)
    }
}

fn inspect(transaction: &Transaction<'_>) -> rusqlite::Result<Inspection> {
    let mut tables = Vec::new();
    for (name, without_rowid) in ordinary_tables(transaction)? {
        tables.push(describe(transaction, name, without_rowid)?);
    }
    // A foreign key may leave out which columns it points to: it means the primary key.
    let keys: Vec<(String, Vec<String>)> = tables
        .iter()
        .map(|table| (table.name.clone(), table.primary_key.clone()))
        .collect();
    for foreign_key in tables.iter_mut().flat_map(|it| &mut it.foreign_keys) {
        let target = keys
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&foreign_key.references_table));
        if let (true, Some((_, key))) = (foreign_key.references_columns.is_empty(), target) {
            foreign_key.references_columns.clone_from(key);
        }
    }
    Ok(Inspection {
        tables,
        bytes: size_in_bytes(transaction)?,
    })
}

/// Names of the tables that hold rows of their own, in order, and whether rows lack a number.
pub(super) fn ordinary_tables(connection: &Connection) -> rusqlite::Result<Vec<(String, bool)>> {
    connection
        .prepare(
            "SELECT name, wr FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The number in the first column of a row that cannot be negative.
pub(super) fn number(row: &Row<'_>) -> rusqlite::Result<u64> {
    let number: i64 = row.get(0)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
}

/// How many rows a table has.
pub(super) fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let sql = format!("SELECT count(*) FROM {}", quoted(table));
    connection.query_row(&sql, [], number)
}

/// The size of the database without its journals.
pub(super) fn size_in_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pages: u64 = connection.pragma_query_value(None, "page_count", number)?;
    let page_size: u64 = connection.pragma_query_value(None, "page_size", number)?;
    Ok(pages * page_size)
}

/// The same without the pages that hold nothing any more.
pub(super) fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let free: u64 = connection.pragma_query_value(None, "freelist_count", number)?;
    let page_size: u64 = connection.pragma_query_value(None, "page_size", number)?;
    Ok(size_in_bytes(connection)?.saturating_sub(free * page_size))
}

fn describe(
    connection: &Connection,
    name: String,
    without_rowid: bool,
) -> rusqlite::Result<TableDescription> {
    let (columns, primary_key) = columns(connection, &name, without_rowid)?;
    Ok(TableDescription {
        indexes: indexes(connection, &name)?,
        foreign_keys: foreign_keys(connection, &name)?,
        rows: count(connection, &name)?,
        name,
        columns,
        primary_key,
        without_rowid,
    })
}

/// A column, and its place in the primary key counted from 1; 0 if it is no part of it.
fn column(row: &Row<'_>) -> rusqlite::Result<(ColumnDescription, u32)> {
    let hidden: u32 = row.get("hidden")?;
    let column = ColumnDescription {
        name: row.get("name")?,
        declared_type: row.get("type")?,
        nullable: !row.get::<_, bool>("notnull")?,
        default: row.get("dflt_value")?,
        identity: false,
        // 2 and 3 are virtual and stored generated columns; 1 is hidden in a virtual table.
        generated: hidden == 2 || hidden == 3,
    };
    Ok((column, row.get("pk")?))
}

fn columns(
    connection: &Connection,
    table: &str,
    without_rowid: bool,
) -> rusqlite::Result<(Vec<ColumnDescription>, Vec<String>)> {
    let mut found: Vec<(ColumnDescription, u32)> = connection
        .prepare("SELECT * FROM pragma_table_xinfo(?1) ORDER BY cid")?
        .query_map([table], column)?
        .collect::<Result<_, _>>()?;
    let mut key: Vec<(u32, String)> = found
        .iter()
        .filter(|(_, place)| *place > 0)
        .map(|(column, place)| (*place, column.name.clone()))
        .collect();
    key.sort();
    // SQLite, "CREATE TABLE" § ROWIDs and the INTEGER PRIMARY KEY: only this exact type is an alias
    // of the row's number; other columns of a primary key accept NULL unless rows have no number.
    let single = key.len() == 1;
    for (column, place) in &mut found {
        let in_key = *place > 0;
        column.identity = in_key
            && single
            && !without_rowid
            && column.declared_type.eq_ignore_ascii_case("INTEGER");
        if in_key && (without_rowid || column.identity) {
            column.nullable = false;
        }
    }
    Ok((
        found.into_iter().map(|(column, _)| column).collect(),
        key.into_iter().map(|(_, name)| name).collect(),
    ))
}

fn indexes(connection: &Connection, table: &str) -> rusqlite::Result<Vec<IndexDescription>> {
    let mut indexes: Vec<IndexDescription> = connection
        .prepare(
            "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1)
             WHERE origin <> 'pk' ORDER BY name",
        )?
        .query_map([table], |row| {
            Ok(IndexDescription {
                name: row.get(0)?,
                unique: row.get(1)?,
                constraint: row.get::<_, String>(2)? == "u",
                partial: row.get(3)?,
                columns: Vec::new(),
            })
        })?
        .collect::<Result<_, _>>()?;
    let mut columns =
        connection.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
    for index in &mut indexes {
        index.columns = columns
            .query_map([&index.name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
    }
    Ok(indexes)
}

fn foreign_keys(
    connection: &Connection,
    table: &str,
) -> rusqlite::Result<Vec<ForeignKeyDescription>> {
    let mut keys: Vec<(i64, ForeignKeyDescription)> = Vec::new();
    // SQLite numbers foreign keys backwards.
    let mut statement = connection.prepare(
        "SELECT id, \"table\", \"from\", \"to\", on_delete, on_update
         FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq",
    )?;
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let key = ForeignKeyDescription {
                columns: Vec::new(),
                references_table: row.get(1)?,
                references_columns: Vec::new(),
                on_delete: row.get(4)?,
                on_update: row.get(5)?,
            };
            keys.push((id, key));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(row.get(2)?);
            key.references_columns
                .extend(row.get::<_, Option<String>>(3)?);
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}
