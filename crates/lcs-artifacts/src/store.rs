//! Files that appear under their name only when they are complete.
//!
//! A file is written under a temporary name in `.pending/`. Publishing reads it once for its
//! checksums, flushes it, and renames it. If the machine dies before the rename, only a temporary
//! file is left, which [`ArtifactStore::discard_pending`] removes at the next start.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use lcs_types::OperationActivityId;
use serde::{Deserialize, Serialize};

use crate::{
    key::ArtifactKey,
    naming::Naming,
    properties::{BlobProperties, HashingReader},
};

const PENDING: &str = ".pending";
const CHUNK: usize = 256 * 1024;

/// A file of the store cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} `{path}`")]
pub struct ArtifactError {
    /// What was tried.
    pub action: &'static str,
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// What identifies the content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// The length in bytes.
    pub size_bytes: u64,
    /// MD5, 16 bytes; what `Content-MD5` carries. Against accidents, not against people.
    pub md5: [u8; 16],
    /// SHA-256, 32 bytes.
    pub sha256: [u8; 32],
}

impl Checksums {
    /// Reads everything and sums it up.
    ///
    /// # Errors
    ///
    /// What reading answers.
    pub fn of(reader: impl Read) -> io::Result<Self> {
        let mut reader = HashingReader::new(reader);
        let mut chunk = vec![0; CHUNK];
        while reader.read(&mut chunk)? > 0 {}
        Ok(reader.finish())
    }
}

/// A folder of files. Clones are one store; a folder has one store at a time.
#[derive(Debug, Clone)]
pub struct ArtifactStore {
    root: PathBuf,
    /// Held by whoever changes what lies under a name.
    pub(crate) naming: Arc<Mutex<()>>,
}

/// A file that is being written and has no name in the store yet.
#[derive(Debug, Clone)]
pub struct PendingArtifact {
    path: PathBuf,
}

impl PendingArtifact {
    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

pub(crate) fn error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> ArtifactError + use<> {
    let path = path.to_owned();
    move |source| ArtifactError {
        action,
        path,
        source,
    }
}

impl ArtifactStore {
    /// The store in this folder, which is made when it is missing.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when the folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, ArtifactError> {
        let root = root.into();
        let pending = root.join(PENDING);
        fs::create_dir_all(&pending).map_err(error("create", &pending))?;
        Ok(Self {
            root,
            naming: Arc::default(),
        })
    }

