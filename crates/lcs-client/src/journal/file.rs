//! The journal's file: a line of JSON for each entry, only ever appended, under a lock, and on the
//! disk before the request is sent. A line that a crash tore is passed over, and the next one
//! begins behind it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::record::{Entry, Record, Request, State, records};

/// Writing a line takes milliseconds; who holds the lock longer is stopped.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// The journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("the journal of operations `{}` cannot be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process holds its lock.
    #[error("another process holds the journal of operations `{}`", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
}

/// The operations that this user started, of all profiles.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The journal in this file. Touches nothing.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Every record, oldest first; none without a file.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn records(&self) -> Result<Vec<Record>, JournalError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(records(entries(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Records what is about to be asked. When this returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; nothing may be sent then.
    pub fn begin(&self, request: Request, now: Timestamp) -> Result<Record, JournalError> {
        let mut file = self.locked()?;
        let known = read(&mut file).map_err(|error| self.failed(error))?;
        let last = entries(&known).map(|entry| entry.id).max().unwrap_or(0);
        let entry = Entry {
            id: last + 1,
            at: now,
            request: Some(request.clone()),
            state: State::Unknown,
        };
        append(&mut file, &known, &entry).map_err(|error| self.failed(error))?;
        Ok(Record {
            id: entry.id,
            recorded_at: now,
            request,
            state: State::Unknown,
        })
    }

    /// Records what became known of a record.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn note(&self, id: u64, state: State, now: Timestamp) -> Result<(), JournalError> {
        let mut file = self.locked()?;
        let known = read(&mut file).map_err(|error| self.failed(error))?;
        let entry = Entry {
            id,
            at: now,
            request: None,
            state,
        };
        append(&mut file, &known, &entry).map_err(|error| self.failed(error))
    }

    /// The open file with its lock, which closing it gives back, also when the process dies.
    fn locked(&self) -> Result<File, JournalError> {
        let open = || -> io::Result<File> {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder)?;
            }
            private(OpenOptions::new().read(true).append(true).create(true)).open(&self.path)
        };
        let file = open().map_err(|error| self.failed(error))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(JournalError::Busy {
                        path: self.path.clone(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(self.failed(error)),
            }
        }
    }

    fn failed(&self, source: io::Error) -> JournalError {
        JournalError::File {
            path: self.path.clone(),
            source,
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn read(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn append(file: &mut File, known: &[u8], entry: &Entry) -> io::Result<()> {
    let mut line = Vec::new();
    // Behind what a crash tore.
    if known.last().is_some_and(|last| *last != b'\n') {
        line.push(b'\n');
    }
    serde_json::to_writer(&mut line, entry)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_all()
}

/// Lines that cannot be read are torn, or a newer version's.
fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
}

#[cfg(test)]
mod tests {
    use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};

    use super::*;
    use crate::lcs::OperationKind;

    fn request(name: &str) -> Request {
        Request {
            kind: OperationKind::Export,
            profile: "uat".to_owned(),
            api_url: "https://lcsapi.example/".to_owned(),
            project_id: ProjectId(7),
            environment_id: EnvironmentId::from_u128(1),
            environment: "UAT".to_owned(),
            source: None,
            name: Some(name.to_owned()),
            asset_id: None,
            commerce: None,
            user: None,
        }
    }

    fn journal() -> (tempfile::TempDir, Journal) {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path().join("state").join("operations.jsonl"));
        (folder, journal)
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn what_was_asked_and_answered_is_read_back() {
        let (_folder, journal) = journal();
        assert_eq!(journal.records().unwrap(), []);
        let first = journal.begin(request("one"), NOW).unwrap();
        let second = journal.begin(request("two"), NOW).unwrap();
        assert_eq!((first.id, second.id), (1, 2));
        let running = State::Running {
            operation_activity_id: OperationActivityId::from_u128(9),
        };
        journal.note(2, running.clone(), NOW).unwrap();
        let records = journal.records().unwrap();
        assert_eq!(records[0].state, State::Unknown);
        assert_eq!(records[1].state, running);
        assert_eq!(records[1].request, request("two"));
    }

    #[test]
    fn what_has_ended_stays_ended() {
        let (_folder, journal) = journal();
        let record = journal.begin(request("one"), NOW).unwrap();
        let operation_activity_id = OperationActivityId::from_u128(9);
        let ended = State::Ended {
            operation_activity_id,
            status: "Completed".into(),
        };
        let running = State::Running {
            operation_activity_id,
        };
        journal.note(record.id, ended.clone(), NOW).unwrap();
        journal.note(record.id, running, NOW).unwrap();
        assert_eq!(journal.records().unwrap()[0].state, ended);
    }

    #[test]
    fn a_torn_line_costs_itself_alone_at_whatever_byte_it_tore() {
        let (_folder, journal) = journal();
        journal.begin(request("one"), NOW).unwrap();
        let whole = fs::read(&journal.path).unwrap();
        journal.begin(request("two"), NOW).unwrap();
        let both = fs::read(&journal.path).unwrap();
        for length in whole.len()..both.len() - 1 {
            fs::write(&journal.path, &both[..length]).unwrap();
            assert!(!journal.records().unwrap().is_empty(), "{length}");
            let record = journal.begin(request("three"), NOW).unwrap();
            let records = journal.records().unwrap();
            assert_eq!(
                records.first().unwrap().request.name.as_deref(),
                Some("one")
            );
            assert_eq!(records.last().unwrap(), &record, "{length}");
        }
    }

    #[test]
    fn many_at_once_get_numbers_of_their_own() {
        let (_folder, journal) = journal();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        journal.begin(request("x"), NOW).unwrap();
                    }
                });
            }
        });
        let ids: Vec<u64> = journal
            .records()
            .unwrap()
            .into_iter()
            .map(|record| record.id)
            .collect();
        assert_eq!(ids, (1..=40).collect::<Vec<u64>>());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, journal) = journal();
        journal.begin(request("one"), NOW).unwrap();
        let mode = fs::metadata(journal.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
