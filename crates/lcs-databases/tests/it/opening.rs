//! A source is opened for reading, or the error says what is wrong with it.

use std::{fs, time::Duration};

use lcs_databases::sqlite::{OpenError, Source};
use rusqlite::Connection;

use crate::samples::{ACCOUNTS, database, folder};

#[test]
fn a_missing_file_is_missing() {
    let folder = folder();
    let error = Source::open(&folder.path().join("none.sqlite")).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    assert!(!folder.path().join("none.sqlite").exists());
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = folder();
    let text = folder.path().join("notes.sqlite");
    fs::write(
        &text,
        "Just some notes, and quite a few of them. ".repeat(100),
    )
    .unwrap();
    let empty = folder.path().join("empty.sqlite");
    fs::write(&empty, "").unwrap();
    for path in [text.as_path(), empty.as_path(), folder.path()] {
        let error = Source::open(path).unwrap_err();
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");
    }
}

#[test]
fn a_source_that_another_program_holds_is_locked() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), ACCOUNTS);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = Source::open_with_patience(&path, Duration::ZERO).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    other.execute_batch("ROLLBACK").unwrap();
    Source::open_with_patience(&path, Duration::ZERO).unwrap();
}

#[test]
fn a_source_that_was_left_in_the_middle_of_a_change_is_not_recovered_by_a_reader() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), ACCOUNTS);
    let writer = Connection::open(&path).unwrap();
    // Spills changed pages into the file before the commit, as a large change does.
    writer
        .execute_batch("PRAGMA cache_size = 5; BEGIN; UPDATE account SET filling = zeroblob(899)")
        .unwrap();
    let dead = folder.path().join("dead.sqlite");
    fs::copy(&path, &dead).unwrap();
    let journal = fs::read(folder.path().join("a.sqlite-journal")).unwrap();
    fs::write(folder.path().join("dead.sqlite-journal"), journal).unwrap();
    let before = fs::read(&dead).unwrap();
    let error = Source::open(&dead).unwrap_err();
    assert!(
        matches!(error, OpenError::NeedsRecovery { .. }),
        "{error:?}"
    );
    assert!(before == fs::read(&dead).unwrap());
}

#[test]
fn a_file_whose_name_looks_like_a_uri_is_a_file() {
    let folder = folder();
    let path = database(&folder.path().join("plain.sqlite"), ACCOUNTS);
    let odd = folder.path().join("file:a?mode=memory");
    fs::rename(path, &odd).unwrap();
    let mut source = Source::open(&odd).unwrap();
    assert_eq!(
        source.inspect().unwrap().table("ACCOUNT").unwrap().rows,
        2000
    );
}
