//! Writes the `.bacpac` into a pending file: one pass over the rows to learn the columns, one to
//! write them. A file of an earlier attempt is replaced.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write as _},
    path::PathBuf,
};

use lcs_bacpac::{ColumnType, OriginFacts, PackageWriter, Table, Value, WriteError};
use lcs_databases::{
    TableDescription,
    sqlite::{OpenError, ReadError, RowValues, RowsError, Snapshot, Source},
};
use lcs_types::Progress as _;
use serde::{Deserialize, Serialize};

use super::{columns::ColumnEvidence, schema, value::convert};
use crate::step::{StepContext, StepFailure, recorded};

/// How many rows are written between two looks at progress and cancellation.
const ROWS_PER_REPORT: u64 = 1_000;

/// The `.bacpac` cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteFailure {
    /// The copy cannot be opened.
    #[error("could not open the copy")]
    Open(#[source] OpenError),
    /// The copy cannot be read.
    #[error("could not read the copy")]
    Read(#[source] ReadError),
    /// The rows of the copy cannot be read.
    #[error("could not read the rows of `{table}`")]
    Rows {
        /// The table.
        table: String,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A column holds bytes beside text or numbers.
    #[error(
        "the column `{column}` of `{table}` holds bytes beside text or numbers; no column type of a .bacpac holds both"
    )]
    MixedColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A value does not fit the type that the first pass chose: a text that is no UTF-8, say.
    #[error(
        "the column `{column}` of `{table}` holds a value that no column type of a .bacpac holds, in row {row}"
    )]
    Value {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, from 1, in the order of the primary key.
        row: u64,
    },
    /// The package's own rules are broken.
    #[error("could not write the package")]
    Package(#[source] WriteError),
    /// The file cannot be written.
    #[error("could not write `{path}`")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The process is shutting down.
    #[error("the export was interrupted")]
    Interrupted,
}

/// What the step writes down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The rows of each table that has some, in the order of the package.
    pub tables: Vec<(String, u64)>,
    /// The rows of all tables.
    pub rows: u64,
}

pub(super) fn run(context: &StepContext) -> Result<serde_json::Value, StepFailure> {
    match write(context) {
        Ok(written) => recorded(written),
        Err(WriteFailure::Interrupted) => Err(StepFailure::Interrupted),
        Err(failure) => Err(StepFailure::Write(failure)),
    }
}

fn write(context: &StepContext) -> Result<Written, WriteFailure> {
    let staged = context.target_folder().staged_path(context.id());
    let mut source = Source::open(&staged).map_err(WriteFailure::Open)?;
    let snapshot = source.snapshot().map_err(WriteFailure::Read)?;
    let inspection = snapshot.inspect().map_err(WriteFailure::Read)?;
    let total = inspection.rows();

    let mut tables = Vec::with_capacity(inspection.tables.len());
    for description in &inspection.tables {
        let evidence = evidence(context, &snapshot, description)?;
        tables.push(schema::table(description, &evidence)?);
    }

    let pending = context.artifacts.pending(context.id());
    let file_failed = |source| WriteFailure::File {
        path: pending.path().to_owned(),
        source,
    };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(pending.path()).map_err(file_failed)?;
    let mut writer = PackageWriter::new(BufWriter::new(file), &context.source.name, tables.clone())
        .map_err(WriteFailure::Package)?;
    let mut done = 0;
    for (description, table) in inspection.tables.iter().zip(&tables) {
        if description.rows > 0 {
            write_table(
                context,
                &snapshot,
                description,
                table,
                &mut writer,
                (&mut done, total),
            )?;
            context.advanced("rows", done, total);
        }
    }
    let (summary, writer) = writer
        .finish(&origin(context, inspection.bytes))
        .map_err(WriteFailure::Package)?;
    let file = writer
        .into_inner()
        .map_err(|error| file_failed(error.into_error()))?;
    (&file)
        .flush()
        .and_then(|()| file.sync_all())
        .map_err(file_failed)?;
    Ok(Written {
        tables: summary
            .tables
            .iter()
            .map(|(name, rows)| (name.to_string(), *rows))
            .collect(),
        rows: summary.total_rows,
    })
}

fn evidence(
    context: &StepContext,
    snapshot: &Snapshot<'_>,
    description: &TableDescription,
) -> Result<Vec<ColumnEvidence>, WriteFailure> {
    let stored = stored(description);
    let mut evidence: Vec<_> = stored
        .iter()
        .map(|index| ColumnEvidence::new(&description.columns[*index].declared_type))
        .collect();
    let visit = |row: &RowValues<'_>| {
        for (position, column) in stored.iter().zip(&mut evidence) {
            if let Some(value) = row.value(*position) {
                column.see(value);
            }
        }
        if context.cancellation.is_cancelled() {
            Err(WriteFailure::Interrupted)
        } else {
            Ok(())
        }
    };
    snapshot
        .for_each_row(description, visit)
        .map_err(rows_failed)?;
    Ok(evidence)
}

fn write_table<W: io::Write + io::Seek>(
    context: &StepContext,
    snapshot: &Snapshot<'_>,
    description: &TableDescription,
    table: &Table,
    writer: &mut PackageWriter<W>,
    (done, total): (&mut u64, u64),
) -> Result<(), WriteFailure> {
    let stored = stored(description);
    writer
        .begin_table(&table.name)
        .map_err(WriteFailure::Package)?;
    let mut values: Vec<Value> = Vec::with_capacity(stored.len());
    let mut row_number = 0;
    let visit = |row: &RowValues<'_>| {
        row_number += 1;
        values.clear();
        for (position, column) in stored.iter().zip(&table.columns) {
            values.push(
                converted(row, *position, &column.column_type).ok_or_else(|| {
                    WriteFailure::Value {
                        table: description.name.clone(),
                        column: column.name.clone(),
                        row: row_number,
                    }
                })?,
            );
        }
        *done += 1;
        if *done % ROWS_PER_REPORT == 0 {
            context.advanced("rows", *done, total);
            if context.cancellation.is_cancelled() {
                return Err(WriteFailure::Interrupted);
            }
        }
        writer.write_row(&values).map_err(WriteFailure::Package)
    };
    snapshot
        .for_each_row(description, visit)
        .map_err(rows_failed)?;
    writer.end_table().map_err(WriteFailure::Package)
}

fn converted(row: &RowValues<'_>, position: usize, column: &ColumnType) -> Option<Value> {
    convert(row.value(position)?, column)
}

/// The positions of the columns that are not computed.
fn stored(description: &TableDescription) -> Vec<usize> {
    (0..description.columns.len())
        .filter(|index| !description.columns[*index].generated)
        .collect()
}

fn rows_failed(error: RowsError<WriteFailure>) -> WriteFailure {
    match error {
        RowsError::Read { table, source } => WriteFailure::Rows { table, source },
        RowsError::Visitor(failure) => failure,
        _ => WriteFailure::Interrupted,
    }
}

fn origin(context: &StepContext, bytes: u64) -> OriginFacts {
    OriginFacts {
        identity: *context.id().as_uuid(),
        start: context.now,
        product_name: "lcs".to_owned(),
        product_version: env!("CARGO_PKG_VERSION").to_owned(),
        server_version: format!("SQLite {}", rusqlite::version()),
        source_database_size_kb: bytes.div_ceil(1024),
    }
}
