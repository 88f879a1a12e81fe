//! One consistent snapshot of a database into a file of its own, while others go on writing.
//!
//! SQLite's online backup does the copying. How the snapshot is kept consistent depends on the
//! source:
//!
//! - With a write-ahead log, one read transaction is held from the first page to the last. Writers
//!   are not hindered and not seen.
//! - With a rollback journal, a held read transaction would keep writers out. So the lock is taken
//!   and given back every few pages; when somebody wrote in between, SQLite starts the copy anew.
//!   After [`RESTARTS`] such restarts the read transaction is held after all, so that the copy ends.
//!
//! If the machine dies inside, a partial file stands at the staged path and nowhere else; the next
//! copy to that path removes it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use lcs_types::{Cancellation, Progress};
use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{disk, files, inspect, source::Source};
use crate::report::{CopyReport, TableRows};

/// How often a copy may start anew before it keeps writers out.
pub const RESTARTS: u32 = 3;

/// How many pages are copied between two looks at the cancellation.
const PAGES_PER_STEP: i32 = 256;

/// How often a step may find the source locked; each waits as long as the source was opened for.
const LOCKED_STEPS: u32 = 3;

/// A database cannot be copied. No staged file is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The copy does not fit.
    #[error("the copy needs {needed} bytes and the disk has {available} left")]
    DiskFull {
        /// The size of the copy.
        needed: u64,
        /// What the disk has left for this user.
        available: u64,
    },
    /// The copy was asked to stop.
    #[error("the copy was cancelled")]
    Cancelled,
    /// Another program keeps the source for itself.
    #[error("the source is locked by another program")]
    SourceLocked,
    /// SQLite refused, for another reason than a full disk or a lock.
    #[error("could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Its reason.
        #[source]
        source: rusqlite::Error,
    },
    /// The operating system refused, for another reason than a full disk.
    #[error("could not {doing} `{path}`")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// Its reason.
        #[source]
        source: io::Error,
    },
}

impl Source {
    /// Copies the database as it is now into a new file, which only this user may read. An older
    /// file there is removed first. The copy keeps no log, and is on the disk when this returns.
    ///
    /// Reports bytes as progress. On any error, no file is left.
    ///
    /// # Errors
    /// The disk is full, the copy was cancelled, the source stays locked, or SQLite or the system
    /// refuse for another reason.
    pub fn copy_to(
        &self,
        staged: &Path,
        progress: &dyn Progress,
        cancellation: &Cancellation,
    ) -> Result<CopyReport, CopyError> {
        let staged = std::path::absolute(staged).map_err(file("resolve", staged))?;
        let outcome = self.copy_into(&staged, progress, cancellation);
        if outcome.is_err() {
            // The first error is the one to report; what remains is removed by the next copy.
            if let Err(error) = files::remove_database(&staged) {
                tracing::warn!(%error, "could not remove a partial copy");
            }
        }
        outcome
    }

    fn copy_into(
        &self,
        staged: &Path,
        progress: &dyn Progress,
        cancellation: &Cancellation,
    ) -> Result<CopyReport, CopyError> {
        let folder = staged.parent().unwrap_or(staged);
        fs::create_dir_all(folder).map_err(file("create", folder))?;
        files::remove_database(staged).map_err(file("remove", staged))?;
        let needed = inspect::size_in_bytes(&self.connection).map_err(reading)?;
        if let Some(full) = disk::check(folder, needed).map_err(file("measure", folder))? {
            return Err(full.into());
        }
        let writing = |source| match disk::is_full(staged, needed, &source) {
            Some(full) => full.into(),
            None => reading(source),
        };
        drop(files::create_private(staged).map_err(file("create", staged))?);
        self.copy_pages(staged, progress, cancellation)
            .map_err(|error| match error {
                Interrupted::Cancelled => CopyError::Cancelled,
                Interrupted::Locked => CopyError::SourceLocked,
                Interrupted::Sqlite(source) => writing(source),
            })?;
        let report = finish(staged).map_err(writing)?;
        for path in [staged, folder] {
            let synced = if path == folder {
                files::sync_folder(path)
            } else {
                files::sync_file(path)
            };
            synced.map_err(file("write out", path))?;
        }
        Ok(report)
    }

