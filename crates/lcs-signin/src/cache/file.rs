//! Reading, replacing and locking the cache file.
//!
//! The file is replaced whole by a rename, so reading needs no lock. Whoever changes it holds the
//! lock file beside it from reading to writing – over the request for a new token too, so that of
//! many processes with an expired token one asks and the others find its answer.

use std::{
    fmt,
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lcs_types::Randomness;
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, sleep},
};

use super::{
    CacheError, CacheKey, CacheNotice, CachePlace, CachedSignIn, Contents,
    private::{close_to_others, mode, private_folder, private_options, sync_folder},
    sealed,
};

/// Longer than a request for a token may take.
const LOCK_TIMEOUT: Duration = Duration::from_mins(2);
const LOCK_POLL: Duration = Duration::from_millis(10);
const LONGEST_LOCK_POLL: Duration = Duration::from_millis(200);

/// The token cache: a sealed file, or for one process alone, memory.
pub struct TokenCache {
    pub(super) kind: CachePlace,
    place: Place,
    notices: Mutex<Vec<CacheNotice>>,
}

enum Place {
    Memory(Arc<tokio::sync::Mutex<Contents>>),
    File(SealedFile),
}

struct SealedFile {
    path: PathBuf,
    lock_path: PathBuf,
    key: CacheKey,
    randomness: Arc<dyn Randomness>,
}

impl TokenCache {
    /// A cache that ends with the process.
    pub fn in_memory() -> Self {
        Self {
            kind: CachePlace::Memory,
            place: Place::Memory(Arc::default()),
            notices: Mutex::default(),
        }
    }

    /// The cache in this file, which need not exist yet. Makes its folder, for its owner only.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`] when the folder cannot be made.
    pub fn open(
        path: impl Into<PathBuf>,
        key: CacheKey,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, CacheError> {
        let path = path.into();
        private_folder(&path)?;
        let mut lock_name = path.file_name().unwrap_or_default().to_owned();
        lock_name.push(".lock");
        Ok(Self {
            kind: CachePlace::File,
            place: Place::File(SealedFile {
                lock_path: path.with_file_name(lock_name),
                path,
                key,
                randomness,
            }),
            notices: Mutex::default(),
        })
    }

    /// The cache in this file, sealed with the key in that one, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// [`CacheError::KeyBesideCache`] when both lie in one folder; otherwise as
    /// [`TokenCache::open`] and [`CacheKey::load_or_create`].
    pub fn open_with_key_file(
        path: impl Into<PathBuf>,
        key_path: &Path,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, CacheError> {
        let path = path.into();
        if private_folder(&path)? == private_folder(key_path)? {
            return Err(CacheError::KeyBesideCache {
                path: key_path.to_owned(),
            });
        }
        let key = CacheKey::load_or_create(key_path, randomness.as_ref())?;
        Self::open(path, key, randomness)
    }

    /// Where it keeps what it is given.
    pub const fn place(&self) -> CachePlace {
        self.kind
    }

    /// All kept sign-ins, without their secrets.
    ///
    /// # Errors
    ///
    /// [`CacheError::Read`] and [`CacheError::Locked`].
    pub async fn sign_ins(&self) -> Result<Vec<CachedSignIn>, CacheError> {
        Ok(self.read().await?.sign_ins())
    }

    /// Forgets every sign-in, and counts them. Tokens that were issued stay valid at the
    /// authority until they expire or are revoked there.
    ///
    /// # Errors
    ///
    /// As [`TokenCache::sign_ins`], and [`CacheError::Write`].
    pub async fn clear(&self) -> Result<usize, CacheError> {
        let mut locked = self.lock().await?;
        let count = locked.read()?.entries.len();
        locked.write(Contents::default())?;
        Ok(count)
    }

    /// What happened to the cache since the last call that the user should hear.
    pub fn take_notices(&self) -> Vec<CacheNotice> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn notice(&self, notice: CacheNotice) {
        tracing::warn!("{notice}");
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(notice);
    }

    /// Where the cache is, for messages.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Memory(_) => None,
            Place::File(file) => Some(&file.path),
        }
    }

    /// The contents as they are at this moment.
    pub(crate) async fn read(&self) -> Result<Contents, CacheError> {
        match &self.place {
            Place::Memory(contents) => Ok(contents.lock().await.clone()),
            Place::File(file) => match file.read()? {
                Ok(contents) => Ok(contents),
                // Only under the lock is it certain that nobody has just replaced the file.
                Err(_) => self.lock().await?.read(),
            },
        }
    }

