//! Changing the key that seals what is sealed, in a data directory that nobody serves.
//!
//! What counts is one transaction of the store, so until it is committed the old key opens
//! everything, and from then on the new one does. Both must therefore be readable meanwhile. An
//! operator's new key is. One that is made here is written to a file beside the old one first, and
//! takes its place afterwards; whoever dies in between leaves both, and the next start sees which of
//! them opens the store.

use std::path::{Path, PathBuf};

use lcs_directory::{DirectoryStore as _, Settings};
use lcs_store_sqlite::SqliteStore;
use lcs_types::EncryptionKey;
use serde::Serialize;

use crate::{
    data_directory::{DataDirectory, remove_if_there, take_place, write_private},
    key_encryption::{KeyEncryptionError, Opening, read},
    signing_keys::SigningKeyOptions,
    start::StartError,
};

/// What became of the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resealed {
    /// The file of the key that opens everything from now on.
    pub key_file: PathBuf,
    /// Whether the cloud finds it by itself, or must be told where it is.
    pub is_found_by_itself: bool,
}

/// Seals everything with another key: the operator's new one, or one that is made here. `None` when
/// no local cloud was ever started there. To be repeated when it was cut off.
///
/// # Errors
///
/// [`StartError`] when the data directory is in use, either key cannot be read, or the store fails;
/// the old key still opens everything then.
pub async fn reseal(
    options: &SigningKeyOptions,
    new_key_file: Option<&Path>,
) -> Result<Option<Resealed>, StartError> {
    let data = DataDirectory::new(&options.data_directory);
    if !data.exists() {
        return Ok(None);
    }
    let _lock = data.open()?;
    let store = SqliteStore::open(&data.store_file()).await?;
    let resealed = match new_key_file {
        Some(file) => with_operators_key(options, &data, &store, file).await,
        None => with_own_key(options, &data, &store).await,
    };
    store.close().await;
    Ok(Some(resealed?))
}

async fn with_operators_key(
    options: &SigningKeyOptions,
    data: &DataDirectory,
    store: &SqliteStore,
    file: &Path,
) -> Result<Resealed, KeyEncryptionError> {
    let new = read(file)?;
    if is_inside(file, data.root()) {
        return Err(KeyEncryptionError::InsideDataDirectory {
            path: file.to_owned(),
        });
    }
    // Cut off after the commit, it is repeated, and only the end is left to do.
    if !(has_keys(store).await? && opens(store, &new).await?) {
        let old = key_in_use(options, data, store).await?;
        store.reseal(&old, &new, &*options.randomness).await?;
    }
    // Nothing is sealed with it any more, and a backup should not hold it.
    remove_if_there(&data.key_encryption_key())?;
    remove_if_there(&data.next_key_encryption_key())?;
    Ok(Resealed {
        key_file: file.to_owned(),
        is_found_by_itself: false,
    })
}

async fn with_own_key(
    options: &SigningKeyOptions,
    data: &DataDirectory,
    store: &SqliteStore,
) -> Result<Resealed, KeyEncryptionError> {
    let old = key_in_use(options, data, store).await?;
    let new = EncryptionKey::random(&*options.randomness);
    let (file, next) = (data.key_encryption_key(), data.next_key_encryption_key());
    // On disk before anything is sealed with it.
    write_private(&next, new.to_base64().expose().as_bytes())?;
    store.reseal(&old, &new, &*options.randomness).await?;
    take_place(&next, &file)?;
    Ok(Resealed {
        key_file: file,
        is_found_by_itself: true,
    })
}

/// Whether a file lies in a folder, whatever links lead there.
fn is_inside(file: &Path, folder: &Path) -> bool {
    match (file.canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    }
}

/// The key that opens everything now.
async fn key_in_use(
    options: &SigningKeyOptions,
    data: &DataDirectory,
    store: &SqliteStore,
) -> Result<EncryptionKey, KeyEncryptionError> {
    let opening = Opening {
        directory: data,
        store,
        key_file: options.key_encryption_key.as_deref(),
        clock: options.clock.clone(),
        randomness: options.randomness.clone(),
    };
    let (_, key) = opening.open_with_key(Settings::default()).await?;
    Ok(key)
}

/// What to do about a new key that did not take the old one's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recovery {
    /// It opens everything: to let it take that place.
    TakeNext,
    /// The old one does: nothing is sealed with the new one.
    DropNext,
    /// Neither does. That is for the start to say, and nothing is to be lost before.
    LeaveBoth,
}

const fn decide(current_opens: bool, next_opens: bool) -> Recovery {
    match (current_opens, next_opens) {
        (true, _) => Recovery::DropNext,
        (false, true) => Recovery::TakeNext,
        (false, false) => Recovery::LeaveBoth,
    }
}

/// Ends what was cut off.
pub(crate) async fn recover(
    data: &DataDirectory,
    store: &SqliteStore,
) -> Result<(), KeyEncryptionError> {
    let (file, next) = (data.key_encryption_key(), data.next_key_encryption_key());
    if !next.exists() {
        return Ok(());
    }
    let next_opens = opens(store, &read(&next)?).await?;
    let current_opens = file.exists() && opens(store, &read(&file)?).await?;
    match decide(current_opens, next_opens) {
        Recovery::TakeNext => take_place(&next, &file)?,
        Recovery::DropNext => remove_if_there(&next)?,
        Recovery::LeaveBoth => {}
    }
    Ok(())
}

async fn has_keys(store: &SqliteStore) -> Result<bool, KeyEncryptionError> {
    Ok(!store.signing_keys().await?.is_empty())
}

/// Whether a key opens every signing key, and with them all else: they change keys together.
async fn opens(store: &SqliteStore, key: &EncryptionKey) -> Result<bool, KeyEncryptionError> {
    let keys = store.signing_keys().await?;
    Ok(keys
        .iter()
        .all(|stored| stored.private.open(&stored.key_id, key).is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whichever_key_opens_everything_stays_and_none_is_lost_while_neither_does() {
        for (current_opens, next_opens, expected) in [
            (true, false, Recovery::DropNext),
            // There is nothing sealed yet.
            (true, true, Recovery::DropNext),
            (false, true, Recovery::TakeNext),
            (false, false, Recovery::LeaveBoth),
        ] {
            assert_eq!(decide(current_opens, next_opens), expected);
        }
    }
}
