//! Administering the signing keys of a local cloud that does not run. One that runs rotates them
//! itself when their time has come.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use lcs_directory::{Directory, DirectoryFailure, Settings, model};
use lcs_store_sqlite::SqliteStore;
use lcs_types::{Clock, Randomness};
use serde::Serialize;

use crate::{
    data_directory::{DataDirectory, DataDirectoryLock},
    key_encryption::{KeyEncryptionError, Opening},
    start::StartError,
};

/// Where the signing keys are, and what they are opened and made with.
#[derive(Debug, Clone)]
pub struct SigningKeyOptions {
    /// The data directory.
    pub data_directory: PathBuf,
    /// The file of the operator's own key that seals them, as at the start.
    pub key_encryption_key: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
}

/// What may be known of a signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SigningKeyFacts {
    /// The id that token headers name.
    pub key_id: String,
    /// What it is there for.
    pub state: SigningKeyState,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it signs, if it does.
    pub active_since: Option<Timestamp>,
    /// How long it stays published, when it is retired.
    pub published_until: Option<Timestamp>,
}

/// What a signing key is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningKeyState {
    /// Signs.
    Active,
    /// Published, to sign next.
    Next,
    /// Published until the last token that it signed has expired.
    Retired,
}

/// The signing keys, newest first; `None` when no local cloud was ever started there.
///
/// # Errors
///
/// [`StartError`] when the data directory is in use or the keys cannot be opened.
pub async fn list(options: &SigningKeyOptions) -> Result<Option<Vec<SigningKeyFacts>>, StartError> {
    match Stopped::open(options).await? {
        Some(stopped) => stopped.close_with(Ok(())).await.map(Some),
        None => Ok(None),
    }
}

/// The next signing key takes over and a new one is made; answers the keys after it. Tokens from
/// before stay valid until they expire. `None` when no local cloud was ever started there.
///
/// # Errors
///
/// As [`list`]; when the new key cannot be made.
pub async fn rotate(
    options: &SigningKeyOptions,
) -> Result<Option<Vec<SigningKeyFacts>>, StartError> {
    let Some(stopped) = Stopped::open(options).await? else {
        return Ok(None);
    };
    let rotated = stopped.directory.rotate_signing_keys().await.map(drop);
    stopped.close_with(rotated).await.map(Some)
}

/// A data directory that nobody serves meanwhile.
struct Stopped {
    directory: Directory,
    store: SqliteStore,
    _lock: DataDirectoryLock,
}

impl Stopped {
    async fn open(options: &SigningKeyOptions) -> Result<Option<Self>, StartError> {
        let data = DataDirectory::new(&options.data_directory);
        if !data.exists() {
            return Ok(None);
        }
        let lock = data.open()?;
        let store = SqliteStore::open(&data.store_file()).await?;
        let opening = Opening {
            directory: &data,
            store: &store,
            key_file: options.key_encryption_key.as_deref(),
            clock: options.clock.clone(),
            randomness: options.randomness.clone(),
        };
        let directory = opening.open(Settings::default()).await?;
        Ok(Some(Self {
            directory,
            store,
            _lock: lock,
        }))
    }

    /// Closes the store, and answers the keys if all went well.
    async fn close_with(
        self,
        done: Result<(), DirectoryFailure>,
    ) -> Result<Vec<SigningKeyFacts>, StartError> {
        let keys = match done {
            Ok(()) => self.directory.signing_keys().await,
            Err(failure) => Err(failure),
        };
        self.store.close().await;
        let keys = keys.map_err(KeyEncryptionError::Directory)?;
        Ok(keys.into_iter().map(facts).collect())
    }
}

fn facts(key: model::StoredSigningKey) -> SigningKeyFacts {
    let (state, active_since, published_until) = match key.state {
        model::SigningKeyState::Active { since } => (SigningKeyState::Active, Some(since), None),
        model::SigningKeyState::Next => (SigningKeyState::Next, None, None),
        model::SigningKeyState::Retired { published_until } => {
            (SigningKeyState::Retired, None, Some(published_until))
        }
    };
    SigningKeyFacts {
        key_id: key.key_id,
        state,
        created_at: key.created_at,
        active_since,
        published_until,
    }
}
