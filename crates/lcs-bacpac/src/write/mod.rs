//! Writes packages: the model first, then the rows table by table, then the origin, whose
//! checksum and totals need both.

mod check;
mod error;
mod metadata_xml;
mod model_xml;
mod xml_text;

use std::collections::{HashMap, HashSet};
use std::io::{Seek, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

pub use error::{SchemaError, WriteError};
pub use metadata_xml::OriginFacts;

use crate::package::hexadecimal;
use crate::rows::encode_row;
use crate::{Table, TableName, Value};
use metadata_xml::{WrittenFacts, part_name};

/// Rows gather up to this size before they go to the archive.
const BUFFER_BYTES: usize = 64 * 1024;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Every table of the schema with its number of rows.
    pub tables: Vec<(TableName, u64)>,
    /// Rows over all tables.
    pub total_rows: u64,
    /// The SHA-256 of `model.xml`, in upper-case hexadecimal.
    pub model_sha256: String,
}

/// Writes one package.
///
/// The same schema, rows and facts give the same bytes. A package that is dropped before
/// [`PackageWriter::finish`] has no `Origin.xml`, so that no reader takes it for a whole one.
#[derive(Debug)]
pub struct PackageWriter<W: Write + Seek> {
    archive: ZipWriter<W>,
    database_name: String,
    tables: Vec<Table>,
    positions: HashMap<TableName, usize>,
    rows: Vec<u64>,
    model_sha256: String,
    /// Tables whose rows are written or being written.
    begun: HashSet<usize>,
    /// Tables with a part, in the order of their parts.
    with_data: Vec<usize>,
    open: Option<usize>,
    buffer: Vec<u8>,
}

impl<W: Write + Seek> PackageWriter<W> {
    /// Begins a package: checks the schema and writes the model.
    ///
    /// # Errors
    /// When a server would refuse the schema or this crate cannot express it, or when writing
    /// fails.
    pub fn new(writer: W, database_name: &str, tables: Vec<Table>) -> Result<Self, WriteError> {
        check::check_schema(database_name, &tables).map_err(|source| WriteError::Schema {
            source: Box::new(source),
        })?;
        let model = model_xml::model_xml(&tables);
        let positions = tables
            .iter()
            .enumerate()
            .map(|(position, table)| (table.name.clone(), position))
            .collect();
        let mut package = Self {
            archive: ZipWriter::new(writer),
            database_name: database_name.to_owned(),
            positions,
            rows: vec![0; tables.len()],
            tables,
            model_sha256: hexadecimal(&Sha256::digest(model.as_bytes())),
            begun: HashSet::new(),
            with_data: Vec::new(),
            open: None,
            buffer: Vec::new(),
        };
        package.put("model.xml", &model)?;
        let metadata = metadata_xml::metadata_xml(&package.database_name);
        package.put("DacMetadata.xml", &metadata)?;
        Ok(package)
    }

    /// Begins the rows of a table.
    ///
    /// # Errors
    /// When there is no such table, its rows were written before, or another table is open.
    pub fn begin_table(&mut self, table: &TableName) -> Result<(), WriteError> {
        self.check_closed()?;
        let Some(position) = self.positions.get(table).copied() else {
            return Err(WriteError::NoSuchTable {
                table: table.clone(),
            });
        };
        if !self.begun.insert(position) {
            return Err(WriteError::TableAlreadyWritten {
                table: table.clone(),
            });
        }
        self.open = Some(position);
        Ok(())
    }

    /// Writes one row of the open table: a value for each column, in the columns' order. Rows
    /// should come in the order of the primary key.
    ///
    /// # Errors
    /// When no table is open, a value does not fit its column, or writing fails. After a row that
    /// does not fit, the next may be written.
    pub fn write_row(&mut self, row: &[Value]) -> Result<(), WriteError> {
        let position = self.open.ok_or(WriteError::NoTableOpen)?;
        let table = &self.tables[position];
        encode_row(table, row, &mut self.buffer).map_err(|source| WriteError::Row {
            table: table.name.clone(),
            row: self.rows[position] + 1,
            source: Box::new(source),
        })?;
        self.rows[position] += 1;
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush_rows(position)?;
        }
        Ok(())
    }

    /// Ends the open table.
    ///
    /// # Errors
    /// When no table is open or writing fails.
    pub fn end_table(&mut self) -> Result<(), WriteError> {
        let position = self.open.ok_or(WriteError::NoTableOpen)?;
        self.flush_rows(position)?;
        self.open = None;
        Ok(())
    }

    /// Writes what the rows decide, ends the archive and gives back the writer. Tables whose
    /// rows were never begun are empty.
    ///
    /// # Errors
    /// When a table is still open, a fact cannot stand in XML, or writing fails.
    pub fn finish(mut self, facts: &OriginFacts) -> Result<(Summary, W), WriteError> {
        self.check_closed()?;
        metadata_xml::check_facts(facts)?;
        let has_data = !self.with_data.is_empty();
        if has_data {
            let names = self
                .with_data
                .iter()
                .map(|position| &self.tables[*position].name);
            let relationships = metadata_xml::relationships_xml(names);
            self.put("_rels/.rels", &relationships)?;
        }
        self.put(
            "[Content_Types].xml",
            &metadata_xml::content_types_xml(has_data),
        )?;
        let total_rows = self.rows.iter().sum();
        let written = WrittenFacts {
            tables: &self.tables,
            total_rows,
            model_sha256: &self.model_sha256,
        };
        let origin = metadata_xml::origin_xml(facts, &written);
        self.put("Origin.xml", &origin)?;
        let names = self.tables.into_iter().map(|table| table.name);
        let summary = Summary {
            tables: names.zip(self.rows).collect(),
            total_rows,
            model_sha256: self.model_sha256,
        };
        let writer = self
            .archive
            .finish()
            .map_err(|source| WriteError::Archive {
                entry: "the archive's directory".to_owned(),
                source,
            })?;
        Ok((summary, writer))
    }

    fn check_closed(&self) -> Result<(), WriteError> {
        match self.open {
            None => Ok(()),
            Some(position) => Err(WriteError::TableStillOpen {
                table: self.tables[position].name.clone(),
            }),
        }
    }

    /// Hands gathered rows to the archive; the part begins with the first of them, so that a
    /// table without rows has none.
    fn flush_rows(&mut self, position: usize) -> Result<(), WriteError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let entry = part_name(&self.tables[position].name);
        if self.with_data.last() != Some(&position) {
            // How much will come is not known, so there must be room for more than 4 GiB.
            self.archive
                .start_file(&entry, entry_options().large_file(true))
                .map_err(|source| WriteError::Archive {
                    entry: entry.clone(),
                    source,
                })?;
            self.with_data.push(position);
        }
        self.archive
            .write_all(&self.buffer)
            .map_err(|source| WriteError::Write { entry, source })?;
        self.buffer.clear();
        Ok(())
    }

    fn put(&mut self, entry: &str, text: &str) -> Result<(), WriteError> {
        self.archive
            .start_file(entry, entry_options())
            .map_err(|source| WriteError::Archive {
                entry: entry.to_owned(),
                source,
            })?;
        self.archive
            .write_all(text.as_bytes())
            .map_err(|source| WriteError::Write {
                entry: entry.to_owned(),
                source,
            })
    }
}

/// The same for every entry and on every machine.
fn entry_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .system(System::Dos)
        .external_attributes(0)
}
