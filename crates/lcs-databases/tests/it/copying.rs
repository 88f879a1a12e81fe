//! A copy is one consistent snapshot, however busy the source is, and never half a file.

use std::{
    fs,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use lcs_databases::sqlite::{CopyError, Source, copy::RESTARTS};
use lcs_types::{Cancellation, NoProgress, Progress};
use rusqlite::Connection;

use crate::samples::{ACCOUNTS, TRANSFER, copy, database, folder, names_in, read};

const SUM: &str = "SELECT sum(balance) FROM account";
const FIRST: &str = "SELECT balance FROM account WHERE id = 1";

/// Writes to the source each time the copy has made a step.
struct WritesMeanwhile {
    writer: Mutex<Connection>,
    written: Mutex<u32>,
    refused: Mutex<u32>,
}

impl WritesMeanwhile {
    fn new(writer: Connection) -> Self {
        writer.busy_timeout(Duration::ZERO).unwrap();
        Self {
            writer: Mutex::new(writer),
            written: Mutex::new(0),
            refused: Mutex::new(0),
        }
    }
}

impl Progress for WritesMeanwhile {
    fn advanced(&self, _what: &str, _done: u64, _total: u64) {
        let outcome = self.writer.lock().unwrap().execute(TRANSFER, []);
        let counter = if outcome.is_ok() {
            &self.written
        } else {
            &self.refused
        };
        *counter.lock().unwrap() += 1;
    }
}

fn small_pages(journal_mode: &str) -> String {
    format!("PRAGMA page_size = 1024; PRAGMA journal_mode = {journal_mode}; {ACCOUNTS}")
}

#[test]
fn with_a_log_the_copy_shows_one_moment_and_writers_go_on() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), &small_pages("wal"));
    let staged = folder.path().join("staged/b.sqlite");
    let writes = WritesMeanwhile::new(Connection::open(&path).unwrap());
    Source::open(&path)
        .unwrap()
        .copy_to(&staged, &writes, &Cancellation::default())
        .unwrap();
    assert!(*writes.written.lock().unwrap() > 2);
    assert_eq!(*writes.refused.lock().unwrap(), 0);
    assert_eq!(read::<i64>(&staged, FIRST), 100);
    assert!(read::<i64>(&path, FIRST) < 100);
}

#[test]
fn without_a_log_the_copy_starts_anew_a_few_times_and_then_keeps_writers_out() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), &small_pages("delete"));
    let staged = folder.path().join("staged/b.sqlite");
    let writes = WritesMeanwhile::new(Connection::open(&path).unwrap());
    Source::open(&path)
        .unwrap()
        .copy_to(&staged, &writes, &Cancellation::default())
        .unwrap();
    let written = *writes.written.lock().unwrap();
    assert_eq!(written, RESTARTS + 1);
    assert!(*writes.refused.lock().unwrap() > 2);
    assert_eq!(read::<i64>(&staged, SUM), 200_000);
    assert_eq!(read::<i64>(&staged, FIRST), 100 - i64::from(written));
    assert_eq!(read::<i64>(&path, FIRST), 100 - i64::from(written));
}

#[test]
fn a_copy_is_consistent_while_another_thread_writes_as_fast_as_it_can() {
    for journal_mode in ["wal", "delete"] {
        let folder = folder();
        let path = database(&folder.path().join("a.sqlite"), &small_pages(journal_mode));
        let staged = folder.path().join("staged/b.sqlite");
        let (started, done) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                let writer = Connection::open(&path).unwrap();
                while !done.load(Ordering::Relaxed) {
                    // A refused transfer is tried again. Reading in between leaves others a gap.
                    let _ = writer.execute(TRANSFER, []);
                    let _ = writer.query_row(SUM, [], |row| row.get::<_, i64>(0));
                    started.store(true, Ordering::Relaxed);
                }
            });
            while !started.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            let copied = Source::open_with_patience(&path, Duration::from_mins(1))
                .unwrap()
                .copy_to(&staged, &NoProgress, &Cancellation::default());
            done.store(true, Ordering::Relaxed);
            assert_eq!(copied.unwrap().rows(), 2000, "{journal_mode}");
        });
        assert_eq!(read::<i64>(&staged, SUM), 200_000, "{journal_mode}");
        assert_eq!(read::<String>(&staged, "PRAGMA integrity_check"), "ok");
    }
}

