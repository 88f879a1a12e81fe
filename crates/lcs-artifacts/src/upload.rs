//! Files that come from outside, whole or in blocks, as Azure block blobs do ("Put Blob", "Put Block").
//! Blocking: to be called on threads that may block.
//!
//! Bytes go to `.uploads/`, which nobody reads, until `commit.rs` makes a blob of them. If the machine
//! dies before, blocks are left, which clients may commit later and
//! [`ArtifactStore::discard_old_uploads`] removes after a week.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::{
    commit::CommitError,
    committed::BlockId,
    key::ArtifactKey,
    properties::BlobProperties,
    store::{ArtifactError, ArtifactStore, error, remove_if_present},
};

const UPLOADS: &str = ".uploads";
const BLOCKS: &str = "blocks";
/// A file whose being there says that nobody writes to the blob any more, which is gone.
const RETIRED: &str = "retired";
/// How long Azure keeps blocks that were never committed.
const UNCOMMITTED_FOR: Duration = Duration::from_hours(7 * 24);

/// A block that waits for its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncommittedBlock {
    /// Its name.
    pub id: BlockId,
    /// Its length.
    pub size_bytes: u64,
}

impl ArtifactStore {
    /// A file of its own for bytes on their way, whatever else is on its way to the same blob.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when its folder cannot be made.
    pub fn incoming(&self, key: &ArtifactKey, unique: &str) -> Result<PathBuf, ArtifactError> {
        let folder = self.upload_folder(key);
        fs::create_dir_all(&folder).map_err(error("create", &folder))?;
        Ok(folder.join(format!("{unique}.incoming")))
    }

    /// Makes an incoming file a block; one with the same name is replaced. It outlives the machine.
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
        File::open(incoming)
            .and_then(|file| file.sync_all())
            .map_err(error("flush", incoming))?;
        let folder = self.waiting_folder(key);
        let settled = self.settled(key)?;
        refuse_sealed(settled.properties.as_ref())?;
        self.refuse_retired(key)?;
        fs::create_dir_all(&folder).map_err(error("create", &folder))?;
        // All have one length, so one of them tells.
        let other = block_ids(&folder)?.next().transpose()?;
        if other.is_some_and(|other| other.as_bytes().len() != id.as_bytes().len()) {
            return Err(CommitError::OtherLength);
        }
        let block = folder.join(id.to_hexadecimal());
        fs::rename(incoming, &block).map_err(error("rename", &block))?;
        drop(settled);
        Ok(self.flush_folders(&folder)?)
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
        let folder = self.waiting_folder(key);
        let mut blocks = Vec::new();
        for id in block_ids(&folder)? {
            let id = id?;
            // One that was committed a moment ago waits no more.
            if let Ok(metadata) = fs::metadata(folder.join(id.to_hexadecimal())) {
                let size_bytes = metadata.len();
                blocks.push(UncommittedBlock { id, size_bytes });
            }
        }
        blocks.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(blocks)
    }

    /// Forgets what waits for a commit. To be called with the lock, so that nobody puts another block
    /// meanwhile.
    pub(crate) fn forget_blocks(&self, key: &ArtifactKey, unique: &str) {
        let folder = self.upload_folder(key);
        let discarded = folder.join(format!("{unique}.discarded"));
        // What is left costs its place until the next start.
        if fs::rename(self.waiting_folder(key), &discarded).is_ok() {
            let _ = fs::remove_dir_all(discarded);
        }
    }

    /// Removes a file as [`ArtifactStore::remove`] does, and refuses whoever would write it again by a
    /// URL that is still good, for a week, which outlives every URL.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when it cannot be removed, or that not be noted.
    pub fn retire(&self, key: &ArtifactKey) -> Result<(), ArtifactError> {
        let folder = self.upload_folder(key);
        let mark = folder.join(RETIRED);
        {
            // Whoever commits at this moment does so before, or is refused.
            let _settled = self.settled(key)?;
            fs::create_dir_all(&folder).map_err(error("create", &folder))?;
            File::create(&mark)
                .and_then(|file| file.sync_all())
                .map_err(error("create", &mark))?;
        }
        self.remove(key)
    }

    /// Whether the blob was removed for good.
    pub(crate) fn refuse_retired(&self, key: &ArtifactKey) -> Result<(), CommitError> {
        if self.upload_folder(key).join(RETIRED).exists() {
            return Err(CommitError::Sealed);
        }
        Ok(())
    }

    /// To be called at the start, when nothing is on its way: removes what was on its way when the
    /// machine died, and what was put and not committed for a week.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when the folder cannot be read.
    pub fn discard_old_uploads(&self, now: SystemTime) -> Result<(), ArtifactError> {
        let root = self.root().join(UPLOADS);
        for upload in entries(&root)? {
            for path in entries(&upload)? {
                if !path.ends_with(BLOCKS) && !path.ends_with(RETIRED) {
                    discard(&path)?;
                    continue;
                }
                let modified = fs::metadata(&path).and_then(|blocks| blocks.modified());
                let age = modified.map(|at| now.duration_since(at).unwrap_or_default());
                if age.is_ok_and(|age| age >= UNCOMMITTED_FOR) {
                    discard(&path)?;
                }
            }
            // One with blocks, or of a blob that was removed for good, stays.
            let _ = fs::remove_dir(&upload);
        }
        Ok(())
    }

    /// Where the blocks lie that wait for their commit.
    pub(crate) fn waiting_folder(&self, key: &ArtifactKey) -> PathBuf {
        self.upload_folder(key).join(BLOCKS)
    }

    fn upload_folder(&self, key: &ArtifactKey) -> PathBuf {
        let name = HEXLOWER.encode(&Sha256::digest(key.as_str().as_bytes()));
        self.root().join(UPLOADS).join(name)
    }
}

/// The names of the blocks in a folder, which may be missing.
fn block_ids(
    folder: &Path,
) -> Result<impl Iterator<Item = Result<BlockId, ArtifactError>> + use<>, ArtifactError> {
    let folder = folder.to_owned();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => Some(entries),
        Err(gone) if gone.kind() == ErrorKind::NotFound => None,
        Err(source) => return Err(error("read", &folder)(source)),
    };
    Ok(entries.into_iter().flatten().filter_map(move |entry| {
        let name = match entry {
            Ok(entry) => entry.file_name(),
            Err(source) => return Some(Err(error("read", &folder)(source))),
        };
        BlockId::from_hexadecimal(name.to_str()?).map(Ok)
    }))
}

pub(crate) fn refuse_sealed(there: Option<&BlobProperties>) -> Result<(), CommitError> {
    match there {
        Some(properties) if properties.is_sealed => Err(CommitError::Sealed),
        _ => Ok(()),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ArtifactError> {
    let listed = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    });
    match listed {
        Err(gone) if gone.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(error("read", folder)),
    }
}

fn discard(path: &Path) -> Result<(), ArtifactError> {
    if path.is_dir() {
        return fs::remove_dir_all(path).map_err(error("remove", path));
    }
    remove_if_present(path)
}
