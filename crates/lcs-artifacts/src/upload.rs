//! Files that come from outside, whole or in blocks, as Azure block blobs do ("Put Blob", "Put Block",
//! "Put Block List"). Blocking: to be called on threads that may block.
//!
//! Bytes go to `.uploads/`, which nobody reads. Committing assembles a new file, flushes it, and
//! renames it over the old one together with its properties, so a reader sees the old blob whole or the
//! new one whole. If the machine dies before the rename, blocks are left, which clients may commit
//! later and [`ArtifactStore::discard_old_uploads`] removes after a week.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{
    key::ArtifactKey,
    properties::BlobProperties,
    store::{ArtifactError, ArtifactStore, Checksums, error, remove_if_present},
};

const UPLOADS: &str = ".uploads";
/// How long Azure keeps blocks that were never committed.
const UNCOMMITTED_FOR: Duration = Duration::from_hours(7 * 24);

/// The name of a block: up to 64 bytes of the client's choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(Vec<u8>);

impl BlockId {
    /// The most bytes that an id has.
    pub const MOST_BYTES: usize = 64;

    /// An id of these bytes, as they are behind their base64.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (1..=Self::MOST_BYTES)
            .contains(&bytes.len())
            .then_some(Self(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A block that waits for its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncommittedBlock {
    /// Its name.
    pub id: BlockId,
    /// Its length.
    pub size_bytes: u64,
}

/// Why a blob does not become what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A block of the list was never put.
    #[error("the list names a block that is not there")]
    UnknownBlock,
    /// Nobody may write to the blob any more.
    #[error("the blob may not be changed any more")]
    Sealed,
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] ArtifactError),
}

impl ArtifactStore {
    /// A file of its own for bytes on their way, whatever else is on its way to the same blob.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when its folder cannot be made.
    pub fn incoming(&self, key: &ArtifactKey, unique: &str) -> Result<PathBuf, ArtifactError> {
        let folder = self.upload_folder(key);
        fs::create_dir_all(folder.join("blocks")).map_err(error("create", &folder))?;
        Ok(folder.join(format!("{unique}.incoming")))
    }

    /// Makes an incoming file a block; one with the same name is replaced.
    ///
    /// # Errors
    ///
    /// [`CommitError`].
    pub fn put_block(
        &self,
        key: &ArtifactKey,
        id: &BlockId,
        incoming: &Path,
    ) -> Result<(), CommitError> {
        self.refuse_sealed(key)?;
        let block = self.block_path(key, id);
        fs::rename(incoming, &block).map_err(error("rename", &block))?;
        Ok(())
    }

