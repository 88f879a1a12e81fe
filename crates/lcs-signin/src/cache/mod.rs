//! The token cache: one sealed file per user that several processes share.
//!
//! - `contents.rs` – what is in it, and how an entry is found
//! - `key.rs` – the key that seals it, and what that protects against
//! - `key_store.rs` – the system's key store as the place of the key
//! - `sealed.rs` – the format of the file
//! - `file.rs` – reading, replacing and locking it
//! - `private.rs` – files that only their owner may read
//!
//! Passwords never get here. A cache that cannot be read is moved aside and reported
//! ([`CacheNotice`]); the consequence is a new sign-in, never a failed command.

mod contents;
mod file;
mod key;
mod key_store;
mod private;
mod sealed;

use std::{io, path::PathBuf};

pub use contents::CachedSignIn;
pub(crate) use contents::{Contents, Entry, Slot, exposed};
pub use file::TokenCache;
pub use key::CacheKey;
pub use key_store::KeyStoreError;

/// Where a cache keeps what it is given, and what guards it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CachePlace {
    /// In a file that is sealed with a key in the system's key store.
    KeyStore,
    /// In a file that is sealed with a key in another file.
    File,
    /// Nowhere: it ends with the process.
    Memory,
}

/// The cache cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The file or its folder cannot be read.
    #[error("could not read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file or its folder cannot be written. What was there before still is.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process holds the lock for too long.
    #[error("another process keeps `{}` locked", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// Others than the owner may read the key.
    #[error("`{}` may be read by others than its owner (mode {mode:o})", path.display())]
    OpenKeyFile {
        /// The key file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The key file holds no key.
    #[error(
        "`{}` holds no key: it takes 32 bytes, as they are or in base64 or hexadecimal",
        path.display()
    )]
    NotAKey {
        /// The key file.
        path: PathBuf,
    },
    /// The system's key store gives no key.
    #[error("the system's key store cannot be used")]
    KeyStore(#[from] KeyStoreError),
    /// The key lies beside what it protects.
    #[error("the key `{}` must not lie in the folder of the cache", path.display())]
    KeyBesideCache {
        /// The key file.
        path: PathBuf,
    },
}

/// Something about the cache that the user should hear, but that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheNotice {
    /// The cache could not be read, was kept under another name, and a new one is begun.
    MovedAside {
        /// The cache.
        from: PathBuf,
        /// Where it is now.
        to: PathBuf,
        /// What was wrong with it.
        reason: &'static str,
    },
    /// Others could read or write the cache; now only its owner can.
    PermissionsTightened {
        /// The cache.
        path: PathBuf,
    },
    /// A renewed token could not be kept; the next command has to renew it again.
    NotSaved {
        /// The cache.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl std::fmt::Display for CacheNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MovedAside { from, to, reason } => write!(
                f,
                "the token cache `{}` could not be read ({reason}) and is now `{}`; sign in again",
                from.display(),
                to.display()
            ),
            Self::PermissionsTightened { path } => write!(
                f,
                "the token cache `{}` was open to others and is now closed to them",
                path.display()
            ),
            Self::NotSaved { path, reason } => write!(
                f,
                "the renewed token could not be kept in `{}`: {reason}",
                path.display()
            ),
        }
    }
}
