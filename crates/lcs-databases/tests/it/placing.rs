//! One database takes the other's place in one step, and the other can come back.

use std::{fs, path::PathBuf};

use lcs_databases::sqlite::{EnvironmentFolder, PlaceError, Stage};
use lcs_types::OperationActivityId;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::samples::{database, folder, names_in, read};

const NAME: &str = "SELECT name FROM content";

fn operation(number: u128) -> OperationActivityId {
    OperationActivityId::from_u128(number)
}

fn content(name: &str) -> String {
    format!("CREATE TABLE content (name TEXT); INSERT INTO content VALUES ('{name}')")
}

/// An environment whose database says that it is the first.
fn environment() -> (TempDir, EnvironmentFolder) {
    let folder = folder();
    let environment = EnvironmentFolder::new(folder.path().join("uat"));
    environment.create().unwrap();
    let first = database(&environment.initial_path(), &content("first"));
    environment.adopt(&first).unwrap();
    (folder, environment)
}

fn stage(environment: &EnvironmentFolder, number: u128, name: &str) {
    database(&environment.staged_path(operation(number)), &content(name));
}

fn in_use(environment: &EnvironmentFolder) -> String {
    read(&environment.database_path(), NAME)
}

fn refresh(environment: &EnvironmentFolder, number: u128, name: &str) -> Option<PathBuf> {
    stage(environment, number, name);
    environment.promote(operation(number)).unwrap();
    environment.swap_to(operation(number)).unwrap().previous
}

#[test]
fn an_environment_has_no_database_until_one_is_adopted() {
    let folder = folder();
    let environment = EnvironmentFolder::new(folder.path().join("uat"));
    assert_eq!(environment.current().unwrap(), None);
    environment.create().unwrap();
    assert_eq!(environment.current().unwrap(), None);
    let file = database(&environment.initial_path(), &content("first"));
    environment.adopt(&file).unwrap();
    assert_eq!(in_use(&environment), "first");
    environment.adopt(&file).unwrap();
    assert_eq!(in_use(&environment), "first");
}

#[test]
fn adopting_is_completed_after_a_crash_between_its_steps() {
    let folder = folder();
    let environment = EnvironmentFolder::new(folder.path().join("uat"));
    environment.create().unwrap();
    let file = environment.initial_path();
    database(
        &environment.path().join("generations/initial.sqlite"),
        &content("first"),
    );
    environment.adopt(&file).unwrap();
    assert_eq!(in_use(&environment), "first");
}

#[test]
fn a_second_database_is_not_adopted() {
    let (_folder, environment) = environment();
    let second = database(&environment.initial_path(), &content("second"));
    let error = environment.adopt(&second).unwrap_err();
    assert!(matches!(error, PlaceError::HasDatabase { .. }), "{error:?}");
    assert_eq!(in_use(&environment), "first");
}

#[test]
fn a_swap_yields_the_previous_database_however_often_it_is_asked_for() {
    let (_folder, environment) = environment();
    let first = environment.current().unwrap();
    assert_eq!(refresh(&environment, 1, "second"), first);
    assert_eq!(in_use(&environment), "second");
    environment.promote(operation(1)).unwrap();
    assert_eq!(environment.swap_to(operation(1)).unwrap().previous, first);
    assert_eq!(in_use(&environment), "second");
}

#[test]
fn an_open_reader_stays_on_the_old_database_and_a_new_one_sees_the_new() {
    let (_folder, environment) = environment();
    for number in 1..3 {
        let reader = Connection::open(environment.database_path()).unwrap();
        reader
            .execute_batch("PRAGMA journal_mode = wal; BEGIN")
            .unwrap();
        let before: String = reader.query_row(NAME, [], |row| row.get(0)).unwrap();
        refresh(&environment, number, &format!("generation {number}"));
        let after: String = reader.query_row(NAME, [], |row| row.get(0)).unwrap();
        assert_eq!(after, before);
        assert_eq!(in_use(&environment), format!("generation {number}"));
        // Also what it writes stays with the old one.
        reader
            .execute_batch("COMMIT; UPDATE content SET name = 'late'")
            .unwrap();
        assert_eq!(in_use(&environment), format!("generation {number}"));
    }
}

#[test]
fn what_was_not_promoted_cannot_be_used() {
    let (_folder, environment) = environment();
    stage(&environment, 1, "unsanitised");
    for number in [1, 2] {
        let error = environment.swap_to(operation(number)).unwrap_err();
        assert!(matches!(error, PlaceError::NotPromoted { .. }), "{error:?}");
    }
    let error = environment.promote(operation(2)).unwrap_err();
    assert!(matches!(error, PlaceError::NotStaged { .. }), "{error:?}");
    assert_eq!(in_use(&environment), "first");
}

#[test]
fn a_copy_that_a_program_still_writes_is_not_promoted() {
    let (_folder, environment) = environment();
    stage(&environment, 1, "half");
    let writer = Connection::open(environment.staged_path(operation(1))).unwrap();
    writer
        .execute_batch("BEGIN; UPDATE content SET name = 'x'")
        .unwrap();
    let error = environment.promote(operation(1)).unwrap_err();
    assert!(matches!(error, PlaceError::Unfinished { .. }), "{error:?}");
    writer.execute_batch("COMMIT").unwrap();
    environment.promote(operation(1)).unwrap();
}

