//! Verifies a package: decodes every part to its last byte and compares what is stated with what
//! is there.

use std::io::{Read, Seek};

use crate::{ModelChecksum, OpenError, Package, RowsError, TableName};

/// What a package was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// The name of the database that was exported.
    pub database_name: String,
    /// Every table of the model, also those without rows.
    pub tables: Vec<TableReport>,
    /// How the model's checksum stands.
    pub checksum: ModelChecksum,
    /// Rows over all tables as `Origin.xml` states them; live databases are off by a few.
    pub stated_total_rows: Option<u64>,
    /// Rows over all tables as decoded.
    pub total_rows: u64,
    /// Entries under `Data/` that belong to no table: an import would skip them.
    pub unmatched_parts: Vec<String>,
}

impl VerifyReport {
    /// Whether the checksum matches and every part belongs to a table.
    ///
    /// The stated number of rows does not count: exporters take it from statistics.
    pub fn is_sound(&self) -> bool {
        matches!(self.checksum, ModelChecksum::Matches { .. }) && self.unmatched_parts.is_empty()
    }
}

/// What a table was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableReport {
    /// The table.
    pub name: TableName,
    /// Its rows.
    pub rows: u64,
    /// The parts they lie in.
    pub parts: usize,
    /// The bytes of the rows, unpacked.
    pub bytes: u64,
}

/// A package that could not be verified to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The package cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The rows cannot be read.
    #[error(transparent)]
    Rows(#[from] RowsError),
}

/// Reads all of a package. A checksum that does not match is reported, not refused.
///
/// # Errors
/// When the package cannot be opened, or a part is not rows to its last byte.
pub fn verify<R: Read + Seek>(reader: R) -> Result<VerifyReport, VerifyError> {
    let mut package = Package::open_unverified(reader)?;
    let names: Vec<TableName> = package
        .model()
        .tables
        .iter()
        .map(|table| table.name.clone())
        .collect();
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let parts = package.parts(&name)?.to_vec();
        let mut report = TableReport {
            name,
            rows: 0,
            parts: parts.len(),
            bytes: 0,
        };
        for part in &parts {
            let mut rows = package.part_rows(part)?;
            for row in &mut rows {
                row.map_err(RowsError::from)?;
                report.rows += 1;
            }
            report.bytes += rows.offset();
        }
        tables.push(report);
    }
    Ok(VerifyReport {
        database_name: package.database_name().to_owned(),
        total_rows: tables.iter().map(|table| table.rows).sum(),
        tables,
        checksum: package.model_checksum().clone(),
        stated_total_rows: package.origin().stated_total_rows,
        unmatched_parts: package.unmatched_parts().to_vec(),
    })
}