    fn copy_pages(
        &self,
        staged: &Path,
        progress: &dyn Progress,
        cancellation: &Cancellation,
    ) -> Result<(), Interrupted> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut target = Connection::open_with_flags(staged, flags)?;
        // Worthless until it is complete: no journal, and one flush at the end.
        target.pragma_update(None, "synchronous", "OFF")?;
        target.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(()))?;
        let log: String = self
            .connection
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        let mut held = Held {
            connection: &self.connection,
            holds: false,
        };
        if log == "wal" {
            held.hold()?;
        }
        let page_size: u64 = self
            .connection
            .query_row("PRAGMA page_size", [], inspect::number)?;
        let backup = Backup::new(&self.connection, &mut target)?;
        let (mut copied, mut restarts, mut locked) = (0, 0, 0);
        loop {
            if cancellation.is_cancelled() {
                return Err(Interrupted::Cancelled);
            }
            let step = backup.step(PAGES_PER_STEP)?;
            let pages = backup.progress();
            let done = pages.pagecount - pages.remaining;
            match step {
                StepResult::Done => {
                    report_bytes(progress, (done, pages.pagecount), page_size);
                    return Ok(());
                }
                StepResult::More => {
                    report_bytes(progress, (done, pages.pagecount), page_size);
                    if done <= copied {
                        restarts += 1;
                        tracing::debug!(restarts, "the source changed; the copy starts anew");
                    }
                    copied = done;
                }
                StepResult::Busy | StepResult::Locked => locked += 1,
                _ => {}
            }
            if locked >= LOCKED_STEPS {
                return Err(Interrupted::Locked);
            }
            if restarts >= RESTARTS {
                held.hold()?;
            }
        }
    }
}

/// A read transaction that can be begun once and ends with the value.
struct Held<'a> {
    connection: &'a Connection,
    holds: bool,
}

impl Held<'_> {
    fn hold(&mut self) -> rusqlite::Result<()> {
        if !self.holds {
            self.connection.execute_batch("BEGIN")?;
            self.holds = true;
            self.connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        }
        Ok(())
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.holds {
            // Nothing was written, so there is nothing that a failure could lose.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

/// Why the pages were not all copied.
enum Interrupted {
    Cancelled,
    Locked,
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Interrupted {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<disk::Full> for CopyError {
    fn from(full: disk::Full) -> Self {
        Self::DiskFull {
            needed: full.needed,
            available: full.available,
        }
    }
}

/// Turns the log off that the copy inherited from its source, and counts what is in it.
fn finish(staged: &Path) -> rusqlite::Result<CopyReport> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(staged, flags)?;
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let report = CopyReport {
        bytes: inspect::size_in_bytes(&connection)?,
        pages: connection.query_row("PRAGMA page_count", [], inspect::number)?,
        tables: count_tables(&connection)?,
        foreign_key_violations: foreign_key_violations(&connection)?,
    };
    connection.close().map_err(|(_, error)| error)?;
    Ok(report)
}

/// Counts the rows of every ordinary table.
pub(super) fn count_tables(connection: &Connection) -> rusqlite::Result<Vec<TableRows>> {
    inspect::ordinary_tables(connection)?
        .into_iter()
        .map(|(table, _)| {
            let rows = inspect::count(connection, &table)?;
            Ok(TableRows { table, rows })
        })
        .collect()
}

/// Counts the rows whose foreign key points nowhere. Keys that SQLite itself cannot check, because
/// the table they point to has no fitting key, are left out.
pub(super) fn foreign_key_violations(connection: &Connection) -> rusqlite::Result<u64> {
    let mut violations = 0;
    for (table, _) in inspect::ordinary_tables(connection)? {
        let count = connection.query_row(
            "SELECT count(*) FROM pragma_foreign_key_check(?1)",
            [&table],
            inspect::number,
        );
        match count {
            Ok(count) => violations += count,
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => {
                tracing::debug!(table, %error, "foreign keys that cannot be checked");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(violations)
}

fn report_bytes(progress: &dyn Progress, (done, total): (i32, i32), page_size: u64) {
    let bytes = |pages: i32| u64::try_from(pages).unwrap_or(0) * page_size;
    progress.advanced("bytes", bytes(done), bytes(total));
}

fn reading(source: rusqlite::Error) -> CopyError {
    match Interrupted::from(source) {
        Interrupted::Sqlite(source) => CopyError::Database {
            doing: "copy the database",
            source,
        },
        Interrupted::Locked => CopyError::SourceLocked,
        Interrupted::Cancelled => CopyError::Cancelled,
    }
}

fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CopyError {
    let path = path.to_owned();
    move |source| CopyError::File {
        doing,
        path,
        source,
    }
}