    /// The failure of somebody who works on a file of the store.
    pub fn failure(action: &'static str, path: &Path, source: io::Error) -> ArtifactError {
        error(action, path)(source)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A place to write what an operation makes; the same place for the same operation, so that
    /// a repeated step starts over instead of piling up.
    pub fn pending(&self, operation: OperationActivityId) -> PendingArtifact {
        PendingArtifact {
            path: self.root.join(PENDING).join(operation.to_string()),
        }
    }

    /// Sums a pending file up, flushes it and gives it its name; nobody may write to it afterwards.
    /// Done twice, it is as done once.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when neither the pending nor the named file can be read, or the rename
    /// fails. The name never shows half a file.
    pub fn publish(
        &self,
        pending: &PendingArtifact,
        key: &ArtifactKey,
        now: Timestamp,
    ) -> Result<Checksums, ArtifactError> {
        if !pending.path.exists()
            && let Some(properties) = self.properties(key)?
        {
            // Whoever renamed it may have died before this.
            let named = self.path_of(key);
            self.flush_folders(named.parent().unwrap_or(&self.root))?;
            return Ok(properties.checksums);
        }
        let file = File::open(&pending.path).map_err(error("open", &pending.path))?;
        let checksums = Checksums::of(&file).map_err(error("read", &pending.path))?;
        file.sync_all().map_err(error("flush", &pending.path))?;
        let properties = BlobProperties {
            is_sealed: true,
            ..BlobProperties::new(checksums, now)
        };
        let naming = Naming {
            incoming: &pending.path,
            properties: &properties,
            blocks: &[],
        };
        self.name::<ArtifactError>(key, naming, |_| Ok(()))?;
        Ok(properties.checksums)
    }

    /// Flushes a folder and all above it up to the root: a folder that was just made is itself a
    /// name in the one above it, and is lost in a power cut with all that is in it.
    pub(crate) fn flush_folders(&self, folder: &Path) -> Result<(), ArtifactError> {
        for folder in folder
            .ancestors()
            .take_while(|it| it.starts_with(&self.root))
        {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(error("flush", folder))?;
        }
        Ok(())
    }

    /// The checksums of a named file.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when it cannot be read.
    pub fn checksums(&self, key: &ArtifactKey) -> Result<Checksums, ArtifactError> {
        let path = self.path_of(key);
        let file = File::open(&path).map_err(error("open", &path))?;
        Checksums::of(file).map_err(error("read", &path))
    }

    /// Where a named file lies, whether it exists or not.
    pub fn path_of(&self, key: &ArtifactKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Removes a named file with all that belongs to it, and its folder when that is left empty; a
    /// missing one is fine.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when it cannot be removed.
    pub fn remove(&self, key: &ArtifactKey) -> Result<(), ArtifactError> {
        let path = self.path_of(key);
        let _naming = self.naming.lock().unwrap_or_else(PoisonError::into_inner);
        self.forget_blocks(key, "removed");
        // The file first: what is known of it, sealed or not, must not be lost before.
        remove_if_present(&path)?;
        self.remove_properties(key)?;
        if let Some(folder) = path.parent().filter(|folder| *folder != self.root) {
            // One that is not empty, or was never made, stays as it is. Those above it are shared
            // with files that may be published at this moment.
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }

    /// Removes what an operation has written so far; nothing there is fine.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when it cannot be removed.
    pub fn discard(&self, pending: &PendingArtifact) -> Result<(), ArtifactError> {
        remove_if_present(&pending.path)
    }

    /// Removes every pending file but those of these operations.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when the folder cannot be read or a file not removed.
    pub fn discard_pending(&self, keep: &[OperationActivityId]) -> Result<(), ArtifactError> {
        let folder = self.root.join(PENDING);
        let keep: Vec<PathBuf> = keep.iter().map(|id| self.pending(*id).path).collect();
        for entry in fs::read_dir(&folder).map_err(error("read", &folder))? {
            let path = entry.map_err(error("read", &folder))?.path();
            if !keep.contains(&path) {
                remove_if_present(&path)?;
            }
        }
        Ok(())
    }
}

pub(crate) fn remove_if_present(path: &Path) -> Result<(), ArtifactError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(error("remove", path)(source))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATION: OperationActivityId = OperationActivityId::from_u128(1);

    fn store() -> (tempfile::TempDir, ArtifactStore, ArtifactKey) {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::open(folder.path()).unwrap();
        (folder, store, "container/file.bacpac".parse().unwrap())
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_complete() {
        let (_folder, store, key) = store();
        let pending = store.pending(OPERATION);
        fs::write(pending.path(), "abc").unwrap();
        assert!(!store.path_of(&key).exists());
        let checksums = store
            .publish(&pending, &key, Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"abc");
        assert_eq!(checksums.size_bytes, 3);
        // RFC 1321 A.5 and FIPS 180-2 B.1.
        assert_eq!(checksums.md5[..4], [0x90, 0x01, 0x50, 0x98]);
        assert_eq!(checksums.sha256[..4], [0xba, 0x78, 0x16, 0xbf]);
    }

    #[test]
    fn publishing_twice_is_as_publishing_once() {
        let (_folder, store, key) = store();
        let pending = store.pending(OPERATION);
        fs::write(pending.path(), "abc").unwrap();
        let first = store
            .publish(&pending, &key, Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(
            store
                .publish(&pending, &key, Timestamp::UNIX_EPOCH)
                .unwrap(),
            first
        );
    }

    #[test]
    fn a_removed_file_takes_its_empty_folder_along_and_nothing_else() {
        let (folder, store, _) = store();
        let publish = |name: &str| {
            let key: ArtifactKey = name.parse().unwrap();
            let pending = store.pending(OPERATION);
            fs::write(pending.path(), "abc").unwrap();
            store
                .publish(&pending, &key, Timestamp::UNIX_EPOCH)
                .unwrap();
            key
        };
        let (one, two) = (publish("container/a/one"), publish("container/b/two"));
        let three = publish("container/b/three");
        store.remove(&one).unwrap();
        store.remove(&two).unwrap();
        assert!(!folder.path().join("container/a").exists());
        assert!(store.path_of(&three).exists());
    }

    #[test]
    fn publishing_nothing_fails() {
        let (_folder, store, key) = store();
        let nothing = store.pending(OPERATION);
        assert!(
            store
                .publish(&nothing, &key, Timestamp::UNIX_EPOCH)
                .is_err()
        );
    }

    #[test]
    fn leftovers_of_other_operations_are_removed() {
        let (_folder, store, _) = store();
        let other = store.pending(OperationActivityId::from_u128(2));
        fs::write(store.pending(OPERATION).path(), "keep").unwrap();
        fs::write(other.path(), "remove").unwrap();
        store.discard_pending(&[OPERATION]).unwrap();
        assert!(store.pending(OPERATION).path().exists());
        assert!(!other.path().exists());
    }

    #[test]
    fn removing_what_is_not_there_is_fine() {
        let (_folder, store, key) = store();
        store.remove(&key).unwrap();
        store.discard(&store.pending(OPERATION)).unwrap();
    }
}
