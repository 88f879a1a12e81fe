//! `lcs bacpac …`: looking into packages; no SQL Server needed.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use lcs_bacpac::{ModelChecksum, Package};
use serde::Serialize;

use crate::{
    args::BacpacCommand,
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct Info {
    file: PathBuf,
    size_bytes: u64,
    database_name: String,
    provider: String,
    schema_version: String,
    collation: Option<String>,
    tables: usize,
    model_sha256: String,
}

impl Shown for Info {
    const COLUMNS: &'static [Column] = &[
        ("File", "file"),
        ("Bytes", "size_bytes"),
        ("Database", "database_name"),
        ("Provider", "provider"),
        ("Schema version", "schema_version"),
        ("Collation", "collation"),
        ("Tables", "tables"),
        ("SHA-256 of the model", "model_sha256"),
    ];
}

#[derive(Debug, Serialize)]
struct TableRow {
    table: String,
    rows: u64,
    parts: usize,
    bytes: u64,
}

impl Shown for TableRow {
    const COLUMNS: &'static [Column] = &[
        ("Table", "table"),
        ("Rows", "rows"),
        ("Parts", "parts"),
        ("Bytes", "bytes"),
    ];
}

#[derive(Debug, Serialize)]
struct Verified {
    file: PathBuf,
    sound: bool,
    tables: usize,
    total_rows: u64,
    stated_total_rows: Option<u64>,
    unmatched_parts: usize,
}

impl Shown for Verified {
    const COLUMNS: &'static [Column] = &[
        ("File", "file"),
        ("Sound", "sound"),
        ("Tables", "tables"),
        ("Rows", "total_rows"),
        ("Rows stated", "stated_total_rows"),
        ("Parts without a table", "unmatched_parts"),
    ];
}

pub(super) fn run(command: BacpacCommand) -> Result<Report, Diagnostic> {
    match command {
        BacpacCommand::Info(args) => info(&args.file),
        BacpacCommand::Tables(args) => tables(&args.file),
        BacpacCommand::Verify(args) => verify(args.file),
    }
}

fn info(path: &Path) -> Result<Report, Diagnostic> {
    let size_bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let package = Package::open(path)?;
    Ok(Report::one(&Info {
        file: path.to_owned(),
        size_bytes,
        database_name: package.database_name().to_owned(),
        provider: package.model().provider.clone(),
        schema_version: package.model().schema_version.clone(),
        collation: package.model().collation.clone(),
        tables: package.model().tables.len(),
        model_sha256: sha256(package.model_checksum()).to_owned(),
    }))
}

/// Of the bytes that are there, whatever `Origin.xml` says.
fn sha256(checksum: &ModelChecksum) -> &str {
    match checksum {
        ModelChecksum::Matches { sha256: computed }
        | ModelChecksum::Differs { computed, .. }
        | ModelChecksum::Missing { computed } => computed,
    }
}

fn report(path: &Path) -> Result<lcs_bacpac::VerifyReport, Diagnostic> {
    let file = File::open(path).map_err(|error| Diagnostic::file("open", path, &error))?;
    Ok(lcs_bacpac::verify(BufReader::new(file))?)
}

fn tables(path: &Path) -> Result<Report, Diagnostic> {
    let tables: Vec<TableRow> = report(path)?
        .tables
        .iter()
        .map(|table| TableRow {
            table: table.name.to_string(),
            rows: table.rows,
            parts: table.parts,
            bytes: table.bytes,
        })
        .collect();
    Ok(Report::list(
        &tables,
        "The package has no tables with rows.",
    ))
}

fn verify(path: PathBuf) -> Result<Report, Diagnostic> {
    let report = report(&path)?;
    if !report.is_sound() {
        return Err(Diagnostic::new(
            Code::PackageDamaged,
            format!(
                "`{}` contradicts itself: a checksum or a total is wrong",
                path.display()
            ),
        )
        .help("get the file again, or export the database again"));
    }
    Ok(Report::one(&Verified {
        file: path,
        sound: true,
        tables: report.tables.len(),
        total_rows: report.total_rows,
        stated_total_rows: report.stated_total_rows,
        unmatched_parts: report.unmatched_parts.len(),
    }))
}
