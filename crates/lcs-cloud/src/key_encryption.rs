//! The key that seals the signing keys in the store: the operator's own, or one made at first start.
//!
//! What it protects depends on where it comes from. The operator's own key, kept elsewhere, protects
//! the signing keys against everybody who gets the data directory without it. The one that is made
//! here lies beside the store, and so protects only copies of the store alone.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

use lcs_directory::{
    Directory, DirectoryFailure, DirectoryStore as _, Settings, StoreError, error::KeyError,
};
use lcs_store_sqlite::SqliteStore;
use lcs_types::{Clock, EncryptionKey, Randomness};
use zeroize::Zeroizing;

use crate::{
    data_directory::{DataDirectory, DataDirectoryError, remove_if_there, write_private},
    reseal,
};

/// The signing keys cannot be opened. None is ever replaced because of that.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyEncryptionError {
    /// There are sealed keys, and the file of the key that seals them is gone.
    #[error("the key that seals the signing keys is missing: there is no `{path}`")]
    Missing {
        /// The key file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("could not read the key that seals the signing keys, `{path}`")]
    Read {
        /// The key file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others than the owner may read the file.
    #[error("`{path}` may be read by others than its owner (mode {mode:o})")]
    OpenToOthers {
        /// The key file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file holds no key.
    #[error("`{path}` holds no key: it takes 32 bytes, as they are or in base64 or hexadecimal")]
    NotAKey {
        /// The key file.
        path: PathBuf,
    },
    /// The signing keys are sealed with another key.
    #[error("the signing keys are not sealed with the key in `{path}`")]
    WrongKey {
        /// The key file.
        path: PathBuf,
        /// Which one does not open.
        #[source]
        source: KeyError,
    },
    /// The operator's new key lies with what it is to protect.
    #[error(
        "`{path}` lies in the data directory: a key there protects nothing from whoever has that"
    )]
    InsideDataDirectory {
        /// The key file.
        path: PathBuf,
    },
    /// The new key cannot be written.
    #[error(transparent)]
    Write(#[from] DataDirectoryError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signing keys cannot be used for another reason.
    #[error("could not prepare the signing keys")]
    Directory(#[source] DirectoryFailure),
}

/// What the signing keys are opened with.
#[derive(Debug, Clone)]
pub(crate) struct Opening<'cloud> {
    pub(crate) directory: &'cloud DataDirectory,
    pub(crate) store: &'cloud SqliteStore,
    /// The operator's key file.
    pub(crate) key_file: Option<&'cloud Path>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
}

impl Opening<'_> {
    /// The directory over the store, with signing keys that are all sealed and all open.
    pub(crate) async fn open(self, settings: Settings) -> Result<Directory, KeyEncryptionError> {
        Ok(self.open_with_key(settings).await?.0)
    }

    /// The same, and the key that opens them.
    pub(crate) async fn open_with_key(
        self,
        settings: Settings,
    ) -> Result<(Directory, EncryptionKey), KeyEncryptionError> {
        let key = self.key().await?;
        self.store
            .seal_signing_keys(&key, &*self.randomness)
            .await?;
        let path = self.path();
        let store = Arc::new(self.store.clone());
        let randomness = self.randomness.clone();
        let directory = Directory::new(store, self.clock, self.randomness, key.clone(), settings);
        match directory.check_signing_keys().await {
            Ok(()) => {
                if self.key_file.is_some() {
                    // Of a change to a key of our own that was cut off before it counted.
                    remove_if_there(&self.directory.next_key_encryption_key())?;
                }
                // With the right key only, which this one is now known to be.
                self.store.seal_totp_secrets(&key, &*randomness).await?;
                Ok((directory, key))
            }
            Err(DirectoryFailure::Key(source @ KeyError::Sealed { .. })) => {
                Err(KeyEncryptionError::WrongKey { path, source })
            }
            Err(failure) => Err(KeyEncryptionError::Directory(failure)),
        }
    }

    fn path(&self) -> PathBuf {
        self.key_file
            .map_or_else(|| self.directory.key_encryption_key(), Path::to_owned)
    }

    /// Reads the key. The one in the data directory is made when nothing is sealed yet; the
    /// operator's never is.
    async fn key(&self) -> Result<EncryptionKey, KeyEncryptionError> {
        if self.key_file.is_none() {
            reseal::recover(self.directory, self.store).await?;
        }
        let path = self.path();
        match read(&path) {
            Err(KeyEncryptionError::Read { source, .. })
                if source.kind() == ErrorKind::NotFound && self.key_file.is_none() => {}
            read => return read,
        }
        if !self.store.signing_keys().await?.is_empty() {
            return Err(KeyEncryptionError::Missing { path });
        }
        // On disk before anything is sealed with it, so whatever happens next finds it there.
        let key = EncryptionKey::random(&*self.randomness);
        write_private(&path, key.to_base64().expose().as_bytes())?;
        Ok(key)
    }
}

/// Reads a key file.
pub(crate) fn read(path: &Path) -> Result<EncryptionKey, KeyEncryptionError> {
    let read_error = |source| KeyEncryptionError::Read {
        path: path.to_owned(),
        source,
    };
    let mode = mode(&fs::metadata(path).map_err(read_error)?);
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeyEncryptionError::OpenToOthers { path, mode });
    }
    let content = Zeroizing::new(fs::read(path).map_err(read_error)?);
    EncryptionKey::parse(&content).ok_or_else(|| KeyEncryptionError::NotAKey {
        path: path.to_owned(),
    })
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

/// Windows has access lists instead; a file in the user's own folder is the user's.
#[cfg(not(unix))]
fn mode(_metadata: &fs::Metadata) -> u32 {
    0o600
}
