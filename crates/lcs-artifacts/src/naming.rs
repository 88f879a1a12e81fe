//! How a file gets its name together with what is known of it: both at once for whoever reads, also
//! if the machine dies in between.
//!
//! What is to be known is announced beside the file (`.next`), the file is renamed over the old one,
//! and the announcement over what was known before. An announcement that is found later is one whose
//! writer died: the checksums of the file tell whether it had its name already.
//!
//! One lock for the whole store makes these few renames one act. Whatever takes long – receiving,
//! assembling, summing up – happens before.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{MutexGuard, PoisonError},
    time::SystemTime,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    committed::CommittedBlock,
    key::ArtifactKey,
    properties::BlobProperties,
    store::{ArtifactError, ArtifactStore, Checksums, error, remove_if_present},
};

/// The state of a name that nobody changes as long as this value lives.
#[derive(Debug)]
pub(crate) struct Settled<'store> {
    /// What is known of the file, if there is one.
    pub(crate) properties: Option<BlobProperties>,
    _naming: MutexGuard<'store, ()>,
}

/// What gets a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming<'a> {
    pub(crate) incoming: &'a Path,
    pub(crate) properties: &'a BlobProperties,
    pub(crate) blocks: &'a [CommittedBlock],
}

/// What is done to give a name, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    AnnounceBlocks,
    Announce,
    Rename,
    SettleBlocks,
    Settle,
    Flush,
}

impl Step {
    pub(crate) const ALL: [Self; 6] = [
        Self::AnnounceBlocks,
        Self::Announce,
        Self::Rename,
        Self::SettleBlocks,
        Self::Settle,
        Self::Flush,
    ];
}

/// Which bytes lie under a name, as far as that is told without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    size_bytes: u64,
    modified: SystemTime,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            size_bytes: metadata.len(),
            modified: metadata.modified()?,
        })
    }
}

