//! Filling one table: a prepared statement that adds the columns that every table has.

use rusqlite::{Connection, Statement, ToSql};

use super::generator::Generator;
use super::moment::Moment;
use super::plan::Plan;

/// The record id of the initial partition, and the first record id of every table.
const FIRST_REC_ID: i64 = 5_637_144_576;

/// The columns at the end of every table, in the order in which [`Table::insert`] binds them.
const SYSTEM_COLUMNS: &str = "PARTITION, RECID, RECVERSION, MODIFIEDDATETIME, MODIFIEDBY";

/// The partition that everything belongs to.
pub(super) const PARTITION: i64 = FIRST_REC_ID;

/// The record id of the row with this number (from 0) in any table.
pub(super) fn rec_id(number: u64) -> i64 {
    FIRST_REC_ID + i64::try_from(number).expect("fewer rows than record ids")
}

/// What every subject needs to write its tables.
pub(super) struct Context<'c> {
    pub(super) connection: &'c Connection,
    pub(super) plan: &'c Plan,
}

impl<'c> Context<'c> {
    /// Opens a table for writing these columns.
    pub(super) fn table(&self, name: &str, columns: &str) -> rusqlite::Result<Table<'c>> {
        let marks = ", ?".repeat(columns.split(',').count() + 5);
        let sql = format!(
            "INSERT INTO {name} ({columns}, {SYSTEM_COLUMNS}) VALUES ({})",
            marks.trim_start_matches(", ")
        );
        Ok(Table {
            statement: self.connection.prepare(&sql)?,
            written: 0,
        })
    }

    /// The stream of chance of the thing with this number.
    pub(super) fn chance(&self, subject: &str, number: u64) -> Generator {
        Generator::new(self.plan.seed, subject, number)
    }
}

/// A table that is being filled.
pub(super) struct Table<'c> {
    statement: Statement<'c>,
    written: u64,
}

impl Table<'_> {
    /// Adds a row, last changed at this moment, and returns its record id.
    pub(super) fn insert(&mut self, at: Moment, values: &[&dyn ToSql]) -> rusqlite::Result<i64> {
        let id = self.next_id();
        let mut position = 1;
        for value in values {
            self.statement.raw_bind_parameter(position, value)?;
            position += 1;
        }
        self.statement.raw_bind_parameter(position, PARTITION)?;
        self.statement.raw_bind_parameter(position + 1, id)?;
        self.statement.raw_bind_parameter(position + 2, 1)?;
        self.statement.raw_bind_parameter(position + 3, at)?;
        self.statement.raw_bind_parameter(position + 4, "Admin")?;
        self.statement.raw_execute()?;
        self.written += 1;
        Ok(id)
    }

    /// The record id that the next row will have.
    pub(super) fn next_id(&self) -> i64 {
        rec_id(self.written)
    }
}
