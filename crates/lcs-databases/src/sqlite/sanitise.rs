//! Carries a plan out on a copy, so that nothing of what was removed survives in the file.
//!
//! All changes are one transaction. What it removed is overwritten (`secure_delete`), samples of
//! values that SQLite keeps for its query planner are dropped, and the whole database is written
//! anew into a second file, which takes the first one's place in one step: pages that the source
//! had freed long ago do not travel either. A plan without actions leaves the copy as it is.
//!
//! If the machine dies inside, the staged file holds either none of the changes (its journal undoes
//! a half-made transaction at the next opening) or all of them. Run again, everything is as if it
//! had run once; only the counts of the report then say what the second run still had to do.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use lcs_sanitise::Plan;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::{copy::count_tables, disk, files, inspect, statement};
use crate::report::{ActionRows, SanitiseReport};

/// A copy cannot be sanitised. It must not be used; the copy is to be discarded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SanitiseError {
    /// The copy cannot be opened.
    #[error("could not open the copy `{path}`")]
    Open {
        /// The copy.
        path: PathBuf,
        /// Its reason.
        #[source]
        source: rusqlite::Error,
    },
    /// A rule cannot be carried out, for example because the result would break a constraint.
    #[error("could not carry out the rule `{rule_id}` on the table `{table}`")]
    Rule {
        /// The rule.
        rule_id: String,
        /// The table.
        table: String,
        /// Its reason.
        #[source]
        source: rusqlite::Error,
    },
    /// The disk has no room for the sanitised database.
    #[error("the sanitised copy needs {needed} bytes and the disk has {available} left")]
    DiskFull {
        /// The size of the copy.
        needed: u64,
        /// What the disk has left for this user.
        available: u64,
    },
    /// SQLite refused for another reason.
    #[error("could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Its reason.
        #[source]
        source: rusqlite::Error,
    },
    /// The operating system refused for another reason than a full disk.
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
    /// The path of the copy cannot be given to SQLite.
    #[error("the path `{path}` is no valid text")]
    Path {
        /// The path.
        path: PathBuf,
    },
}

/// Carries `plan` out on the database file `staged`, which nobody else may use meanwhile.
///
/// Foreign keys are not enforced while it runs, so that the order of rules does not matter to them;
/// triggers run, because they keep search indexes in step. When this returns, the result is on the
/// disk.
///
/// # Errors
/// The copy cannot be opened, a rule cannot be carried out, the disk is full, or SQLite or the
/// system refuse for another reason.
pub fn sanitise(staged: &Path, plan: &Plan) -> Result<SanitiseReport, SanitiseError> {
    let staged = &std::path::absolute(staged).map_err(file("resolve", staged))?;
    let mut connection = open(staged).map_err(|source| SanitiseError::Open {
        path: staged.clone(),
        source,
    })?;
    let needed = inspect::size_in_bytes(&connection).map_err(database("measure the copy"))?;
    let full = |error: SanitiseError| match sqlite_cause(&error)
        .and_then(|cause| disk::is_full(staged, needed, cause))
    {
        Some(full) => SanitiseError::DiskFull {
            needed: full.needed,
            available: full.available,
        },
        None => error,
    };
    let report = change(&mut connection, plan).map_err(full)?;
    if !plan.actions.is_empty() {
        write_anew(&connection, staged).map_err(full)?;
    }
    connection
        .close()
        .map_err(|(_, error)| error)
        .map_err(database("close the copy"))?;
    files::sync_file(staged).map_err(file("write out", staged))?;
    let folder = staged.parent().unwrap_or(staged);
    files::sync_folder(folder).map_err(file("write out", folder))?;
    Ok(report)
}

fn open(staged: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(staged, flags)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
    // The journal of a dead predecessor is played back by the first read.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

fn change(connection: &mut Connection, plan: &Plan) -> Result<SanitiseReport, SanitiseError> {
    let transaction = connection
        .transaction()
        .map_err(database("begin to sanitise"))?;
    let mut actions = Vec::with_capacity(plan.actions.len());
    for action in &plan.actions {
        let change = statement::change(action);
        let rows = transaction
            .execute(&change.sql, params_from_iter(change.parameters))
            .map_err(|source| SanitiseError::Rule {
                rule_id: action.rule_id.clone(),
                table: action.table.clone(),
                source,
            })?;
        actions.push(ActionRows {
            rule_id: action.rule_id.clone(),
            table: action.table.clone(),
            action: action.kind.to_string(),
            rows: u64::try_from(rows).unwrap_or(u64::MAX),
        });
    }
    forget_samples(&transaction, plan).map_err(database("drop the planner's samples"))?;
    let tables = count_tables(&transaction).map_err(database("count the rows"))?;
    transaction
        .commit()
        .map_err(database("finish sanitising"))?;
    Ok(SanitiseReport { actions, tables })
}

/// `ANALYZE` keeps samples of indexed values, which may be the very ones that had to go.
fn forget_samples(connection: &Connection, plan: &Plan) -> rusqlite::Result<()> {
    for samples in ["sqlite_stat3", "sqlite_stat4"] {
        if !connection.table_exists(None, samples)? {
            continue;
        }
        let mut forget = connection.prepare(&format!("DELETE FROM {samples} WHERE tbl = ?1"))?;
        for action in &plan.actions {
            forget.execute([&action.table])?;
        }
    }
    Ok(())
}

/// Writes the database anew into a file beside it and puts that in its place.
fn write_anew(connection: &Connection, staged: &Path) -> Result<(), SanitiseError> {
    let anew = files::beside(staged, "-anew");
    let folder = staged.parent().unwrap_or(staged);
    let needed = inspect::used_bytes(connection).map_err(database("measure the copy"))?;
    let outcome = (|| {
        files::remove_database(&anew).map_err(file("remove", &anew))?;
        if let Some(full) = disk::check(folder, needed).map_err(file("measure", folder))? {
            return Err(SanitiseError::DiskFull {
                needed: full.needed,
                available: full.available,
            });
        }
        drop(files::create_private(&anew).map_err(file("create", &anew))?);
        let text = anew
            .to_str()
            .ok_or_else(|| SanitiseError::Path { path: anew.clone() })?;
        connection
            .execute("VACUUM INTO ?1", [text])
            .map_err(database("write the sanitised database"))?;
        files::sync_file(&anew).map_err(file("write out", &anew))?;
        fs::rename(&anew, staged).map_err(file("replace", staged))
    })();
    if outcome.is_err()
        && let Err(error) = files::remove_database(&anew)
    {
        tracing::warn!(%error, "could not remove a partial database");
    }
    outcome
}

fn sqlite_cause(error: &SanitiseError) -> Option<&rusqlite::Error> {
    match error {
        SanitiseError::Open { source, .. }
        | SanitiseError::Rule { source, .. }
        | SanitiseError::Database { source, .. } => Some(source),
        SanitiseError::DiskFull { .. }
        | SanitiseError::File { .. }
        | SanitiseError::Path { .. } => None,
    }
}

fn database(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> SanitiseError {
    move |source| SanitiseError::Database { doing, source }
}

fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SanitiseError {
    let path = path.to_owned();
    move |source| SanitiseError::File {
        doing,
        path,
        source,
    }
}