#[test]
fn the_copy_holds_what_is_only_in_the_log_and_keeps_no_log_itself() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), "PRAGMA journal_mode = wal");
    let writer = Connection::open(&path).unwrap();
    writer
        .execute_batch(&format!("PRAGMA wal_autocheckpoint = 0; {ACCOUNTS}"))
        .unwrap();
    let staged = folder.path().join("staged/b.sqlite");
    let report = copy(&path, &staged);
    assert_eq!(names_in(&folder.path().join("staged")), ["b.sqlite"]);
    assert_eq!(report.bytes, fs::metadata(&staged).unwrap().len());
    assert_eq!(report.tables[0].rows, 2000);
    // Bytes 18 and 19 say how the file is written: 1 with a rollback journal, 2 with a log.
    assert_eq!(fs::read(&staged).unwrap()[18..20], [1, 1]);
}

#[test]
fn the_source_file_is_not_changed() {
    for journal_mode in ["wal", "delete"] {
        let folder = folder();
        let path = database(&folder.path().join("a.sqlite"), &small_pages(journal_mode));
        let before = fs::read(&path).unwrap();
        copy(&path, &folder.path().join("staged/b.sqlite"));
        assert!(before == fs::read(&path).unwrap(), "{journal_mode}");
    }
}

#[test]
fn a_partial_file_of_an_earlier_copy_is_replaced() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), ACCOUNTS);
    let staged = folder.path().join("b.sqlite");
    for leftover in [
        "b.sqlite",
        "b.sqlite-journal",
        "b.sqlite-wal",
        "b.sqlite-shm",
    ] {
        fs::write(folder.path().join(leftover), "left by a crash").unwrap();
    }
    copy(&path, &staged);
    assert_eq!(names_in(folder.path()), ["a.sqlite", "b.sqlite"]);
    assert_eq!(read::<i64>(&staged, SUM), 200_000);
}

#[cfg(unix)]
#[test]
fn a_copy_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), ACCOUNTS);
    let staged = folder.path().join("b.sqlite");
    copy(&path, &staged);
    assert_eq!(
        fs::metadata(&staged).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

/// Asks for a stop as soon as something was copied.
struct Stops(Cancellation);

impl Progress for Stops {
    fn advanced(&self, _what: &str, done: u64, total: u64) {
        assert!(0 < done && done < total);
        self.0.cancel();
    }
}

#[test]
fn a_copy_that_is_cancelled_in_the_middle_leaves_nothing() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), &small_pages("delete"));
    let cancellation = Cancellation::default();
    let error = Source::open(&path)
        .unwrap()
        .copy_to(
            &folder.path().join("staged/b.sqlite"),
            &Stops(cancellation.clone()),
            &cancellation,
        )
        .unwrap_err();
    assert!(matches!(error, CopyError::Cancelled), "{error:?}");
    assert_eq!(names_in(&folder.path().join("staged")), [""; 0]);
}

#[test]
fn a_source_that_gets_locked_after_it_was_opened_is_reported_as_locked() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), ACCOUNTS);
    let source = Source::open_with_patience(&path, Duration::ZERO).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = source
        .copy_to(
            &folder.path().join("staged/b.sqlite"),
            &NoProgress,
            &Cancellation::default(),
        )
        .unwrap_err();
    assert!(matches!(error, CopyError::SourceLocked), "{error:?}");
    assert_eq!(names_in(&folder.path().join("staged")), [""; 0]);
}

/// Remembers the reports.
#[derive(Default)]
struct Remembers(Mutex<Vec<(u64, u64)>>);

impl Progress for Remembers {
    fn advanced(&self, what: &str, done: u64, total: u64) {
        assert_eq!(what, "bytes");
        self.0.lock().unwrap().push((done, total));
    }
}

#[test]
fn progress_grows_to_the_size_of_the_copy() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), &small_pages("delete"));
    let progress = Remembers::default();
    let report = Source::open(&path)
        .unwrap()
        .copy_to(
            &folder.path().join("b.sqlite"),
            &progress,
            &Cancellation::default(),
        )
        .unwrap();
    let seen = progress.0.into_inner().unwrap();
    assert!(seen.len() > 3);
    assert!(seen.is_sorted());
    assert_eq!(seen.last(), Some(&(report.bytes, report.bytes)));
}
