//! Databases that the tests work on.

use std::path::{Path, PathBuf};

use lcs_databases::{CopyReport, sqlite::Source};
use lcs_sanitise::{Direction, Parameters, Plan, RuleSet, plan};
use lcs_types::{Cancellation, NoProgress};
use rusqlite::Connection;
use tempfile::TempDir;

pub(crate) const EMAIL: &str = "anna.lindqvist@contoso.example";
pub(crate) const PHONE: &str = "+46 8 555 0100";

/// A folder that disappears with the value.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A new database with this content.
pub(crate) fn database(path: &Path, sql: &str) -> PathBuf {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(sql).unwrap();
    path.to_owned()
}

/// Accounts whose balances add up to the same sum whatever is transferred, over many pages.
pub(crate) const ACCOUNTS: &str = "
    CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, filling BLOB);
    WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 2000)
    INSERT INTO account SELECT id, 100, zeroblob(900) FROM n;";

/// Moves money between the first and the last page.
pub(crate) const TRANSFER: &str = "
    UPDATE account SET balance = balance + CASE id WHEN 1 THEN -1 ELSE 1 END
    WHERE id IN (1, 2000)";

/// One row from the database at `path`, read by a connection of its own.
pub(crate) fn read<T: rusqlite::types::FromSql>(path: &Path, sql: &str) -> T {
    Connection::open(path)
        .unwrap()
        .query_row(sql, [], |row| row.get(0))
        .unwrap()
}

/// A small database of finance and operations apps, with traces of a deleted address in it.
pub(crate) fn finance(path: &Path) -> PathBuf {
    database(
        path,
        &format!(
            "CREATE TABLE LOGISTICSELECTRONICADDRESS
                 (RECID INTEGER PRIMARY KEY, TYPE INT NOT NULL, LOCATOR NVARCHAR(255) NOT NULL);
             CREATE INDEX LOCATORIDX ON LOGISTICSELECTRONICADDRESS (LOCATOR);
             WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 500)
             INSERT INTO LOGISTICSELECTRONICADDRESS
                 SELECT id, 2, 'customer' || id || '@fabrikam.example' FROM n;
             INSERT INTO LOGISTICSELECTRONICADDRESS VALUES
                 (1001, 2, '{EMAIL}'), (1002, 1, '{PHONE}'), (1003, 3, 'sip:x@contoso.example');
             CREATE TABLE USERINFO (ID NVARCHAR(20) PRIMARY KEY, NETWORKALIAS NVARCHAR(255),
                 ENABLE INT NOT NULL, PARTITION BIGINT NOT NULL) WITHOUT ROWID;
             INSERT INTO USERINFO VALUES ('Admin', 'boss@source.example', 1, 1),
                 ('FRServiceUser', 'x', 1, 1), ('anna', 'anna@source.example', 1, 1);
             CREATE TABLE PARTITIONS (RECID BIGINT, PARTITIONKEY NVARCHAR(8));
             INSERT INTO PARTITIONS VALUES (5637144577, 'other'), (5637144576, 'INITIAL');
             CREATE TABLE BATCHJOB (RECID INTEGER PRIMARY KEY, STATUS INT NOT NULL);
             INSERT INTO BATCHJOB VALUES (1, 1), (2, 2), (3, 4), (4, 7), (5, 0);
             CREATE TABLE SYSSERVERCONFIG (SERVERID NVARCHAR(64));
             INSERT INTO SYSSERVERCONFIG VALUES ('AOS-0001'), ('AOS-0002');
             CREATE TABLE SYSEMAILSMTPPASSWORD (PASSWORD BLOB);
             INSERT INTO SYSEMAILSMTPPASSWORD VALUES (CAST('smtp-s3cret-value' AS BLOB));
             CREATE TABLE CUSTTABLE (ACCOUNTNUM NVARCHAR(20) PRIMARY KEY, NAME NVARCHAR(100));
             INSERT INTO CUSTTABLE VALUES ('US-001', 'Contoso Retail'), ('US-002', 'Fabrikam');
             ANALYZE;
             CREATE TABLE SCRAP (NOTE TEXT);
             INSERT INTO SCRAP VALUES ('deleted-long-ago@contoso.example' || hex(zeroblob(9000)));
             DROP TABLE SCRAP;"
        ),
    )
}

/// The plan of the published rules for a refresh from production, and these own ones.
pub(crate) fn plan_for(path: &Path, own_rules: &str) -> Plan {
    let inspection = Source::open(path).unwrap().inspect().unwrap();
    let rules = RuleSet::published(Direction::ProductionToSandbox)
        .with_user_rules(own_rules)
        .unwrap();
    let parameters = Parameters {
        administrator: Some("admin@target.example".to_owned()),
    };
    plan(&rules, &inspection.table_schemas(), &parameters)
}

pub(crate) fn copy(source: &Path, staged: &Path) -> CopyReport {
    Source::open(source)
        .unwrap()
        .copy_to(staged, &NoProgress, &Cancellation::default())
        .unwrap()
}

/// The names of everything in a folder.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Whether the bytes of a file contain a text, in the two encodings that SQLite knows.
pub(crate) fn file_contains(path: &Path, text: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [text.as_bytes(), &wide]
        .iter()
        .any(|needle| bytes.windows(needle.len()).any(|window| window == *needle))
}
