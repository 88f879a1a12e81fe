//! The system's key store as the place of the cache's key: Keychain, Credential Manager, or the
//! Secret Service of a desktop.
//!
//! Only the key lies there. The tokens stay in the sealed file that all processes share, since
//! tokens are longer than some stores take, and a store has no lock over a renewal.

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use keyring_core::{Entry, Error, api::CredentialStoreApi as _};
use lcs_types::{EncryptionKey, Randomness, Secret};

use super::{
    CacheError, CacheKey, CachePlace, TokenCache,
    private::{private_folder, private_options},
};

/// The names under which the key is kept, as key store programs show them.
const SERVICE: &str = "lcs";
const USER: &str = "token cache";

/// The system's key store cannot be used, in the store's own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyStoreError(String);

impl TokenCache {
    /// The cache in this file, sealed with a key in the system's key store, which is made if it is
    /// missing. A store that is locked waits for a person, and is waited for no longer than
    /// `patience`.
    ///
    /// # Errors
    ///
    /// [`CacheError::KeyStore`] when there is no store or it gives no key in time; otherwise as
    /// [`TokenCache::open`].
    pub fn open_with_key_store(
        path: impl Into<PathBuf>,
        randomness: Arc<dyn Randomness>,
        patience: Duration,
    ) -> Result<Self, CacheError> {
        let path = path.into();
        let lock_path = private_folder(&path)?.join("key-store.lock");
        let lock = private_options()
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(|source| CacheError::Write {
                path: lock_path,
                source,
            })?;
        let key = load_or_create(lock, randomness.as_ref(), patience)
            .inspect_err(|reason| tracing::info!(%reason, "the key store gives no key"))?;
        let mut cache = Self::open(path, key, randomness)?;
        cache.kind = CachePlace::KeyStore;
        Ok(cache)
    }
}

/// The key that the store holds; makes one when there is none, and only uses it once it has been
/// read back. `lock` is a file that processes which do so at once wait for.
fn load_or_create(
    lock: File,
    randomness: &dyn Randomness,
    patience: Duration,
) -> Result<CacheKey, KeyStoreError> {
    // Chance is taken here, since it does not go into another thread.
    let new = EncryptionKey::random(randomness);
    in_a_thread(patience, move || {
        let entry = entry()?;
        if let Some(key) = read(&entry)? {
            return Ok(key);
        }
        lock.lock()
            .map_err(|error| KeyStoreError(error.to_string()))?;
        if let Some(key) = read(&entry)? {
            return Ok(key);
        }
        entry
            .set_secret(new.to_base64().expose().as_bytes())
            .map_err(refused)?;
        read(&entry)?.ok_or_else(|| KeyStoreError("it does not give back what it took".to_owned()))
    })
    .map(CacheKey::of)
}

fn read(entry: &Entry) -> Result<Option<EncryptionKey>, KeyStoreError> {
    match entry.get_secret() {
        Ok(bytes) => {
            let content = Secret::new(String::from_utf8_lossy(&bytes));
            let key = EncryptionKey::parse(content.expose().as_bytes());
            key.map(Some)
                .ok_or_else(|| KeyStoreError(format!("its entry {SERVICE}/{USER} is no key")))
        }
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: Error) -> KeyStoreError {
    KeyStoreError(match error {
        // Its text would show the secret.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "its entry cannot be read".to_owned(),
        error => error.to_string(),
    })
}

#[cfg(target_os = "linux")]
fn entry() -> Result<Entry, KeyStoreError> {
    let store = zbus_secret_service_keyring_store::Store::new().map_err(refused)?;
    store.build(SERVICE, USER, None).map_err(refused)
}

#[cfg(target_os = "macos")]
fn entry() -> Result<Entry, KeyStoreError> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(refused)?;
    store.build(SERVICE, USER, None).map_err(refused)
}

#[cfg(windows)]
fn entry() -> Result<Entry, KeyStoreError> {
    let store = windows_native_keyring_store::Store::new().map_err(refused)?;
    store.build(SERVICE, USER, None).map_err(refused)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn entry() -> Result<Entry, KeyStoreError> {
    Err(KeyStoreError(
        "this system has none that lcs knows".to_owned(),
    ))
}

/// The store's library starts a runtime of its own, which it may not do inside ours; and a store
/// that waits for somebody to unlock it must not be waited for without end.
fn in_a_thread<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, KeyStoreError> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(patience).unwrap_or_else(|error| {
        Err(KeyStoreError(match error {
            mpsc::RecvTimeoutError::Timeout => "it does not answer; is it locked?".to_owned(),
            mpsc::RecvTimeoutError::Disconnected => "its library failed".to_owned(),
        }))
    })
}
