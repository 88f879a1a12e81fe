//! A zip of a stranger's: its entries one by one, each checked, none leading out of the archive.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Component, Path, PathBuf},
};

use zip::ZipArchive;

/// The most entries that a package may have. The platform's own have some ten thousand.
pub const MOST_ENTRIES: usize = 200_000;
/// The most that a package may unpack to: an archive of a few kilobytes can claim petabytes.
pub const LARGEST_UNPACKED_BYTES: u64 = 200 * 1024 * 1024 * 1024;

/// What is wrong with a file, for the person who uploaded it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unsound {
    /// It cannot be read here; not the file's fault.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    /// It has no content.
    #[error("the file is empty")]
    Empty,
    /// It is no zip.
    #[error("the file is no zip archive: {0}")]
    NoArchive(String),
    /// An entry is damaged.
    #[error("the entry `{entry}` is damaged: {reason}")]
    Entry {
        /// Its name.
        entry: String,
        /// Why.
        reason: String,
    },
    /// An entry's name leads out of the archive.
    #[error("the entry `{0}` leads out of the archive")]
    Escapes(String),
    /// It is too large, unpacked.
    #[error("the archive has too many entries or unpacks to too much")]
    TooLarge,
    /// What every file of this type has is not there.
    #[error("the file is no {kind}: it has no `{missing}`")]
    Missing {
        /// What it should be.
        kind: &'static str,
        /// What is not there.
        missing: &'static str,
    },
    /// A part that should be XML is not.
    #[error("`{part}` is not well-formed XML: {reason}")]
    Xml {
        /// The part.
        part: String,
        /// Why.
        reason: String,
    },
    /// A `.bacpac` with faults.
    #[error("the file is no sound .bacpac: {0}")]
    Bacpac(String),
}

/// An entry on its way past.
pub(crate) struct Entry<'archive> {
    /// Where it belongs, relative, without `.` and `..`.
    pub(crate) path: PathBuf,
    pub(crate) is_folder: bool,
    pub(crate) reader: &'archive mut dyn Read,
}

/// Shows every entry once, in the archive's order. What `visit` leaves unread is read here, so that
/// every entry's checksum is compared. Answers how many bytes all of them have.
pub(crate) fn walk<E: From<Unsound>>(
    path: &Path,
    mut visit: impl FnMut(Entry<'_>) -> Result<(), E>,
) -> Result<(usize, u64), E> {
    let mut archive = open(path)?;
    let (count, mut unpacked) = (archive.len(), 0);
    if count > MOST_ENTRIES {
        return Err(Unsound::TooLarge.into());
    }
    for index in 0..count {
        let mut entry = archive.by_index(index).map_err(|error| Unsound::Entry {
            entry: format!("number {index}"),
            reason: error.to_string(),
        })?;
        let name = entry
            .name()
            .map_err(|error| Unsound::Entry {
                entry: format!("number {index}"),
                reason: error.to_string(),
            })?
            .into_owned();
        let path = relative(&name).ok_or_else(|| Unsound::Escapes(name.clone()))?;
        let is_folder = entry.is_dir();
        // The length in the header is a claim; what comes out of the decoder counts.
        let mut counted = Counted {
            inner: &mut entry,
            left: LARGEST_UNPACKED_BYTES - unpacked,
            read: 0,
            is_exceeded: false,
        };
        visit(Entry {
            path,
            is_folder,
            reader: &mut counted,
        })?;
        let rest = io::copy(&mut counted, &mut io::sink());
        unpacked += counted.read;
        if counted.is_exceeded {
            return Err(Unsound::TooLarge.into());
        }
        rest.map_err(|error| Unsound::Entry {
            entry: name,
            reason: error.to_string(),
        })?;
    }
    Ok((count, unpacked))
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, Unsound> {
    let file = File::open(path).map_err(Unsound::Read)?;
    if file.metadata().map_err(Unsound::Read)?.len() == 0 {
        return Err(Unsound::Empty);
    }
    ZipArchive::new(BufReader::new(file)).map_err(|error| Unsound::NoArchive(error.to_string()))
}

/// The path of an entry below any folder. Windows tools write backslashes.
pub(crate) fn relative(name: &str) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    if name.is_empty() || name.contains('\0') || name.split('/').any(|part| part.contains(':')) {
        return None;
    }
    let path = Path::new(&name);
    let is_inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    is_inside.then(|| {
        path.components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .collect()
    })
}

/// Counts, and ends before the limit is exceeded.
struct Counted<'entry> {
    inner: &'entry mut dyn Read,
    left: u64,
    read: u64,
    is_exceeded: bool,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(count as u64) else {
            self.is_exceeded = true;
            return Err(io::Error::other("the archive unpacks to too much"));
        };
        self.left = left;
        self.read += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "..\\x",
            "C:\\x",
            "C:x",
            "a\0b",
        ] {
            assert_eq!(relative(name), None, "{name:?}");
        }
        assert_eq!(relative("a\\b.dll"), Some(PathBuf::from("a/b.dll")));
        assert_eq!(relative("./a/b"), Some(PathBuf::from("a/b")));
    }

    proptest! {
        #[test]
        fn every_name_stays_below_any_folder(name in "[a-z./\\\\: ]{0,20}") {
            if let Some(path) = relative(&name) {
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
