//! The record of what a set-up did, durable before each write.
//!
//! One file for each tenant, in it one record for each application name. It holds ids and previous
//! values, no secrets. A second process that sets up the same tenant is kept out by a lock.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use lcs_types::{ObjectId, Randomness, TenantId};
use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Entry, MARK};

/// The record cannot be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A file cannot be read or written.
    #[error("could not keep the record of the set-up in `{path}`")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is none of ours.
    #[error("`{path}` is no record of a set-up")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Another process is at it.
    #[error("another `lcs setup` is at work in this tenant")]
    Busy,
}

/// What one application's set-up did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The label of what it created.
    pub mark: String,
    /// The writes, oldest first.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    applications: BTreeMap<String, Record>,
}

/// Where the writes of a set-up are noted before and after.
pub trait Journal: Send {
    /// The label for what is created.
    fn mark(&self) -> String;

    /// What was noted so far.
    fn entries(&self) -> Vec<Entry>;

    /// Replaces what was noted; durable when it returns.
    ///
    /// # Errors
    ///
    /// [`RecordError`]; then nothing may be written to the tenant.
    fn keep(&mut self, entries: Vec<Entry>) -> Result<(), RecordError>;
}

/// Notes nothing: for tenants that are thrown away.
#[derive(Debug)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn mark(&self) -> String {
        MARK.to_owned()
    }

    fn entries(&self) -> Vec<Entry> {
        Vec::new()
    }

    fn keep(&mut self, _entries: Vec<Entry>) -> Result<(), RecordError> {
        Ok(())
    }
}

/// The record of one application in its file, held for oneself.
#[derive(Debug)]
pub struct RecordFile {
    path: PathBuf,
    display_name: String,
    contents: Contents,
    new_mark: String,
    _lock: File,
}

impl RecordFile {
    /// Opens the record of an application; there may be none yet. Makes the folder and a lock.
    ///
    /// # Errors
    ///
    /// [`RecordError`].
    pub fn open(
        folder: &Path,
        tenant: TenantId,
        display_name: &str,
        randomness: &dyn Randomness,
    ) -> Result<Self, RecordError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| RecordError::File { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let lock_path = folder.join(format!("{tenant}.lock"));
        let lock = File::create(&lock_path).map_err(failed(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RecordError::Busy),
            Err(TryLockError::Error(source)) => return Err(failed(&lock_path)(source)),
        }
        let path = folder.join(format!("{tenant}.json"));
        let contents = match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|source| RecordError::Unreadable {
                    path: path.clone(),
                    source,
                })?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Contents::default(),
            Err(error) => return Err(failed(&path)(error)),
        };
        Ok(Self {
            path,
            display_name: display_name.to_owned(),
            contents,
            new_mark: format!("{MARK}:{}", ObjectId::random(randomness)),
            _lock: lock,
        })
    }

    fn record(&self) -> Option<&Record> {
        self.contents.applications.get(&self.display_name)
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, &self.contents)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // The new name is durable when its folder is.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}

impl Journal for RecordFile {
    fn mark(&self) -> String {
        self.record()
            .map_or_else(|| self.new_mark.clone(), |record| record.mark.clone())
    }

    fn entries(&self) -> Vec<Entry> {
        self.record()
            .map_or_else(Vec::new, |record| record.entries.clone())
    }

    fn keep(&mut self, entries: Vec<Entry>) -> Result<(), RecordError> {
        if entries.is_empty() {
            let removed = self.contents.applications.remove(&self.display_name);
            if removed.is_none() {
                return Ok(());
            }
        } else {
            let record = Record {
                mark: self.mark(),
                entries,
            };
            let name = self.display_name.clone();
            self.contents.applications.insert(name, record);
        }
        self.write().map_err(|source| RecordError::File {
            path: self.path.clone(),
            source,
        })
    }
}

/// The notes of a set-up at work.
pub(crate) struct Notes<'a> {
    journal: &'a mut dyn Journal,
    entries: Vec<Entry>,
}

impl<'a> Notes<'a> {
    pub(crate) fn of(journal: &'a mut dyn Journal) -> Self {
        let entries = journal.entries();
        Self { journal, entries }
    }

    pub(crate) fn mark(&self) -> String {
        self.journal.mark()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Notes what is about to be done.
    pub(crate) fn begin(&mut self, effect: Effect) -> Result<(), RecordError> {
        self.entries.push(Entry {
            is_done: false,
            effect,
        });
        self.keep()
    }

    /// Notes what came of what was begun last; nothing, if it was refused or not needed.
    pub(crate) fn finish(&mut self, effect: Option<Effect>) -> Result<(), RecordError> {
        self.entries.pop();
        self.entries.extend(effect.map(|effect| Entry {
            is_done: true,
            effect,
        }));
        self.keep()
    }

    /// Settles what an interrupted run left open.
    pub(crate) fn settle(
        &mut self,
        settled: impl Fn(&Effect) -> Option<Effect>,
    ) -> Result<(), RecordError> {
        if self.entries.iter().all(|entry| entry.is_done) {
            return Ok(());
        }
        self.entries = std::mem::take(&mut self.entries)
            .into_iter()
            .filter_map(|entry| {
                if entry.is_done {
                    return Some(entry);
                }
                settled(&entry.effect).map(|effect| Entry {
                    is_done: true,
                    effect,
                })
            })
            .collect();
        self.keep()
    }

    /// Forgets an entry that was taken back.
    pub(crate) fn forget(&mut self, effect: &Effect) -> Result<(), RecordError> {
        self.entries.retain(|entry| entry.effect != *effect);
        self.keep()
    }

    fn keep(&mut self) -> Result<(), RecordError> {
        self.journal.keep(self.entries.clone())
    }
}
