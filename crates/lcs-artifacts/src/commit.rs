//! Uploads become blobs ("Put Blob", "Put Block List").
//!
//! Committing assembles a new file, flushes it, and gives it its name together with its properties, so
//! a reader sees the old blob whole or the new one whole. Whether that is allowed is decided at that
//! moment, not when the bytes began to come.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, ErrorKind, Read as _, Seek as _, SeekFrom},
    path::Path,
};

use jiff::Timestamp;

use crate::{
    committed::{BlockId, CommittedBlock},
    key::ArtifactKey,
    naming::{Naming, Settled},
    properties::{BlobProperties, HashingWriter},
    store::{ArtifactError, ArtifactStore, Checksums, error},
    upload::refuse_sealed,
};

/// Which block a list means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockReference {
    /// One that waits, or if there is none, one of the blob.
    Latest(BlockId),
    /// One that waits.
    Uncommitted(BlockId),
    /// One of the blob.
    Committed(BlockId),
}

/// What an uploader says of a blob, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// What it is.
    pub content_type: Option<String>,
    /// Names, lower-case, and values.
    pub metadata: BTreeMap<String, String>,
    /// When.
    pub committed_at: Timestamp,
}

/// Why a blob does not become what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A block of the list was never put.
    #[error("the list names a block that is not there")]
    UnknownBlock,
    /// The ids of the blocks of one blob have one length.
    #[error("the name of the block has another length than those of the other blocks")]
    OtherLength,
    /// Nobody may write to the blob any more.
    #[error("the blob may not be changed any more")]
    Sealed,
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] ArtifactError),
}

impl ArtifactStore {
    /// Makes the blob of these blocks in this order, and forgets every uncommitted block. `check`
    /// decides by what stands there at the moment of the change.
    ///
    /// # Errors
    ///
    /// [`CommitError`], or what `check` answers; the blob is as it was before.
    pub fn commit_blocks<E: From<CommitError>>(
        &self,
        key: &ArtifactKey,
        blocks: &[BlockReference],
        assembled: &Path,
        description: Description,
        check: impl FnOnce(Option<&BlobProperties>) -> Result<(), E>,
    ) -> Result<BlobProperties, E> {
        let (checksums, blocks) = self.assemble(key, blocks, assembled)?;
        let properties = BlobProperties {
            committed_blocks: blocks.len(),
            ..described(checksums, description)
        };
        let naming = Naming {
            incoming: assembled,
            properties: &properties,
            blocks: &blocks,
        };
        self.commit(key, naming, check)?;
        Ok(properties)
    }

    /// Makes an incoming file the blob, and forgets every uncommitted block. `check` decides by what
    /// stands there at the moment of the change.
    ///
    /// # Errors
    ///
    /// [`CommitError`], or what `check` answers; the blob is as it was before.
    pub fn commit_whole<E: From<CommitError>>(
        &self,
        key: &ArtifactKey,
        incoming: &Path,
        description: Description,
        check: impl FnOnce(Option<&BlobProperties>) -> Result<(), E>,
    ) -> Result<BlobProperties, E> {
        let summed_up = || -> Result<Checksums, CommitError> {
            let file = File::open(incoming).map_err(error("open", incoming))?;
            let checksums = Checksums::of(&file).map_err(error("read", incoming))?;
            file.sync_all().map_err(error("flush", incoming))?;
            Ok(checksums)
        };
        let properties = described(summed_up()?, description);
        let naming = Naming {
            incoming,
            properties: &properties,
            blocks: &[],
        };
        self.commit(key, naming, check)?;
        Ok(properties)
    }

    fn commit<E: From<CommitError>>(
        &self,
        key: &ArtifactKey,
        naming: Naming<'_>,
        check: impl FnOnce(Option<&BlobProperties>) -> Result<(), E>,
    ) -> Result<(), E> {
        let named: Result<Settled<'_>, Refused<E>> = self.name(key, naming, |there| {
            refuse_sealed(there)
                .and_then(|()| self.refuse_retired(key))
                .map_err(|refused| Refused(refused.into()))?;
            check(there).map_err(Refused)
        });
        let _named = named.map_err(|Refused(error)| error)?;
        let unique = naming.incoming.file_stem().unwrap_or_default();
        self.forget_blocks(key, &unique.to_string_lossy());
        Ok(())
    }

    /// Writes the blocks one after the other, durably.
    fn assemble(
        &self,
        key: &ArtifactKey,
        blocks: &[BlockReference],
        assembled: &Path,
    ) -> Result<(Checksums, Vec<CommittedBlock>), CommitError> {
        let waiting = self.waiting_folder(key);
        let mut blob = self.blob_in_blocks(key, blocks)?;
        let file = File::create(assembled).map_err(error("create", assembled))?;
        let mut file = HashingWriter::new(file);
        let mut committed = Vec::with_capacity(blocks.len());
        for reference in blocks {
            let (id, may_wait, may_be_committed) = match reference {
                BlockReference::Latest(id) => (id, true, true),
                BlockReference::Uncommitted(id) => (id, true, false),
                BlockReference::Committed(id) => (id, false, true),
            };
            let path = waiting.join(id.to_hexadecimal());
            let uncommitted = match may_wait.then(|| File::open(&path)) {
                Some(Ok(block)) => Some(block),
                Some(Err(source)) if source.kind() != ErrorKind::NotFound => {
                    return Err(error("open", &path)(source).into());
                }
                _ => None,
            };
            let copied = match (uncommitted, blob.as_mut().filter(|_| may_be_committed)) {
                (Some(mut block), _) => io::copy(&mut block, &mut file),
                (None, Some((blob, places))) => {
                    let (start, size) = *places.get(id).ok_or(CommitError::UnknownBlock)?;
                    blob.seek(SeekFrom::Start(start))
                        .and_then(|_| io::copy(&mut blob.take(size), &mut file))
                }
                (None, None) => return Err(CommitError::UnknownBlock),
            };
            committed.push(CommittedBlock {
                id: id.clone(),
                size_bytes: copied.map_err(error("write", assembled))?,
            });
        }
        let checksums = file.finish().map_err(error("write", assembled))?;
        Ok((checksums, committed))
    }

    /// The blob and where its blocks lie in it, if a list may mean one of them.
    fn blob_in_blocks(
        &self,
        key: &ArtifactKey,
        blocks: &[BlockReference],
    ) -> Result<Option<BlobInBlocks>, CommitError> {
        if blocks
            .iter()
            .all(|block| matches!(block, BlockReference::Uncommitted(_)))
        {
            return Ok(None);
        }
        let Some((file, list)) = self.open_with_blocks(key)? else {
            return Ok(None);
        };
        let mut places = HashMap::with_capacity(list.len());
        let mut start = 0;
        for block in list {
            places.insert(block.id, (start, block.size_bytes));
            start += block.size_bytes;
        }
        Ok(Some((file, places)))
    }
}

/// A blob, and where each of its blocks begins and how long it is.
type BlobInBlocks = (File, HashMap<BlockId, (u64, u64)>);

/// An error of the caller's kind; those of the store become one.
struct Refused<E>(E);

impl<E: From<CommitError>> From<ArtifactError> for Refused<E> {
    fn from(error: ArtifactError) -> Self {
        Self(CommitError::from(error).into())
    }
}

fn described(checksums: Checksums, description: Description) -> BlobProperties {
    BlobProperties {
        content_type: description.content_type,
        metadata: description.metadata,
        ..BlobProperties::new(checksums, description.committed_at)
    }
}
