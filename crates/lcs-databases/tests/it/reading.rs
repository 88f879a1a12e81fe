//! Rows are read one by one, in the order of their key, from one moment.

use std::convert::Infallible;

use lcs_databases::sqlite::{RowsError, Source, content_digest};
use rusqlite::{Connection, types::Value};

use crate::samples::{database, folder};

fn rows_of(source: &mut Source, table: &str) -> Vec<Vec<Value>> {
    let snapshot = source.snapshot().unwrap();
    let inspection = snapshot.inspect().unwrap();
    let mut rows = Vec::new();
    snapshot
        .for_each_row::<Infallible>(inspection.table(table).unwrap(), |row| {
            rows.push(row.iter().map(|it| it.try_into().unwrap()).collect());
            Ok(())
        })
        .unwrap();
    rows
}

#[test]
fn rows_come_in_the_order_of_the_primary_key_with_their_values() {
    let folder = folder();
    let path = database(
        &folder.path().join("a.sqlite"),
        "CREATE TABLE t (a TEXT, b INT, c, PRIMARY KEY (b, a));
         INSERT INTO t VALUES ('y', 2, NULL), ('x', 2, 1.5), ('z', 1, x'00ff')",
    );
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows_of(&mut Source::open(&path).unwrap(), "t"),
        [
            vec![text("z"), Value::Integer(1), Value::Blob(vec![0, 255])],
            vec![text("x"), Value::Integer(2), Value::Real(1.5)],
            vec![text("y"), Value::Integer(2), Value::Null],
        ]
    );
}

#[test]
fn without_a_key_rows_come_in_the_order_of_their_own_numbers() {
    let folder = folder();
    let path = database(
        &folder.path().join("a.sqlite"),
        "CREATE TABLE t (rowid TEXT); CREATE INDEX i ON t (rowid);
         INSERT INTO t VALUES ('c'), ('a'), ('b')",
    );
    let rows = rows_of(&mut Source::open(&path).unwrap(), "t");
    assert_eq!(
        rows.concat(),
        ["c", "a", "b"].map(|it| Value::Text(it.to_owned()))
    );
}

#[test]
fn a_snapshot_does_not_see_what_is_written_later() {
    let folder = folder();
    let path = database(
        &folder.path().join("a.sqlite"),
        "PRAGMA journal_mode = wal; CREATE TABLE t (a); INSERT INTO t VALUES (1)",
    );
    let mut source = Source::open(&path).unwrap();
    let snapshot = source.snapshot().unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("INSERT INTO t VALUES (2)").unwrap();
    assert_eq!(snapshot.inspect().unwrap().rows(), 1);
    drop(snapshot);
    assert_eq!(source.inspect().unwrap().rows(), 2);
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("enough")]
struct Enough;

#[test]
fn a_visitor_can_stop_the_walk() {
    let folder = folder();
    let path = database(
        &folder.path().join("a.sqlite"),
        "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)",
    );
    let mut source = Source::open(&path).unwrap();
    let snapshot = source.snapshot().unwrap();
    let inspection = snapshot.inspect().unwrap();
    let mut seen = 0;
    let error = snapshot
        .for_each_row(&inspection.tables[0], |row| {
            assert_eq!((row.len(), row.value(1)), (1, None));
            seen += 1;
            if seen == 2 { Err(Enough) } else { Ok(()) }
        })
        .unwrap_err();
    assert!(matches!(error, RowsError::Visitor(Enough)));
    assert_eq!(seen, 2);
}

#[test]
fn a_digest_depends_on_content_and_not_on_layout() {
    let folder = folder();
    let digest =
        |name: &str, sql: &str| content_digest(&database(&folder.path().join(name), sql)).unwrap();
    let one = digest(
        "1",
        "CREATE TABLE t (a INT PRIMARY KEY, b); INSERT INTO t VALUES (1, 'x'), (2, NULL)",
    );
    let same = digest(
        "2",
        "PRAGMA page_size = 512; CREATE TABLE t (a INT PRIMARY KEY, b);
         INSERT INTO t VALUES (3, 3), (2, NULL), (1, 'x'); DELETE FROM t WHERE a = 3",
    );
    let other = digest(
        "3",
        "CREATE TABLE t (a INT PRIMARY KEY, b); INSERT INTO t VALUES (1, 'x'), (2, '')",
    );
    assert_eq!(one, same);
    assert_ne!(one, other);
}
