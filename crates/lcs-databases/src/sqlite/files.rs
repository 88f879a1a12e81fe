//! Files and folders changed so that the change outlives a power cut.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// What SQLite may keep beside a database: rollback journal, write-ahead log and its index.
const COMPANIONS: [&str; 3] = ["-journal", "-wal", "-shm"];

/// The path with something appended to its file name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    path.with_file_name(name)
}

/// Creates an empty file that only this user may read, in place of any older one.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes a file; that it does not exist is fine.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// Removes a database with everything that SQLite keeps beside it; companions go last, because a
/// database without the journal that undoes its half-made change would be taken for whole.
pub(super) fn remove_database(path: &Path) -> io::Result<()> {
    remove_if_there(path)?;
    for suffix in COMPANIONS {
        remove_if_there(&beside(path, suffix))?;
    }
    Ok(())
}

/// The companions of a database that hold something which is not in the database file itself.
pub(super) fn unfinished_companion(path: &Path) -> io::Result<Option<PathBuf>> {
    for suffix in ["-journal", "-wal"] {
        let companion = beside(path, suffix);
        match fs::metadata(&companion) {
            Ok(metadata) if metadata.len() > 0 => return Ok(Some(companion)),
            Ok(_) => remove_if_there(&companion)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    remove_if_there(&beside(path, "-shm"))?;
    Ok(None)
}

/// Waits until the content of a file is on the disk.
pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Waits until the names in a folder are on the disk.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Other systems make names durable by themselves and let no folder be opened.
#[cfg(not(unix))]
pub(super) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a symbolic link to a file.
pub(super) fn link(target: &Path, link: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(target, link);
    #[cfg(windows)]
    return std::os::windows::fs::symlink_file(target, link);
}

/// Where a link points to; `None` if there is nothing of that name.
pub(super) fn read_link(link: &Path) -> io::Result<Option<PathBuf>> {
    match fs::read_link(link) {
        Ok(target) => Ok(Some(target)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
