//! The folder that holds a local cloud: who may use it, which version wrote it, what lies where.
//!
//! ```text
//! version.json        the layout's version; a newer one is refused
//! lock                held by the one process that serves this folder
//! instance.json       facts about the running instance, its passwords included (0600)
//! config.json         what the cloud consists of
//! credentials.json    the passwords made at first start (0600)
//! tls/                the certificate authority: ca.pem, ca.key (0600)
//! secrets/            the key that signs blob URLs, and the key that seals the signing keys, unless
//!                     the operator keeps that elsewhere (0600)
//! store.sqlite        directory, projects, journal of operations (0600)
//! environments/ID/    the databases, see `lcs-databases`
//! artifacts/          backups
//! ```

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use lcs_types::EnvironmentId;
use serde::{Deserialize, Serialize};

/// The version of the layout that this program writes.
const LAYOUT_VERSION: u32 = 1;

/// The data directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataDirectoryError {
    /// Another process serves it.
    #[error("the data directory `{path}` is in use by another process")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A later version of this program wrote it.
    #[error(
        "the data directory `{path}` was written by a newer version (layout {found}, this version knows {known})"
    )]
    NewerVersion {
        /// The folder.
        path: PathBuf,
        /// The layout found.
        found: u32,
        /// The newest layout that this version knows.
        known: u32,
    },
    /// It holds files, but not those of a local cloud.
    #[error("`{path}` is not empty and is not a data directory of a local cloud")]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// A file in it cannot be understood.
    #[error("`{path}` is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A file or folder cannot be read or written.
    #[error("could not {action} `{path}`")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

pub(crate) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> DataDirectoryError + use<> {
    let path = path.to_owned();
    move |source| DataDirectoryError::Io {
        action,
        path,
        source,
    }
}

#[derive(Serialize, Deserialize)]
struct LayoutVersion {
    layout: u32,
}

/// Paths inside a data directory; nothing is touched by making one.
#[derive(Debug, Clone)]
pub struct DataDirectory {
    root: PathBuf,
}

/// The right to serve a data directory; given back on drop, or by the kernel when the process
/// dies.
#[derive(Debug)]
pub struct DataDirectoryLock {
    _file: File,
}

impl DataDirectory {
    /// The data directory at this path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where facts about the running instance lie.
    pub fn instance_file(&self) -> PathBuf {
        self.root.join("instance.json")
    }

    /// Where it is remembered what the cloud consists of.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.root.join("config.json")
    }

    /// Where the passwords made at first start lie.
    pub fn credentials_file(&self) -> PathBuf {
        self.root.join("credentials.json")
    }

    /// The store.
    pub fn store_file(&self) -> PathBuf {
        self.root.join("store.sqlite")
    }

    /// The certificate of the local certificate authority.
    pub fn ca_certificate(&self) -> PathBuf {
        self.root.join("tls").join("ca.pem")
    }

    pub(crate) fn ca_key(&self) -> PathBuf {
        self.root.join("tls").join("ca.key")
    }

    /// The certificate of an environment for the Regression suite automation tool, and its key.
    pub(crate) fn rsat_certificate(&self, environment: EnvironmentId) -> PathBuf {
        self.root.join("rsat").join(format!("{environment}.json"))
    }

    pub(crate) fn url_key(&self) -> PathBuf {
        self.root.join("secrets").join("blob-url.key")
    }

    /// The key that seals the signing keys, unless the operator brings one.
    pub fn key_encryption_key(&self) -> PathBuf {
        self.root.join("secrets").join("key-encryption.key")
    }

    /// The key that is to take its place, while everything is sealed anew with it.
    pub fn next_key_encryption_key(&self) -> PathBuf {
        self.root.join("secrets").join("key-encryption.key.next")
    }

    /// The folder of the environments' databases.
    pub fn environments(&self) -> PathBuf {
        self.root.join("environments")
    }

    /// The folder of the backups.
    pub fn artifacts(&self) -> PathBuf {
        self.root.join("artifacts")
    }

    /// Whether a local cloud was ever started here.
    pub fn exists(&self) -> bool {
        self.version_file().is_file()
    }

    fn version_file(&self) -> PathBuf {
        self.root.join("version.json")
    }

    /// Makes the folder when it is missing, checks its version, and takes the lock.
    ///
    /// # Errors
    ///
    /// [`DataDirectoryError`] when it is in use, newer, foreign, or cannot be written.
    pub fn open(&self) -> Result<DataDirectoryLock, DataDirectoryError> {
        self.check_version()?;
        for folder in ["", "tls", "secrets", "environments", "artifacts"] {
            make_private_folder(&self.root.join(folder))?;
        }
        let lock = self.lock()?;
        if !self.exists() {
            let version = serde_json::json!(LayoutVersion {
                layout: LAYOUT_VERSION
            });
            write_private(&self.version_file(), version.to_string().as_bytes())?;
        }
        Ok(lock)
    }

    /// Whether a process serves this folder now.
    pub fn is_served(&self) -> bool {
        self.root.is_dir() && matches!(self.lock(), Err(DataDirectoryError::InUse { .. }))
    }

    /// Removes the folder and all that is in it; databases outside it that are bound stay.
    ///
    /// # Errors
    ///
    /// [`DataDirectoryError::InUse`] while a process serves it, [`DataDirectoryError::Foreign`]
    /// when it is no data directory.
    pub fn remove(&self) -> Result<(), DataDirectoryError> {
        self.check_version()?;
        if !self.root.exists() {
            return Ok(());
        }
        let _lock = self.lock()?;
        fs::remove_dir_all(&self.root).map_err(io_error("remove", &self.root))
    }

    fn lock(&self) -> Result<DataDirectoryLock, DataDirectoryError> {
        let path = self.root.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(io_error("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(DataDirectoryLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DataDirectoryError::InUse {
                path: self.root.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(io_error("lock", &path)(source)),
        }
    }

    fn check_version(&self) -> Result<(), DataDirectoryError> {
        let path = self.version_file();
        match fs::read(&path) {
            Ok(bytes) => {
                let version: LayoutVersion = serde_json::from_slice(&bytes)
                    .map_err(|source| DataDirectoryError::Damaged { path, source })?;
                if version.layout > LAYOUT_VERSION {
                    return Err(DataDirectoryError::NewerVersion {
                        path: self.root.clone(),
                        found: version.layout,
                        known: LAYOUT_VERSION,
                    });
                }
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.check_not_foreign(),
            Err(source) => Err(io_error("read", &path)(source)),
        }
    }

    /// A folder with files of somebody else must not be filled, let alone removed. A lock or an
    /// empty sub-folder is what an interrupted first start leaves.
    fn check_not_foreign(&self) -> Result<(), DataDirectoryError> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(io_error("read", &self.root)(source)),
        };
        for entry in entries {
            let entry = entry.map_err(io_error("read", &self.root))?;
            let name = entry.file_name();
            let is_ours = ["lock", "tls", "secrets", "environments", "artifacts"]
                .iter()
                .any(|ours| name == *ours);
            if !is_ours {
                return Err(DataDirectoryError::Foreign {
                    path: self.root.clone(),
                });
            }
        }
        Ok(())
    }
}