impl ArtifactStore {
    /// What is known of a name, which stays so as long as the answer lives. A file of which nothing is
    /// known, of a version of before or of a writer who died, is summed up first, without the lock.
    pub(crate) fn settled(&self, key: &ArtifactKey) -> Result<Settled<'_>, ArtifactError> {
        let path = self.path_of(key);
        let mut summed: Option<(Stamp, Checksums)> = None;
        loop {
            let naming = self.naming.lock().unwrap_or_else(PoisonError::into_inner);
            let stamp = match Stamp::of(&path) {
                Ok(stamp) => stamp,
                Err(gone) if gone.kind() == ErrorKind::NotFound => {
                    return Ok(Settled {
                        properties: None,
                        _naming: naming,
                    });
                }
                Err(source) => return Err(error("read", &path)(source)),
            };
            let is_announced = self.next_properties_path(key).exists();
            let known: Option<BlobProperties> = read_json(&self.properties_path(key));
            let known = known.filter(|known| known.checksums.size_bytes == stamp.size_bytes);
            let properties = match (known, summed.take()) {
                (Some(known), _) if !is_announced => known,
                (_, Some((of, checksums))) if of == stamp => {
                    self.settle(key, &stamp, &checksums)?
                }
                _ => {
                    drop(naming);
                    match self.checksums(key) {
                        Ok(checksums) => summed = Some((stamp, checksums)),
                        Err(gone) if gone.source.kind() == ErrorKind::NotFound => {}
                        Err(error) => return Err(error),
                    }
                    continue;
                }
            };
            return Ok(Settled {
                properties: Some(properties),
                _naming: naming,
            });
        }
    }

    /// Gives what has arrived its name. `check` decides by what stands there at that very moment.
    pub(crate) fn name<E: From<ArtifactError>>(
        &self,
        key: &ArtifactKey,
        naming: Naming<'_>,
        check: impl FnOnce(Option<&BlobProperties>) -> Result<(), E>,
    ) -> Result<Settled<'_>, E> {
        let settled = self.settled(key)?;
        check(settled.properties.as_ref())?;
        for step in Step::ALL {
            self.take(step, key, naming)?;
        }
        Ok(Settled {
            properties: Some(naming.properties.clone()),
            ..settled
        })
    }

    pub(crate) fn take(
        &self,
        step: Step,
        key: &ArtifactKey,
        naming: Naming<'_>,
    ) -> Result<(), ArtifactError> {
        let named = self.path_of(key);
        let folder = named.parent().unwrap_or(self.root());
        match step {
            Step::AnnounceBlocks => {
                fs::create_dir_all(folder).map_err(error("create", folder))?;
                let next = self.next_blocks_path(key);
                if naming.blocks.is_empty() {
                    return remove_if_present(&next);
                }
                write_json(&next, &naming.blocks)
            }
            Step::Announce => {
                write_json(&self.next_properties_path(key), naming.properties)?;
                // It must be on the disk before the rename is.
                self.flush_folders(folder)
            }
            Step::Rename => fs::rename(naming.incoming, &named).map_err(error("rename", &named)),
            Step::SettleBlocks => self.settle_blocks(key, naming.properties),
            Step::Settle => {
                let next = self.next_properties_path(key);
                fs::rename(&next, self.properties_path(key)).map_err(error("rename", &next))
            }
            Step::Flush => self.flush_folders(folder),
        }
    }

    /// Writes down what is known of a name. To be called with the lock.
    pub(crate) fn write_properties(
        &self,
        key: &ArtifactKey,
        properties: &BlobProperties,
    ) -> Result<(), ArtifactError> {
        let path = self.properties_path(key);
        let temporary = beside(&path, ".new");
        write_json(&temporary, properties)?;
        fs::rename(&temporary, &path).map_err(error("rename", &path))?;
        self.flush_folders(path.parent().unwrap_or(self.root()))
    }

    /// Removes everything that is known of a name. To be called with the lock.
    pub(crate) fn remove_properties(&self, key: &ArtifactKey) -> Result<(), ArtifactError> {
        for path in [
            self.next_properties_path(key),
            self.next_blocks_path(key),
            self.blocks_path(key),
            self.properties_path(key),
        ] {
            remove_if_present(&path)?;
        }
        Ok(())
    }

    /// Ends what a writer who died has begun, for a file with these checksums.
    fn settle(
        &self,
        key: &ArtifactKey,
        stamp: &Stamp,
        checksums: &Checksums,
    ) -> Result<BlobProperties, ArtifactError> {
        let is_of_it = |known: &BlobProperties| known.checksums == *checksums;
        let next = self.next_properties_path(key);
        if let Some(announced) = read_json::<BlobProperties>(&next).filter(is_of_it) {
            self.settle_blocks(key, &announced)?;
            fs::rename(&next, self.properties_path(key)).map_err(error("rename", &next))?;
            return Ok(announced);
        }
        remove_if_present(&next)?;
        remove_if_present(&self.next_blocks_path(key))?;
        if let Some(known) = read_json(&self.properties_path(key)).filter(is_of_it) {
            return Ok(known);
        }
        remove_if_present(&self.blocks_path(key))?;
        let modified_at = stamp.modified.try_into().unwrap_or_default();
        let properties = BlobProperties::new(checksums.clone(), modified_at);
        self.write_properties(key, &properties)?;
        Ok(properties)
    }

    /// May have been done already.
    fn settle_blocks(
        &self,
        key: &ArtifactKey,
        properties: &BlobProperties,
    ) -> Result<(), ArtifactError> {
        let blocks = self.blocks_path(key);
        if properties.committed_blocks == 0 {
            return remove_if_present(&blocks);
        }
        match fs::rename(self.next_blocks_path(key), &blocks) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(error("rename", &blocks)(source))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn properties_path(&self, key: &ArtifactKey) -> PathBuf {
        self.hidden(key, ".properties")
    }

    fn next_properties_path(&self, key: &ArtifactKey) -> PathBuf {
        self.hidden(key, ".properties.next")
    }

    pub(crate) fn blocks_path(&self, key: &ArtifactKey) -> PathBuf {
        self.hidden(key, ".blocks")
    }

    fn next_blocks_path(&self, key: &ArtifactKey) -> PathBuf {
        self.hidden(key, ".blocks.next")
    }

    /// No key has a segment that begins with a dot.
    fn hidden(&self, key: &ArtifactKey, suffix: &str) -> PathBuf {
        let path = self.path_of(key);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}{suffix}"))
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// `None` for what is missing or was written half.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn write_json(path: &Path, value: &(impl Serialize + ?Sized)) -> Result<(), ArtifactError> {
    let written = || -> io::Result<()> {
        let mut file = io::BufWriter::new(File::create(path)?);
        serde_json::to_writer(&mut file, value)?;
        file.into_inner()?.sync_all()
    };
    written().map_err(error("write", path))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn store() -> (tempfile::TempDir, ArtifactStore, ArtifactKey) {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::open(folder.path()).unwrap();
        (folder, store, "a/b".parse().unwrap())
    }

    /// What a reader sees: bytes, what is known of them, and their blocks.
    fn seen(
        store: &ArtifactStore,
        key: &ArtifactKey,
    ) -> Option<(Vec<u8>, BlobProperties, Vec<CommittedBlock>)> {
        let properties = store.properties(key).unwrap()?;
        let blocks = store.committed_blocks(key).unwrap();
        Some((fs::read(store.path_of(key)).unwrap(), properties, blocks))
    }

    fn version(content: &str, blocks: &[CommittedBlock]) -> BlobProperties {
        BlobProperties {
            content_type: Some(format!("text/{content}")),
            committed_blocks: blocks.len(),
            ..BlobProperties::new(
                Checksums::of(content.as_bytes()).unwrap(),
                Timestamp::UNIX_EPOCH,
            )
        }
    }

    fn block(name: &str, size_bytes: u64) -> CommittedBlock {
        CommittedBlock {
            id: crate::BlockId::new(name.into()).unwrap(),
            size_bytes,
        }
    }

    /// Both versions have one length, so that only their checksums tell them apart.
    fn versions() -> [(&'static str, Vec<CommittedBlock>); 3] {
        [
            ("old!", vec![block("o", 4)]),
            ("new!", vec![block("n", 1), block("m", 3)]),
            ("put!", vec![]),
        ]
    }

    #[test]
    fn whoever_dies_while_naming_leaves_the_old_blob_whole_or_the_new_one_whole() {
        for (old, new) in [(0, 1), (0, 2), (2, 0), (2, 1), (1, 1)] {
            let (old, new) = (&versions()[old], &versions()[new]);
            for steps in 0..=Step::ALL.len() {
                let (folder, store, key) = store();
                let write = |(content, blocks): &(&str, Vec<CommittedBlock>), steps: usize| {
                    let incoming = folder.path().join("incoming");
                    fs::write(&incoming, content).unwrap();
                    let properties = version(content, blocks);
                    let naming = Naming {
                        incoming: &incoming,
                        properties: &properties,
                        blocks,
                    };
                    for step in &Step::ALL[..steps] {
                        store.take(*step, &key, naming).unwrap();
                    }
                    properties
                };
                let first = write(old, Step::ALL.len());
                let second = write(new, steps);
                let next_start = ArtifactStore::open(folder.path()).unwrap();
                let found = seen(&next_start, &key).unwrap();
                let wanted = if steps >= 3 {
                    (new.0.into(), second, new.1.clone())
                } else {
                    (old.0.into(), first, old.1.clone())
                };
                assert_eq!(found, wanted, "{} over {}, {steps} steps", new.0, old.0);
                assert!(!next_start.next_properties_path(&key).exists());
            }
        }
    }

    #[test]
    fn a_first_blob_is_there_whole_or_not_at_all() {
        for steps in 0..=Step::ALL.len() {
            let (folder, store, key) = store();
            let incoming = folder.path().join("incoming");
            fs::write(&incoming, "new!").unwrap();
            let blocks = [block("n", 4)];
            let properties = version("new!", &blocks);
            let naming = Naming {
                incoming: &incoming,
                properties: &properties,
                blocks: &blocks,
            };
            for step in &Step::ALL[..steps] {
                store.take(*step, &key, naming).unwrap();
            }
            let found = seen(&ArtifactStore::open(folder.path()).unwrap(), &key);
            let whole = (b"new!".to_vec(), properties, blocks.to_vec());
            assert_eq!(found, (steps >= 3).then_some(whole), "{steps} steps");
        }
    }

    #[test]
    fn an_announcement_that_was_written_half_announces_nothing() {
        let (_folder, store, key) = store();
        fs::create_dir_all(store.path_of(&key).parent().unwrap()).unwrap();
        fs::write(store.path_of(&key), "old!").unwrap();
        let before = store.properties(&key).unwrap();
        fs::write(store.next_properties_path(&key), "{\"checks").unwrap();
        assert_eq!(store.properties(&key).unwrap(), before);
        assert!(!store.next_properties_path(&key).exists());
    }
}