    /// The blocks that wait for their commit, by name.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when they cannot be read.
    pub fn uncommitted_blocks(
        &self,
        key: &ArtifactKey,
    ) -> Result<Vec<UncommittedBlock>, ArtifactError> {
        let folder = self.upload_folder(key).join("blocks");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(error("read", &folder)(source)),
        };
        let mut blocks = Vec::new();
        for entry in entries {
            let entry = entry.map_err(error("read", &folder))?;
            let name = entry.file_name();
            let id = name
                .to_str()
                .and_then(|name| HEXLOWER.decode(name.as_bytes()).ok())
                .and_then(BlockId::new);
            if let Some(id) = id {
                let size_bytes = entry.metadata().map_err(error("read", &folder))?.len();
                blocks.push(UncommittedBlock { id, size_bytes });
            }
        }
        blocks.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(blocks)
    }

    /// Makes the blob of these blocks in this order, and forgets every uncommitted block.
    ///
    /// # Errors
    ///
    /// [`CommitError`]; the blob is as it was before.
    pub fn commit_blocks(
        &self,
        key: &ArtifactKey,
        blocks: &[BlockId],
        assembled: &Path,
        content_type: Option<String>,
        now: Timestamp,
    ) -> Result<BlobProperties, CommitError> {
        self.refuse_sealed(key)?;
        let mut file = File::create(assembled).map_err(error("create", assembled))?;
        for id in blocks {
            let path = self.block_path(key, id);
            let mut block = match File::open(&path) {
                Ok(block) => block,
                Err(gone) if gone.kind() == io::ErrorKind::NotFound => {
                    return Err(CommitError::UnknownBlock);
                }
                Err(source) => return Err(error("open", &path)(source).into()),
            };
            io::copy(&mut block, &mut file).map_err(error("write", assembled))?;
        }
        file.flush().map_err(error("write", assembled))?;
        drop(file);
        let properties = self.commit_whole(key, assembled, content_type, now)?;
        let folder = self.upload_folder(key);
        // They are in the blob; left ones cost their place for a week.
        let _ = fs::remove_dir_all(folder);
        Ok(properties)
    }

    /// Makes an incoming file the blob.
    ///
    /// # Errors
    ///
    /// [`CommitError`]; the blob is as it was before.
    pub fn commit_whole(
        &self,
        key: &ArtifactKey,
        incoming: &Path,
        content_type: Option<String>,
        now: Timestamp,
    ) -> Result<BlobProperties, CommitError> {
        self.refuse_sealed(key)?;
        let file = File::open(incoming).map_err(error("open", incoming))?;
        let properties = BlobProperties {
            checksums: Checksums::of(&file).map_err(error("read", incoming))?,
            content_type,
            modified_at: now,
            is_sealed: false,
        };
        file.sync_all().map_err(error("flush", incoming))?;
        let named = self.path_of(key);
        let folder = named.parent().unwrap_or(&named);
        fs::create_dir_all(folder).map_err(error("create", folder))?;
        // Of a blob that is replaced no old properties must be read with the new bytes.
        remove_if_present(&self.properties_path(key))?;
        fs::rename(incoming, &named).map_err(error("rename", &named))?;
        self.write_properties(key, &properties)?;
        self.flush_folders(folder)?;
        Ok(properties)
    }

    /// From now on nobody may write to the blob.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when it is not there or cannot be written down.
    pub fn seal(&self, key: &ArtifactKey) -> Result<BlobProperties, ArtifactError> {
        let properties = BlobProperties {
            is_sealed: true,
            ..self.properties(key)?.ok_or_else(|| {
                let path = self.path_of(key);
                error("seal", &path)(io::ErrorKind::NotFound.into())
            })?
        };
        self.write_properties(key, &properties)?;
        let folder = self.upload_folder(key);
        let _ = fs::remove_dir_all(folder);
        Ok(properties)
    }

    /// Removes what was uploaded and not committed for a week.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when the folder cannot be read.
    pub fn discard_old_uploads(&self, now: SystemTime) -> Result<(), ArtifactError> {
        let root = self.root().join(UPLOADS);
        let entries = match fs::read_dir(&root) {
            Ok(entries) => entries,
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(error("read", &root)(source)),
        };
        for entry in entries {
            let path = entry.map_err(error("read", &root))?.path();
            let modified = fs::metadata(path.join("blocks")).and_then(|blocks| blocks.modified());
            let is_old = modified.is_ok_and(|at| {
                now.duration_since(at)
                    .is_ok_and(|age| age >= UNCOMMITTED_FOR)
            });
            if is_old {
                fs::remove_dir_all(&path).map_err(error("remove", &path))?;
            }
        }
        Ok(())
    }

    fn refuse_sealed(&self, key: &ArtifactKey) -> Result<(), CommitError> {
        match self.properties(key)? {
            Some(properties) if properties.is_sealed => Err(CommitError::Sealed),
            _ => Ok(()),
        }
    }

    fn upload_folder(&self, key: &ArtifactKey) -> PathBuf {
        let name = HEXLOWER.encode(&Sha256::digest(key.as_str().as_bytes()));
        self.root().join(UPLOADS).join(name)
    }

    fn block_path(&self, key: &ArtifactKey, id: &BlockId) -> PathBuf {
        let name = HEXLOWER.encode(id.as_bytes());
        self.upload_folder(key).join("blocks").join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, ArtifactStore, ArtifactKey) {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::open(folder.path()).unwrap();
        (folder, store, "container/asset/file".parse().unwrap())
    }

    fn id(name: &str) -> BlockId {
        BlockId::new(name.as_bytes().to_vec()).unwrap()
    }

    fn put(store: &ArtifactStore, key: &ArtifactKey, name: &str, content: &str) {
        let incoming = store.incoming(key, name).unwrap();
        fs::write(&incoming, content).unwrap();
        store.put_block(key, &id(name), &incoming).unwrap();
    }

    fn commit(
        store: &ArtifactStore,
        key: &ArtifactKey,
        names: &[&str],
    ) -> Result<BlobProperties, CommitError> {
        let ids: Vec<BlockId> = names.iter().map(|name| id(name)).collect();
        let assembled = store.incoming(key, "assembled").unwrap();
        store.commit_blocks(key, &ids, &assembled, None, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_blob_is_its_blocks_in_the_order_of_the_list() {
        let (_folder, store, key) = store();
        for (name, content) in [("b", "world"), ("a", "hello "), ("c", "unused")] {
            put(&store, &key, name, content);
        }
        assert!(store.properties(&key).unwrap().is_none());
        let sizes: Vec<u64> = store
            .uncommitted_blocks(&key)
            .unwrap()
            .iter()
            .map(|block| block.size_bytes)
            .collect();
        assert_eq!(sizes, [6, 5, 6]);
        let properties = commit(&store, &key, &["a", "b"]).unwrap();
        assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"hello world");
        assert_eq!(properties.checksums.size_bytes, 11);
        assert_eq!(store.properties(&key).unwrap(), Some(properties));
        assert_eq!(store.uncommitted_blocks(&key).unwrap(), []);
    }

    #[test]
    fn a_list_with_an_unknown_block_leaves_the_blob_and_the_blocks() {
        let (_folder, store, key) = store();
        put(&store, &key, "a", "old");
        commit(&store, &key, &["a"]).unwrap();
        put(&store, &key, "b", "new");
        let refused = commit(&store, &key, &["b", "missing"]);
        assert!(matches!(refused, Err(CommitError::UnknownBlock)));
        assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"old");
        assert_eq!(store.uncommitted_blocks(&key).unwrap().len(), 1);
        commit(&store, &key, &["b"]).unwrap();
        assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"new");
    }

    #[test]
    fn a_sealed_blob_is_read_and_never_written() {
        let (_folder, store, key) = store();
        assert!(store.seal(&key).is_err());
        put(&store, &key, "a", "asset");
        commit(&store, &key, &["a"]).unwrap();
        store.seal(&key).unwrap();
        let incoming = store.incoming(&key, "b").unwrap();
        fs::write(&incoming, "other").unwrap();
        let refused = store.put_block(&key, &id("b"), &incoming);
        assert!(matches!(refused, Err(CommitError::Sealed)));
        let refused = store.commit_whole(&key, &incoming, None, Timestamp::UNIX_EPOCH);
        assert!(matches!(refused, Err(CommitError::Sealed)));
        assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"asset");
    }

    #[test]
    fn blocks_are_kept_for_a_week() {
        let (_folder, store, key) = store();
        put(&store, &key, "a", "x");
        let day = Duration::from_hours(24);
        let blocks = store.upload_folder(&key).join("blocks");
        let now = fs::metadata(blocks).unwrap().modified().unwrap();
        store.discard_old_uploads(now + 6 * day).unwrap();
        assert_eq!(store.uncommitted_blocks(&key).unwrap().len(), 1);
        store.discard_old_uploads(now + 8 * day).unwrap();
        assert_eq!(store.uncommitted_blocks(&key).unwrap(), []);
    }

    #[test]
    fn an_id_has_one_to_sixty_four_bytes() {
        assert!(BlockId::new(Vec::new()).is_none());
        assert!(BlockId::new(vec![0; 64]).is_some());
        assert!(BlockId::new(vec![0; 65]).is_none());
    }
}
