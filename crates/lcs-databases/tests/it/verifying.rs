//! Verification finds what is not as it should be.

use std::{fs::OpenOptions, os::unix::fs::FileExt, path::PathBuf};

use lcs_databases::{
    CopyReport, SanitiseReport,
    sqlite::{VerifyError, sanitise, verify},
};
use lcs_sanitise::Plan;
use tempfile::TempDir;

use crate::samples::{EMAIL, copy, database, finance, folder, plan_for};

struct Sanitised {
    _folder: TempDir,
    staged: PathBuf,
    copied: CopyReport,
    plan: Plan,
    report: SanitiseReport,
}

impl Sanitised {
    /// A copy of the sample with `extra` in it, sanitised by the published rules and `own`.
    fn new(extra: &str, own: &str) -> Self {
        let folder = folder();
        let source = finance(&folder.path().join("a.sqlite"));
        database(&source, extra);
        let staged = folder.path().join("b.sqlite");
        let copied = copy(&source, &staged);
        let plan = plan_for(&staged, own);
        let report = sanitise(&staged, &plan).unwrap();
        Self {
            _folder: folder,
            staged,
            copied,
            plan,
            report,
        }
    }

    fn after(self, tampering: &str) -> Result<u64, VerifyError> {
        database(&self.staged, tampering);
        self.verify()
    }

    fn verify(&self) -> Result<u64, VerifyError> {
        verify(&self.staged, &self.copied, &self.plan, &self.report).map(|it| it.actions)
    }
}

#[test]
fn what_was_sanitised_is_found_right() {
    let sanitised = Sanitised::new("", "");
    let actions = u64::try_from(sanitised.plan.actions.len()).unwrap();
    assert_eq!(sanitised.verify().unwrap(), actions);
    assert_eq!(actions, 8);
}

#[test]
fn a_value_that_came_back_is_found() {
    let error = Sanitised::new("", "")
        .after(&format!(
            "UPDATE LOGISTICSELECTRONICADDRESS SET LOCATOR = '{EMAIL}' WHERE RECID = 7"
        ))
        .unwrap_err();
    assert!(
        matches!(&error, VerifyError::RuleDoesNotHold { rule_id, rows: 1, .. }
            if rule_id == "email-addresses-by-type"),
        "{error:?}"
    );
}

#[test]
fn rows_too_many_or_too_few_are_found() {
    for (tampering, expected, found) in [
        ("DELETE FROM CUSTTABLE WHERE ACCOUNTNUM = 'US-002'", 2, 1),
        ("INSERT INTO CUSTTABLE VALUES ('US-003', 'new')", 2, 3),
        ("INSERT INTO SYSSERVERCONFIG VALUES ('back')", 0, 1),
    ] {
        let error = Sanitised::new("", "").after(tampering).unwrap_err();
        assert!(
            matches!(&error, VerifyError::Rows { expected: e, found: f, .. }
                if (*e, *f) == (expected, found)),
            "{error:?}"
        );
    }
}

#[test]
fn a_table_that_vanished_is_found() {
    let error = Sanitised::new("", "")
        .after("DROP TABLE CUSTTABLE")
        .unwrap_err();
    assert!(
        matches!(&error, VerifyError::Tables { table } if table == "CUSTTABLE"),
        "{error:?}"
    );
}

#[test]
fn a_damaged_file_is_found() {
    let sanitised = Sanitised::new("", "");
    let file = OpenOptions::new()
        .write(true)
        .open(&sanitised.staged)
        .unwrap();
    let size = file.metadata().unwrap().len();
    // Everything but the first two pages, which hold the schema.
    for page in 2..size / 4096 {
        file.write_all_at(&[0xAA; 512], page * 4096).unwrap();
    }
    drop(file);
    let error = sanitised.verify().unwrap_err();
    assert!(
        matches!(error, VerifyError::Damaged { .. } | VerifyError::Read(_)),
        "{error:?}"
    );
}

#[test]
fn rows_that_point_nowhere_are_found_unless_the_source_had_them() {
    let children = "CREATE TABLE INVOICE (ID INTEGER PRIMARY KEY,
            ACCOUNT NVARCHAR(20) REFERENCES CUSTTABLE (ACCOUNTNUM));
         PRAGMA foreign_keys = OFF;
         INSERT INTO INVOICE VALUES (1, 'US-001'), (2, 'nobody')";
    assert!(Sanitised::new(children, "").verify().is_ok());
    let own = "[[rule]]\nid = 'no-us-001'\ndescription = 'd'\nkind = 'empty_tables'\n\
               tables = ['CUSTTABLE']\nwhere = { column = 'ACCOUNTNUM', in = ['US-001'] }";
    let error = Sanitised::new(children, own).verify().unwrap_err();
    assert!(
        matches!(
            error,
            VerifyError::ForeignKeys {
                expected: 1,
                found: 2
            }
        ),
        "{error:?}"
    );
}

#[test]
fn the_report_of_another_plan_is_refused() {
    let mut sanitised = Sanitised::new("", "");
    sanitised.report.actions.pop();
    let error = sanitised.verify().unwrap_err();
    assert!(matches!(error, VerifyError::OtherPlan), "{error:?}");
}