#[test]
fn the_stage_of_an_operation_is_known_after_a_restart() {
    let (_folder, environment) = environment();
    let stage_now = || environment.stage_of(operation(1)).unwrap();
    assert_eq!(stage_now(), Stage::Absent);
    stage(&environment, 1, "second");
    assert_eq!(stage_now(), Stage::Staged);
    environment.promote(operation(1)).unwrap();
    assert_eq!(stage_now(), Stage::Promoted);
    environment.swap_to(operation(1)).unwrap();
    assert_eq!(stage_now(), Stage::Current);
}

#[test]
fn the_name_of_a_staged_copy_says_that_it_is_not_sanitised() {
    let (_folder, environment) = environment();
    let staged = environment.staged_path(operation(1));
    let name = staged.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(".unsanitised-"));
    assert_eq!(staged.parent().unwrap().file_name().unwrap(), "staged");
}

#[test]
fn a_restore_point_comes_back_and_the_other_stays() {
    let (_folder, environment) = environment();
    let first = refresh(&environment, 1, "second").unwrap();
    let second = environment.current().unwrap().unwrap();
    environment.restore(&first).unwrap();
    environment.restore(&first).unwrap();
    assert_eq!(in_use(&environment), "first");
    environment.restore(&second).unwrap();
    assert_eq!(in_use(&environment), "second");
    let error = environment
        .restore(&environment.path().join("other.sqlite"))
        .unwrap_err();
    assert!(
        matches!(error, PlaceError::NotARestorePoint { .. }),
        "{error:?}"
    );
}

#[test]
fn pruning_keeps_the_latest_and_never_removes_what_is_in_use() {
    let (_folder, environment) = environment();
    for number in 1..5 {
        refresh(&environment, number, &format!("generation {number}"));
    }
    let points = |environment: &EnvironmentFolder| -> Vec<String> {
        let points = environment.restore_points().unwrap();
        points.iter().map(|it| read(&it.path, NAME)).collect()
    };
    assert_eq!(
        points(&environment),
        ["generation 3", "generation 2", "generation 1", "first"]
    );
    assert_eq!(environment.prune(2).unwrap().len(), 2);
    assert_eq!(points(&environment), ["generation 3", "generation 2"]);
    assert_eq!(environment.prune(0).unwrap().len(), 2);
    assert_eq!(environment.prune(0).unwrap().len(), 0);
    assert_eq!(in_use(&environment), "generation 4");
    let left = names_in(&environment.path().join("generations"));
    assert_eq!(
        left.len(),
        2,
        "the database and the note of its predecessor: {left:?}"
    );
}

#[test]
fn a_users_own_file_is_used_where_it_lies_and_never_removed() {
    let folder = folder();
    let own = database(&folder.path().join("own.sqlite"), &content("own"));
    let environment = EnvironmentFolder::new(folder.path().join("prod"));
    environment.bind(&own).unwrap();
    environment.bind(&own).unwrap();
    let own = fs::canonicalize(own).unwrap();
    assert_eq!(environment.current().unwrap(), Some(own.clone()));
    assert_eq!(refresh(&environment, 1, "second"), Some(own.clone()));
    let points = environment.restore_points().unwrap();
    assert!(points.len() == 1 && points[0].bound);
    assert_eq!(environment.prune(0).unwrap().len(), 0);
    assert_eq!(read::<String>(&own, NAME), "own");
    environment.restore(&own).unwrap();
    assert_eq!(in_use(&environment), "own");
}

#[test]
fn discarding_removes_what_is_not_in_use() {
    let (_folder, environment) = environment();
    stage(&environment, 1, "staged");
    fs::write(environment.path().join("staged/unrelated"), "").unwrap();
    for companion in ["-journal", "-anew"] {
        let mut name = environment.staged_path(operation(1)).into_os_string();
        name.push(companion);
        fs::write(name, "left by a crash").unwrap();
    }
    stage(&environment, 2, "promoted");
    environment.promote(operation(2)).unwrap();
    for number in [1, 2, 3] {
        environment.discard(operation(number)).unwrap();
        environment.discard(operation(number)).unwrap();
    }
    assert_eq!(names_in(&environment.path().join("staged")), ["unrelated"]);
    assert_eq!(
        names_in(&environment.path().join("generations")),
        ["initial.sqlite"]
    );
    refresh(&environment, 4, "second");
    let error = environment.discard(operation(4)).unwrap_err();
    assert!(matches!(error, PlaceError::InUse { .. }), "{error:?}");
}

#[test]
fn a_plain_file_in_the_place_of_the_link_is_not_overwritten() {
    let folder = folder();
    let environment = EnvironmentFolder::new(folder.path().join("uat"));
    environment.create().unwrap();
    database(&environment.database_path(), &content("plain"));
    stage(&environment, 1, "second");
    let error = environment.promote(operation(1)).unwrap_err();
    assert!(matches!(error, PlaceError::NotALink { .. }), "{error:?}");
    assert_eq!(in_use(&environment), "plain");
}

#[test]
fn an_environment_can_be_moved_with_its_databases() {
    let (folder, environment) = environment();
    refresh(&environment, 1, "second");
    let moved = EnvironmentFolder::new(folder.path().join("moved"));
    fs::rename(environment.path(), moved.path()).unwrap();
    assert_eq!(in_use(&moved), "second");
    let points = moved.restore_points().unwrap();
    assert_eq!(read::<String>(&points[0].path, NAME), "first");
}
