//! A database for a sample environment: a real SQLite file with the tables, names and column types
//! of a finance-and-operations database, filled from a seed.
//!
//! The same options give the same content, on every machine. [`create`] writes the file,
//! [`summary`] says in a few numbers what is in one. Column types are declared as SQL Server
//! declares them (`NVARCHAR(20)`, `NUMERIC(32, 6)`, `VARBINARY(MAX)`), dates are text in UTC,
//! GUIDs upper-case text, amounts what SQLite makes of `NUMERIC`.
//!
//! Inside: one file per subject, each with its schema in `schema/`; `plan` decides how much of
//! everything there is, `generator` is the source of chance.

mod batch;
mod commerce;
mod documents;
mod environment;
mod generator;
mod integration;
mod inventory;
mod ledger;
mod logs;
mod moment;
mod money;
mod orders;
mod parties;
mod plan;
mod products;
mod sales;
mod summary;
mod system;
mod table;
mod trade_partners;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use plan::Plan;
use table::Context;

pub use summary::{Summary, SummaryError, summary};

/// Which environment a database is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// The live system, with everything up to the given instant.
    Production,
    /// A sandbox that last received production's data some months earlier, sanitised then, with
    /// mail settings, servers and users of its own. Its name decides when that was.
    Sandbox {
        /// The environment's name, for example `Contoso-UAT`.
        name: String,
    },
}

/// What kind of database to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// About how many rows production has in all its tables together; at least a thousand, so
    /// that every table has something in it. A sandbox has fewer.
    pub rows: u64,
    /// Decides every name, date and amount.
    pub seed: u64,
    /// Whose database it is.
    pub environment: Environment,
    /// The instant at which production's history ends.
    pub as_of: Timestamp,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateReport {
    /// How many rows each table has.
    pub tables: BTreeMap<String, u64>,
}

impl CreateReport {
    /// How many rows all tables have together.
    pub fn rows(&self) -> u64 {
        self.tables.values().sum()
    }
}

/// A sample database could not be made. Nothing is left at its path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// There is something at the path already; it was not touched.
    #[error("`{}` exists already", path.display())]
    Exists {
        /// The path as given.
        path: PathBuf,
    },
    /// The file could not be made beside its final name, made durable or given that name.
    #[error("could not write the file `{}`", path.display())]
    File {
        /// The path as given.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// SQLite refused a statement.
    #[error("could not fill the database `{}`", path.display())]
    Database {
        /// The path as given.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

/// Makes a database at a path at which there is nothing yet.
///
/// It is written under another name in the same folder, made durable and then renamed, so there is
/// never half a database at the path. Blocks; takes seconds for a million rows.
///
/// # Errors
///
/// [`CreateError::Exists`] when the path is taken, [`CreateError::File`] when the folder cannot be
/// written to or is full, [`CreateError::Database`] when SQLite fails.
pub fn create(path: &Path, options: &DatabaseOptions) -> Result<CreateReport, CreateError> {
    let file_error = |source| CreateError::File {
        path: path.to_owned(),
        source,
    };
    let database_error = |source| CreateError::Database {
        path: path.to_owned(),
        source,
    };
    let exists = || CreateError::Exists {
        path: path.to_owned(),
    };
    if path.try_exists().map_err(file_error)? {
        return Err(exists());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let file = tempfile::Builder::new()
        .prefix(".sample-")
        .suffix(".partial")
        .tempfile_in(folder)
        .map_err(file_error)?;
    let tables = write(file.path(), options).map_err(database_error)?;
    file.as_file().sync_all().map_err(file_error)?;
    file.persist_noclobber(path).map_err(|refused| {
        if refused.error.kind() == std::io::ErrorKind::AlreadyExists {
            exists()
        } else {
            file_error(refused.error)
        }
    })?;
    Ok(CreateReport { tables })
}

/// Fills the empty file and counts what is in it.
fn write(path: &Path, options: &DatabaseOptions) -> rusqlite::Result<BTreeMap<String, u64>> {
    let mut connection = Connection::open(path)?;
    // Until the rename nobody needs this file, so there is nothing to protect against a crash; and
    // rows are written in whatever order is convenient, so references are not checked on the way.
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;",
    )?;
    let plan = Plan::new(options);
    let transaction = connection.transaction()?;
    write_subjects(&Context {
        connection: &transaction,
        plan: &plan,
    })?;
    transaction.commit()?;
    let tables = summary::count_rows(&connection)?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(tables)
}

/// Writes every subject, what is referred to before what refers to it.
fn write_subjects(context: &Context<'_>) -> rusqlite::Result<()> {
    system::write(context)?;
    environment::write(context)?;
    trade_partners::write(context)?;
    let products = inventory::products(context);
    let stock = inventory::write(context, &products)?;
    sales::write(context, &products, stock)?;
    batch::write(context)?;
    documents::write(context)?;
    integration::write(context)?;
    logs::write(context)?;
    commerce::write(context)
}
