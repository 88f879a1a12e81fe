//! A package's content as files below a folder.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use lcs_types::{Cancellation, Progress};

use crate::archive::{Entry, Unsound, walk};

/// A package cannot be unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// The package is not sound.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// A file cannot be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Somebody asked to stop.
    #[error("unpacking was interrupted")]
    Interrupted,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpacked {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Writes every file of the archive below `folder`, which is made, and flushes them to the disk.
/// Nothing is written elsewhere, whatever the archive says.
///
/// # Errors
///
/// [`UnpackError`]; what was written so far stays.
pub fn unpack(
    archive: &Path,
    folder: &Path,
    cancellation: &Cancellation,
    progress: &dyn Progress,
) -> Result<Unpacked, UnpackError> {
    create_folder(folder)?;
    let mut files = 0;
    let (entries, bytes) = walk(archive, |entry: Entry<'_>| {
        if cancellation.is_cancelled() {
            return Err(UnpackError::Interrupted);
        }
        let path = folder.join(&entry.path);
        if entry.is_folder {
            return create_folder(&path);
        }
        if let Some(parent) = path.parent() {
            create_folder(parent)?;
        }
        write(&path, entry.reader)?;
        files += 1;
        progress.advanced("files", files, files);
        Ok(())
    })?;
    progress.advanced("files", entries as u64, entries as u64);
    Ok(Unpacked { files, bytes })
}

fn create_folder(path: &Path) -> Result<(), UnpackError> {
    fs::create_dir_all(path).map_err(|source| UnpackError::Write {
        path: path.to_owned(),
        source,
    })
}

fn write(path: &Path, reader: &mut dyn io::Read) -> Result<(), UnpackError> {
    let written = || -> io::Result<()> {
        let mut file = File::create(path)?;
        io::copy(reader, &mut file)?;
        file.sync_all()
    };
    let mut written = written;
    written().map_err(|source| UnpackError::Write {
        path: path.to_owned(),
        source,
    })
}