fn make_private_folder(path: &Path) -> Result<(), DataDirectoryError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(io_error("create", path))
}

/// Writes a file that only its owner can read, in one step: the old content or the new. Whatever is
/// written afterwards is on disk only when this is.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), DataDirectoryError> {
    let folder = folder_of(path);
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".writing-")
            .tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        sync_folder(folder)
    };
    write().map_err(io_error("write", path))
}

/// Lets a file take the place of another in the same folder, for good.
pub(crate) fn take_place(file: &Path, of: &Path) -> Result<(), DataDirectoryError> {
    let folder = folder_of(of);
    fs::rename(file, of)
        .and_then(|()| sync_folder(folder))
        .map_err(io_error("replace", of))
}

/// Removes a file, if it is there, for good.
pub(crate) fn remove_if_there(file: &Path) -> Result<(), DataDirectoryError> {
    let folder = folder_of(file);
    match fs::remove_file(file) {
        Ok(()) => sync_folder(folder).map_err(io_error("remove", file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_error("remove", file)(error)),
    }
}

/// The folder that a file is in. The parent of a bare name is the empty path, which opens nothing.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of the other platform's"
)]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_file_name_is_in_the_working_folder() {
        for (file, folder) in [("ready.json", "."), ("a/b", "a"), ("/b", "/")] {
            assert_eq!(folder_of(Path::new(file)), Path::new(folder), "{file}");
        }
    }

    #[test]
    fn one_process_serves_a_folder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let directory = DataDirectory::new(folder.path().join("data"));
        let lock = directory.open().unwrap();
        assert!(directory.is_served());
        assert!(matches!(
            directory.open(),
            Err(DataDirectoryError::InUse { .. })
        ));
        assert!(matches!(
            directory.remove(),
            Err(DataDirectoryError::InUse { .. })
        ));
        drop(lock);
        assert!(!directory.is_served());
        directory.open().unwrap();
    }

    #[test]
    fn a_folder_of_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("version.json"), r#"{"layout":99}"#).unwrap();
        let directory = DataDirectory::new(folder.path());
        assert!(matches!(
            directory.open(),
            Err(DataDirectoryError::NewerVersion {
                found: 99,
                known: 1,
                ..
            })
        ));
        assert!(matches!(
            directory.remove(),
            Err(DataDirectoryError::NewerVersion { .. })
        ));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_with_other_files_is_neither_filled_nor_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        let directory = DataDirectory::new(folder.path());
        assert!(matches!(
            directory.open(),
            Err(DataDirectoryError::Foreign { .. })
        ));
        assert!(matches!(
            directory.remove(),
            Err(DataDirectoryError::Foreign { .. })
        ));
        assert!(folder.path().join("thesis.txt").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let directory = DataDirectory::new(folder.path().join("data"));
        let _lock = directory.open().unwrap();
        write_private(&directory.credentials_file(), b"{}").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(directory.root()), 0o700);
        assert_eq!(mode(&directory.credentials_file()), 0o600);
    }
}
