//! An inspection finds tables, columns, keys, indexes and counts.

use lcs_databases::{TableDescription, sqlite::Source};

use crate::samples::{database, folder};

fn inspected(sql: &str) -> Vec<TableDescription> {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), sql);
    Source::open(&path).unwrap().inspect().unwrap().tables
}

#[test]
fn columns_have_types_defaults_identity_and_say_whether_null_is_accepted() {
    let tables = inspected(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name NVARCHAR(40) NOT NULL DEFAULT 'x',
             free, twice INT AS (id * 2) STORED)",
    );
    let columns: Vec<_> = tables[0]
        .columns
        .iter()
        .map(|it| {
            let flags = (it.nullable, it.identity, it.generated);
            (&*it.name, &*it.declared_type, it.default.as_deref(), flags)
        })
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "INTEGER", None, (false, true, false)),
            ("name", "NVARCHAR(40)", Some("'x'"), (false, false, false)),
            ("free", "", None, (true, false, false)),
            ("twice", "INT", None, (true, false, true)),
        ]
    );
}

#[test]
fn a_primary_key_has_its_own_order_and_only_integer_numbers_itself() {
    let tables = inspected(
        "CREATE TABLE a (x INT, y INT, PRIMARY KEY (y, x)) WITHOUT ROWID;
         CREATE TABLE b (x INT PRIMARY KEY)",
    );
    assert_eq!(tables[0].primary_key, ["y", "x"]);
    assert!(tables[0].without_rowid);
    assert!(tables[0].columns.iter().all(|it| !it.nullable));
    assert!(!tables[1].columns[0].identity);
    assert!(tables[1].columns[0].nullable);
}

#[test]
fn foreign_keys_without_columns_point_to_the_primary_key() {
    let tables = inspected(
        "CREATE TABLE parent (a INT, b INT, PRIMARY KEY (b, a));
         CREATE TABLE child (p INT, q INT, r INT REFERENCES other (z) ON DELETE CASCADE,
             FOREIGN KEY (p, q) REFERENCES Parent)",
    );
    let keys = &tables[0].foreign_keys;
    assert_eq!(keys[0].references_table, "other");
    assert_eq!(keys[0].on_delete, "CASCADE");
    assert_eq!(keys[1].columns, ["p", "q"]);
    assert_eq!(keys[1].references_columns, ["b", "a"]);
}

#[test]
fn indexes_say_what_they_are() {
    let tables = inspected(
        "CREATE TABLE t (a INT, b INT, UNIQUE (b));
         CREATE INDEX i ON t (a, b + 1) WHERE a > 0",
    );
    let indexes = &tables[0].indexes;
    assert_eq!(indexes[0].name, "i");
    assert_eq!(indexes[0].columns, [Some("a".to_owned()), None]);
    assert!(indexes[0].partial && !indexes[0].unique && !indexes[0].constraint);
    assert!(indexes[1].unique && indexes[1].constraint);
}

#[test]
fn only_ordinary_tables_are_listed_in_the_order_of_their_names() {
    let tables = inspected(
        "CREATE TABLE z (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO z DEFAULT VALUES;
         CREATE TABLE \"odd \"\"name\" (a); CREATE VIEW v AS SELECT 1;
         CREATE VIRTUAL TABLE search USING fts5(body); ANALYZE;",
    );
    let names: Vec<_> = tables.iter().map(|it| (&*it.name, it.rows)).collect();
    assert_eq!(names, [("odd \"name", 0), ("z", 1)]);
}
