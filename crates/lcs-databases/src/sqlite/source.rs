//! A database that is only read: how it is opened, and what can be wrong with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

/// How long a reader waits for a writer that holds the whole database.
const PATIENCE: Duration = Duration::from_secs(5);

/// An existing SQLite database, open for reading only.
///
/// Nothing is ever written to the database file. If it keeps a write-ahead log, SQLite may leave
/// its (empty) `-wal` and `-shm` files beside it, as any reader does.
#[derive(Debug)]
pub struct Source {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
}

/// A database cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such file.
    #[error("there is no file `{path}`")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else than an SQLite database.
    #[error("`{path}` is not an SQLite database")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds the database for itself.
    #[error("`{path}` is locked by another program")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file, or the folder it is in, may not be read by this user.
    #[error("this user may not read `{path}`")]
    PermissionDenied {
        /// The file.
        path: PathBuf,
    },
    /// A program died while it wrote; its changes must be rolled back by whoever may write.
    #[error("`{path}` was left in the middle of a change; open it once with a program that writes")]
    NeedsRecovery {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused for another reason.
    #[error("could not read `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Its reason.
        #[source]
        source: io::Error,
    },
    /// SQLite refused for another reason.
    #[error("could not open the database `{path}`")]
    Other {
        /// The file.
        path: PathBuf,
        /// Its reason.
        #[source]
        source: rusqlite::Error,
    },
}

impl Source {
    /// Opens an existing database for reading.
    ///
    /// # Errors
    /// Missing, not a database, locked, not permitted, left in the middle of a change, or another
    /// reason of the system's or of SQLite's.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with_patience(path, PATIENCE)
    }

    /// The same, waiting this long for writers, here and in everything that is done later.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn open_with_patience(path: &Path, patience: Duration) -> Result<Self, OpenError> {
        // Also resolves links, so that the path names one file from here on, and makes it absolute,
        // so that SQLite cannot take a file named `file:…` for a URI.
        let path = fs::canonicalize(path).map_err(|error| from_io(path, error))?;
        // The file is not opened here: closing it again would drop the locks of every SQLite
        // connection that this process has on it (SQLite, "How To Corrupt", 2.2).
        let metadata = fs::metadata(&path).map_err(|error| from_io(&path, error))?;
        // SQLite takes an empty file for an empty database; a person who names one is mistaken.
        if !metadata.is_file() || metadata.len() == 0 {
            return Err(OpenError::NotADatabase { path });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.busy_timeout(patience)?;
            // The file is only looked at when it is first read.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection }),
            Err(error) => Err(from_sqlite(path, error)),
        }
    }

    /// The file, absolute and without links.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn from_io(path: &Path, source: io::Error) -> OpenError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => OpenError::Missing { path },
        io::ErrorKind::PermissionDenied => OpenError::PermissionDenied { path },
        _ => OpenError::Io { path, source },
    }
}

fn from_sqlite(path: PathBuf, source: rusqlite::Error) -> OpenError {
    let Some(reason) = source.sqlite_error() else {
        return OpenError::Other { path, source };
    };
    if reason.extended_code == ffi::SQLITE_READONLY_ROLLBACK
        || reason.extended_code == ffi::SQLITE_READONLY_RECOVERY
    {
        return OpenError::NeedsRecovery { path };
    }
    match reason.code {
        ErrorCode::NotADatabase => OpenError::NotADatabase { path },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => OpenError::Locked { path },
        // The file is there: it may not be opened, or what belongs beside it may not be made.
        ErrorCode::PermissionDenied | ErrorCode::CannotOpen | ErrorCode::ReadOnly => {
            OpenError::PermissionDenied { path }
        }
        _ => OpenError::Other { path, source },
    }
}
