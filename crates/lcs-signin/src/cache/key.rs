//! The key that seals the cache.
//!
//! What it protects depends on where it comes from. In the system's key store (`key_store.rs`) the
//! system guards it. A key that the user brings (from a secret
//! store, a pipeline's secret file) protects the tokens against everybody who gets the disk but
//! not the key. A key file that is made here, in another directory than the cache, protects only
//! against copies of the cache alone, such as a backup of the state directory: whoever may read
//! the user's files has both. Neither protects against programs that run as the user.

use std::{fs, io::Write as _, path::Path};

use lcs_types::{EncryptionKey, Randomness};
use zeroize::Zeroizing;

use super::CacheError;

/// The key of a token cache. Does not print.
#[derive(Debug, Clone)]
pub struct CacheKey(EncryptionKey);

impl CacheKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(EncryptionKey::from_bytes(bytes))
    }

    /// The key in a text of the user's: 32 bytes, as they are or in base64 or hexadecimal.
    pub fn parse(content: &[u8]) -> Option<Self> {
        EncryptionKey::parse(content).map(Self)
    }

    /// Reads a key that the user made: 32 bytes, as they are or in base64 or hexadecimal.
    ///
    /// # Errors
    ///
    /// [`CacheError::Read`], [`CacheError::OpenKeyFile`] when others may read it,
    /// [`CacheError::NotAKey`].
    pub fn read(path: &Path) -> Result<Self, CacheError> {
        let read_error = |source| CacheError::Read {
            path: path.to_owned(),
            source,
        };
        let mode = super::private::mode(&fs::metadata(path).map_err(read_error)?);
        if mode & 0o077 != 0 {
            return Err(CacheError::OpenKeyFile {
                path: path.to_owned(),
                mode,
            });
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(read_error)?);
        let key = EncryptionKey::parse(&bytes).ok_or_else(|| CacheError::NotAKey {
            path: path.to_owned(),
        })?;
        Ok(Self(key))
    }

    /// Reads the key file, or makes one, readable by its owner only, in a folder of the same kind.
    /// Of several processes that make it at once, all get the same key.
    ///
    /// # Errors
    ///
    /// As [`CacheKey::read`], and [`CacheError::Write`].
    pub fn load_or_create(path: &Path, randomness: &dyn Randomness) -> Result<Self, CacheError> {
        match Self::read(path) {
            Err(CacheError::Read { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound => {}
            result => return result,
        }
        let folder = super::private::private_folder(path)?;
        let write_error = |source| CacheError::Write {
            path: path.to_owned(),
            source,
        };
        let key = EncryptionKey::random(randomness);
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(write_error)?;
        file.write_all(key.to_base64().expose().as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(write_error)?;
        match file.persist_noclobber(path) {
            Ok(_) => Ok(Self(key)),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Self::read(path)
            }
            Err(error) => Err(write_error(error.error)),
        }
    }

    pub(super) const fn of(key: EncryptionKey) -> Self {
        Self(key)
    }

    pub(crate) const fn key(&self) -> &EncryptionKey {
        &self.0
    }
}