    /// Waits for the right to change the cache.
    pub(crate) async fn lock(&self) -> Result<LockedCache<'_>, CacheError> {
        let hold = match &self.place {
            Place::Memory(contents) => Hold::Memory(Arc::clone(contents).lock_owned().await),
            Place::File(file) => Hold::File {
                file,
                _lock: file.lock().await?,
            },
        };
        Ok(LockedCache { cache: self, hold })
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// The right to change the cache, until dropped.
pub(crate) struct LockedCache<'a> {
    cache: &'a TokenCache,
    hold: Hold<'a>,
}

enum Hold<'a> {
    Memory(OwnedMutexGuard<Contents>),
    File {
        file: &'a SealedFile,
        /// Closing it gives the lock back, also when the process dies.
        _lock: File,
    },
}

impl LockedCache<'_> {
    pub(crate) fn read(&mut self) -> Result<Contents, CacheError> {
        match &mut self.hold {
            Hold::Memory(contents) => Ok(contents.clone()),
            Hold::File { file, .. } => {
                if file.tighten()? {
                    self.cache.notice(CacheNotice::PermissionsTightened {
                        path: file.path.clone(),
                    });
                }
                match file.read()? {
                    Ok(contents) => Ok(contents),
                    Err(reason) => {
                        let to = file.move_aside()?;
                        self.cache.notice(CacheNotice::MovedAside {
                            from: file.path.clone(),
                            to,
                            reason,
                        });
                        Ok(Contents::default())
                    }
                }
            }
        }
    }

    pub(crate) fn write(&mut self, contents: Contents) -> Result<(), CacheError> {
        match &mut self.hold {
            Hold::Memory(place) => {
                **place = contents;
                Ok(())
            }
            Hold::File { file, .. } => file.write(&contents),
        }
    }
}

impl SealedFile {
    fn read_error(&self, source: std::io::Error) -> CacheError {
        CacheError::Read {
            path: self.path.clone(),
            source,
        }
    }

    fn write_error(&self, source: std::io::Error) -> CacheError {
        CacheError::Write {
            path: self.path.clone(),
            source,
        }
    }

    async fn lock(&self) -> Result<File, CacheError> {
        let error = |source| CacheError::Write {
            path: self.lock_path.clone(),
            source,
        };
        let file = private_options()
            .create(true)
            .truncate(false)
            .open(&self.lock_path)
            .map_err(error)?;
        let deadline = Instant::now() + LOCK_TIMEOUT;
        let mut poll = LOCK_POLL;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::WouldBlock) if Instant::now() < deadline => {
                    sleep(poll).await;
                    poll = (poll * 2).min(LONGEST_LOCK_POLL);
                }
                Err(fs::TryLockError::WouldBlock) => {
                    return Err(CacheError::Locked {
                        path: self.lock_path.clone(),
                    });
                }
                Err(fs::TryLockError::Error(source)) => return Err(error(source)),
            }
        }
    }

    /// The outer failure is the disk's, the inner one the file's.
    fn read(&self) -> Result<Result<Contents, &'static str>, CacheError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(sealed::open(&bytes, &self.key)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Ok(Contents::default())),
            Err(error) => Err(self.read_error(error)),
        }
    }

    fn write(&self, contents: &Contents) -> Result<(), CacheError> {
        let bytes = sealed::seal(contents, &self.key, self.randomness.as_ref());
        let folder = private_folder(&self.path)?;
        // A temporary file of this crate is made with mode 0600.
        let mut file =
            tempfile::NamedTempFile::new_in(&folder).map_err(|error| self.write_error(error))?;
        file.write_all(&bytes)
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| self.write_error(error))?;
        file.persist(&self.path)
            .map_err(|error| self.write_error(error.error))?;
        sync_folder(&folder).map_err(|error| self.write_error(error))
    }

    fn move_aside(&self) -> Result<PathBuf, CacheError> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let free = (1..u32::MAX)
            .map(|number| {
                self.path
                    .with_file_name(format!("{name}.unreadable-{number}"))
            })
            .find(|candidate| !candidate.exists())
            .expect("numbers do not run out");
        fs::rename(&self.path, &free).map_err(|error| self.write_error(error))?;
        Ok(free)
    }

    /// Closes the file to others, and says whether that was needed.
    fn tighten(&self) -> Result<bool, CacheError> {
        match fs::metadata(&self.path) {
            Ok(metadata) if mode(&metadata) & 0o077 != 0 => {
                close_to_others(&self.path).map_err(|error| self.write_error(error))?;
                Ok(true)
            }
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.read_error(error)),
        }
    }
}
