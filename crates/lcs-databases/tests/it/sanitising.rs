//! Sanitising does what the plan says, leaves no trace, and twice is once.

use std::{fmt::Write, fs, path::Path};

use lcs_databases::{
    SanitiseReport,
    sqlite::{SanitiseError, content_digest, sanitise, verify},
};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::samples::{
    EMAIL, PHONE, copy, database, file_contains, finance, folder, names_in, plan_for, read,
};

fn rows(report: &SanitiseReport, rule: &str) -> Vec<u64> {
    report
        .actions
        .iter()
        .filter(|it| it.rule_id == rule)
        .map(|it| it.rows)
        .collect()
}

fn texts(path: &Path, sql: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_published_rules_are_carried_out_and_counted() {
    let folder = folder();
    let staged = finance(&folder.path().join("a.sqlite"));
    let report = sanitise(&staged, &plan_for(&staged, "")).unwrap();
    for (rule, expected) in [
        ("email-addresses-by-type", 501),
        ("email-addresses-by-form", 1),
        ("users-disabled", 1),
        ("batch-jobs-withhold", 3),
        ("environment-records", 2),
        ("users-partition", 3),
        ("encrypted-sysemailsmtppassword", 1),
        ("administrator", 1),
    ] {
        assert_eq!(rows(&report, rule), [expected], "{rule}");
    }
    assert_eq!(
        texts(
            &staged,
            "SELECT LOCATOR FROM LOGISTICSELECTRONICADDRESS WHERE LOCATOR <> ''"
        ),
        [PHONE]
    );
    assert_eq!(
        texts(
            &staged,
            "SELECT ID || ' ' || NETWORKALIAS || ' ' || ENABLE || ' ' || PARTITION FROM USERINFO"
        ),
        [
            "Admin admin@target.example 1 5637144576",
            "FRServiceUser x 1 5637144576",
            "anna anna@source.example 0 5637144576",
        ]
    );
    assert_eq!(
        texts(&staged, "SELECT group_concat(STATUS) FROM BATCHJOB"),
        ["0,0,4,0,0"]
    );
    assert_eq!(
        texts(&staged, "SELECT NAME FROM CUSTTABLE"),
        ["Contoso Retail", "Fabrikam"]
    );
}

#[test]
fn nothing_removed_survives_in_the_file() {
    let folder = folder();
    let source = finance(&folder.path().join("a.sqlite"));
    let gone = [
        EMAIL,
        "customer250@fabrikam.example",
        "smtp-s3cret-value",
        "AOS-0001",
        "boss@source.example",
        "deleted-long-ago@contoso.example",
    ];
    for trace in gone {
        assert!(
            file_contains(&source, trace),
            "{trace} is there to be removed"
        );
    }
    let staged = folder.path().join("staged/b.sqlite");
    copy(&source, &staged);
    sanitise(&staged, &plan_for(&staged, "")).unwrap();
    for trace in gone {
        assert!(!file_contains(&staged, trace), "{trace} survives");
    }
    assert!(file_contains(&staged, PHONE));
    assert_eq!(names_in(&folder.path().join("staged")), ["b.sqlite"]);
}

#[test]
fn twice_is_once() {
    let folder = folder();
    let staged = finance(&folder.path().join("a.sqlite"));
    let plan = plan_for(&staged, "");
    let first = sanitise(&staged, &plan).unwrap();
    let once = content_digest(&staged).unwrap();
    let second = sanitise(&staged, &plan).unwrap();
    assert_eq!(content_digest(&staged).unwrap(), once);
    assert!(second.actions.iter().all(|it| it.rows == 0));
    assert_eq!(first.tables, second.tables);
}

#[test]
fn a_step_interrupted_after_its_changes_is_completed_by_running_it_again() {
    let folder = folder();
    let source = finance(&folder.path().join("a.sqlite"));
    let staged = folder.path().join("b.sqlite");
    let copied = copy(&source, &staged);
    let plan = plan_for(&staged, "");
    sanitise(&staged, &plan).unwrap();
    fs::write(folder.path().join("b.sqlite-anew"), "left by a crash").unwrap();
    let again = sanitise(&staged, &plan).unwrap();
    assert_eq!(names_in(folder.path()), ["a.sqlite", "b.sqlite"]);
    verify(&staged, &copied, &plan, &again).unwrap();
}

#[test]
fn an_own_rule_may_refine_what_a_published_rule_wrote() {
    let folder = folder();
    let source = finance(&folder.path().join("a.sqlite"));
    let staged = folder.path().join("b.sqlite");
    let copied = copy(&source, &staged);
    let plan = plan_for(
        &staged,
        "[[rule]]\nid = 'test-address'\ndescription = 'd'\nkind = 'set_column'\n\
         table = 'LogisticsElectronicAddress'\ncolumn = 'locator'\nvalue = 'test@x.example'\n\
         where = { column = 'TYPE', in = [2] }",
    );
    let report = sanitise(&staged, &plan).unwrap();
    assert_eq!(rows(&report, "test-address"), [501]);
    verify(&staged, &copied, &plan, &report).unwrap();
}

#[test]
fn names_are_names_whatever_is_in_them() {
    let folder = folder();
    let source = database(
        &folder.path().join("a.sqlite"),
        "CREATE TABLE \"a\"\"; DROP TABLE b; --\" (\"c'\"\" = 1\" TEXT); CREATE TABLE b (x);
         INSERT INTO \"a\"\"; DROP TABLE b; --\" VALUES ('secret'), (NULL)",
    );
    let staged = folder.path().join("b.sqlite");
    let copied = copy(&source, &staged);
    let plan = plan_for(
        &staged,
        "[[rule]]\nid = 'odd'\ndescription = 'd'\nkind = 'clear_columns'\n\
         table = 'a\"; DROP TABLE b; --'\ncolumns = [\"c'\\\" = 1\"]\n\
         where = { column = \"c'\\\" = 1\", in = [\"SECRET\", \"' OR 1\"] }",
    );
    let report = sanitise(&staged, &plan).unwrap();
    assert_eq!(rows(&report, "odd"), [1]);
    verify(&staged, &copied, &plan, &report).unwrap();
}

#[test]
fn search_indexes_that_triggers_keep_in_step_forget_as_well() {
    let folder = folder();
    let staged = database(
        &folder.path().join("a.sqlite"),
        "CREATE TABLE SYSSERVERCONFIG (RECID INTEGER PRIMARY KEY, SERVERID TEXT);
         CREATE VIRTUAL TABLE search USING fts5(SERVERID, content = 'SYSSERVERCONFIG',
             content_rowid = 'RECID');
         CREATE TRIGGER gone AFTER DELETE ON SYSSERVERCONFIG BEGIN
             INSERT INTO search (search, rowid, SERVERID)
                 VALUES ('delete', old.RECID, old.SERVERID); END;
         CREATE TRIGGER come AFTER INSERT ON SYSSERVERCONFIG BEGIN
             INSERT INTO search (rowid, SERVERID) VALUES (new.RECID, new.SERVERID); END;
         INSERT INTO SYSSERVERCONFIG VALUES (1, 'findable')",
    );
    let found = "SELECT count(*) FROM search WHERE search MATCH 'findable'";
    assert_eq!(read::<i64>(&staged, found), 1);
    sanitise(&staged, &plan_for(&staged, "")).unwrap();
    assert_eq!(read::<i64>(&staged, found), 0);
}

#[test]
fn a_rule_that_breaks_a_constraint_changes_nothing_and_is_named() {
    let folder = folder();
    let staged = finance(&folder.path().join("a.sqlite"));
    database(
        &staged,
        "CREATE UNIQUE INDEX one ON LOGISTICSELECTRONICADDRESS (LOCATOR)",
    );
    let before = content_digest(&staged).unwrap();
    let error = sanitise(&staged, &plan_for(&staged, "")).unwrap_err();
    assert!(
        matches!(&error, SanitiseError::Rule { rule_id, table, .. }
            if rule_id == "email-addresses-by-type" && table == "LOGISTICSELECTRONICADDRESS"),
        "{error:?}"
    );
    assert_eq!(content_digest(&staged).unwrap(), before);
}

#[test]
fn a_missing_copy_is_not_made() {
    let folder = folder();
    let staged = finance(&folder.path().join("a.sqlite"));
    let plan = plan_for(&staged, "");
    let error = sanitise(&folder.path().join("none.sqlite"), &plan).unwrap_err();
    assert!(matches!(error, SanitiseError::Open { .. }), "{error:?}");
    assert_eq!(names_in(folder.path()), ["a.sqlite"]);
}

fn any_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("NULL".to_owned()),
        (-1..9_i64).prop_map(|number| number.to_string()),
        (-1..9_i64).prop_map(|number| format!("'{number}'")),
        "'[a-z]{0,3}@?[A-Z]{0,3}'",
        Just("'aDMIN'".to_owned()),
        Just("x'40'".to_owned()),
        Just("1.0".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_cells_hold_every_rule_holds_afterwards(
        cells in proptest::collection::vec((any_cell(), any_cell(), any_cell()), 1..20),
    ) {
        let folder = folder();
        let mut sql = "PRAGMA synchronous = OFF;
            CREATE TABLE LOGISTICSELECTRONICADDRESS (TYPE, LOCATOR TEXT, OTHER);
            CREATE TABLE USERINFO (ID, ENABLE INT, PARTITION BIGINT);
            CREATE TABLE PARTITIONS (PARTITIONKEY, RECID, OTHER);
            CREATE TABLE BATCHJOB (STATUS, CAPTION TEXT, OTHER);".to_owned();
        for (a, b, c) in &cells {
            for table in ["LOGISTICSELECTRONICADDRESS", "USERINFO", "PARTITIONS", "BATCHJOB"] {
                write!(sql, "INSERT INTO {table} VALUES ({a}, {b}, {c});").unwrap();
            }
        }
        sql.push_str("INSERT INTO PARTITIONS VALUES ('initial', 77, 0)");
        let source = database(&folder.path().join("a.sqlite"), &sql);
        let staged = folder.path().join("b.sqlite");
        let copied = copy(&source, &staged);
        let plan = plan_for(&staged, "");
        let report = sanitise(&staged, &plan).unwrap();
        verify(&staged, &copied, &plan, &report).unwrap();
        prop_assert_eq!(
            read::<i64>(&staged, "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS
                WHERE instr(CAST(LOCATOR AS TEXT), '@')"),
            0
        );
        prop_assert_eq!(
            read::<i64>(&staged, "SELECT count(*) FROM USERINFO WHERE PARTITION IS NOT 77
                OR (ENABLE IS NOT 0 AND (ID IS NULL OR lower(CAST(ID AS TEXT)) <> 'admin'))"),
            0
        );
    }
}
