//! The content of a database as one value per table, to tell whether two databases hold the same.

use std::{collections::BTreeMap, convert::Infallible, fmt::Write, path::Path};

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::{
    rows::{ReadError, RowsError},
    source::{OpenError, Source},
};
use crate::schema::{ColumnDescription, TableDescription};

/// The content of a database cannot be digested.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// It cannot be opened.
    #[error("could not open the database")]
    Open(#[source] OpenError),
    /// Its schema cannot be read.
    #[error("could not inspect the database")]
    Inspect(#[source] ReadError),
    /// Its rows cannot be read.
    #[error("could not read the rows")]
    Rows(#[source] RowsError<Infallible>),
}

/// The SHA-256 of each table's column names and rows, in hexadecimal digits.
///
/// How the file is laid out does not matter, nor in which order rows were written, except in tables
/// without a primary key. Reads everything from one moment.
///
/// # Errors
/// The database cannot be opened or read.
pub fn content_digest(path: &Path) -> Result<BTreeMap<String, String>, DigestError> {
    let mut source = Source::open(path).map_err(DigestError::Open)?;
    let snapshot = source.snapshot().map_err(DigestError::Inspect)?;
    let inspection = snapshot.inspect().map_err(DigestError::Inspect)?;
    let mut digests = BTreeMap::new();
    for table in &inspection.tables {
        let mut hasher = start(table);
        snapshot
            .for_each_row(table, |row| {
                for value in row.iter() {
                    add(&mut hasher, value);
                }
                Ok(())
            })
            .map_err(DigestError::Rows)?;
        let mut hexadecimal = String::new();
        for byte in hasher.finalize() {
            // Writing to a text does not fail.
            let _ = write!(hexadecimal, "{byte:02x}");
        }
        digests.insert(table.name.clone(), hexadecimal);
    }
    Ok(digests)
}

fn start(table: &TableDescription) -> Sha256 {
    let mut hasher = Sha256::new();
    for ColumnDescription { name, .. } in &table.columns {
        add(&mut hasher, ValueRef::Text(name.as_bytes()));
    }
    hasher
}

/// Kind and length go before the bytes, so that no two rows can run into the same stream.
fn add(hasher: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match &value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => (1, &number.to_be_bytes()),
        ValueRef::Real(number) => (2, &number.to_be_bytes()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    hasher.update([kind]);
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}
