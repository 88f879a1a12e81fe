//! Full disks: looked for beforehand, and recognised in what SQLite says when it happens anyway.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::Path,
};

use rusqlite::ErrorCode;

use super::files;

/// What a disk has, when it has not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    pub(super) needed: u64,
    pub(super) available: u64,
}

/// Whether a file of `needed` bytes fits into the folder.
pub(super) fn check(folder: &Path, needed: u64) -> io::Result<Option<Full>> {
    let available = fs4::available_space(folder)?;
    Ok((available < needed).then_some(Full { needed, available }))
}

/// Whether `error`, met while writing a file of `needed` bytes at `path`, means that there is no
/// room: the disk is full, a quota is used up, or files may not become that large.
///
/// SQLite says so itself only for a full disk (ENOSPC); for the others it reports a failed write,
/// and the operating system has to be asked again for its reason.
pub(super) fn is_full(path: &Path, needed: u64, error: &rusqlite::Error) -> Option<Full> {
    let available = || {
        path.parent()
            .and_then(|folder| fs4::available_space(folder).ok())
            .unwrap_or(0)
    };
    match error.sqlite_error_code()? {
        ErrorCode::DiskFull => Some(Full {
            needed,
            available: available(),
        }),
        ErrorCode::SystemIoFailure => {
            let full = match write_far_out(path, needed) {
                Ok(()) => available() < needed,
                Err(error) => means_full(&error),
            };
            full.then(|| Full {
                needed,
                available: available(),
            })
        }
        _ => None,
    }
}

/// Whether an error of the operating system means that there is no room.
pub(super) fn means_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

/// Writes one byte where a file of that size would end, into a file of its own.
fn write_far_out(path: &Path, size: u64) -> io::Result<()> {
    let probe = files::beside(path, "-probe");
    let outcome = File::create(&probe).and_then(|mut file| {
        file.seek(SeekFrom::Start(size.saturating_sub(1)))?;
        file.write_all(&[0])?;
        file.sync_all()
    });
    let removed = fs::remove_file(&probe);
    outcome.and(removed)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn sqlites_own_word_for_a_full_disk_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let connection = Connection::open(&path).unwrap();
        connection
            .query_row("PRAGMA max_page_count = 3", [], |_| Ok(()))
            .unwrap();
        let error = connection
            .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000))")
            .unwrap_err();
        assert_eq!(is_full(&path, 100_000, &error).unwrap().needed, 100_000);
    }

    #[test]
    fn other_errors_are_not_taken_for_a_full_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let connection = Connection::open(&path).unwrap();
        let error = connection.execute_batch("SELECT * FROM none").unwrap_err();
        assert_eq!(is_full(&path, 1, &error), None);
        let failed_read = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_READ);
        let error = rusqlite::Error::SqliteFailure(failed_read, None);
        assert_eq!(is_full(&path, 4096, &error), None);
        assert!(!files::beside(&path, "-probe").exists());
    }
}
