//! What may be relied on in a sample database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lcs_sample::database::{CreateError, DatabaseOptions, Environment, create, summary};
use rusqlite::Connection;
use rusqlite::types::Value;

fn options(rows: u64, environment: Environment) -> DatabaseOptions {
    DatabaseOptions {
        rows,
        seed: 42,
        environment,
        as_of: "2026-08-14T08:00:00Z".parse().unwrap(),
    }
}

fn uat() -> Environment {
    Environment::Sandbox {
        name: "Contoso-UAT".to_owned(),
    }
}

struct Made {
    _folder: tempfile::TempDir,
    path: PathBuf,
    connection: Connection,
}

fn made(options: &DatabaseOptions) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("axdb.sqlite");
    create(&path, options).unwrap();
    let connection = Connection::open(&path).unwrap();
    Made {
        _folder: folder,
        path,
        connection,
    }
}

/// Every row of every table.
fn content(connection: &Connection) -> BTreeMap<String, Vec<Vec<Value>>> {
    let mut names = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    names
        .map(|name| {
            let name = name.unwrap();
            let mut select = connection
                .prepare(&format!("SELECT * FROM {name} ORDER BY rowid"))
                .unwrap();
            let width = select.column_count();
            let rows = select
                .query_map([], |row| (0..width).map(|column| row.get(column)).collect())
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            (name, rows)
        })
        .collect()
}

fn count(connection: &Connection, query: &str) -> u64 {
    connection
        .query_row(&format!("SELECT count(*) FROM {query}"), [], |row| {
            row.get::<_, i64>(0)
        })
        .unwrap()
        .unsigned_abs()
}

#[test]
fn the_same_options_give_the_same_content_and_another_seed_does_not() {
    let first = made(&options(1_000, Environment::Production));
    let second = made(&options(1_000, Environment::Production));
    assert_eq!(content(&first.connection), content(&second.connection));
    let mut other = options(1_000, Environment::Production);
    other.seed = 43;
    assert_ne!(
        content(&first.connection),
        content(&made(&other).connection)
    );
}

#[test]
fn production_has_about_as_many_rows_as_asked_for_and_the_report_counts_them() {
    for rows in [1_000, 5_000, 20_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("axdb.sqlite");
        let report = create(&path, &options(rows, Environment::Production)).unwrap();
        let range = rows * 85 / 100..=rows * 160 / 100;
        assert!(range.contains(&report.rows()), "{rows}: {}", report.rows());
        let connection = Connection::open(&path).unwrap();
        for (table, written) in report.tables {
            assert_eq!(count(&connection, &table), written, "{table}");
        }
    }
}

#[test]
fn no_reference_leads_nowhere_and_the_file_is_sound() {
    for environment in [Environment::Production, uat()] {
        let made = made(&options(3_000, environment));
        assert_eq!(count(&made.connection, "pragma_foreign_key_check"), 0);
        let sound: String = made
            .connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }
}

#[test]
fn every_ledger_entry_sums_to_zero() {
    for environment in [Environment::Production, uat()] {
        let made = made(&options(3_000, environment));
        let lines = "GENERALJOURNALACCOUNTENTRY";
        assert!(count(&made.connection, lines) > 100);
        let unbalanced = format!(
            "(SELECT GENERALJOURNALENTRY FROM {lines} GROUP BY GENERALJOURNALENTRY
              HAVING round(sum(ACCOUNTINGCURRENCYAMOUNT), 2) <> 0 OR count(*) < 2)"
        );
        assert_eq!(count(&made.connection, &unbalanced), 0);
        let empty = format!(
            "GENERALJOURNALENTRY WHERE RECID NOT IN (SELECT GENERALJOURNALENTRY FROM {lines})"
        );
        assert_eq!(count(&made.connection, &empty), 0);
    }
}

#[test]
fn an_invoices_total_is_the_sum_of_its_lines_and_tax_and_stands_in_the_ledger() {
    let made = made(&options(3_000, Environment::Production));
    assert!(count(&made.connection, "CUSTINVOICEJOUR") > 20);
    let wrong = "CUSTINVOICEJOUR j WHERE
        round(SALESBALANCE - (SELECT sum(LINEAMOUNT) FROM CUSTINVOICETRANS t
            WHERE t.INVOICEID = j.INVOICEID AND t.DATAAREAID = j.DATAAREAID), 2) <> 0
        OR round(INVOICEAMOUNT - SALESBALANCE - SUMTAX, 2) <> 0
        OR round(INVOICEAMOUNT - (SELECT sum(a.ACCOUNTINGCURRENCYAMOUNT)
            FROM GENERALJOURNALENTRY e
            JOIN GENERALJOURNALACCOUNTENTRY a ON a.GENERALJOURNALENTRY = e.RECID
            JOIN MAINACCOUNT m ON m.RECID = a.MAINACCOUNT
            WHERE e.SUBLEDGERVOUCHER = j.LEDGERVOUCHER AND m.NAME = 'Accounts receivable'), 2) <> 0";
    assert_eq!(count(&made.connection, wrong), 0);
}

#[test]
fn the_stock_in_the_ledger_is_the_stock_in_the_warehouse() {
    let made = made(&options(3_000, Environment::Production));
    let difference: f64 = made
        .connection
        .query_row(
            "SELECT round((SELECT sum(COSTAMOUNTPOSTED) FROM INVENTTRANS)
                - (SELECT sum(ACCOUNTINGCURRENCYAMOUNT) FROM GENERALJOURNALACCOUNTENTRY a
                   JOIN MAINACCOUNT m ON m.RECID = a.MAINACCOUNT
                   WHERE m.NAME = 'Finished goods'), 2)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(difference.abs() < 0.01, "{difference}");
}

#[test]
fn nobody_sells_what_is_not_there() {
    let made = made(&options(10_000, Environment::Production));
    let oversold =
        "(SELECT ITEMID FROM INVENTTRANS GROUP BY DATAAREAID, ITEMID HAVING sum(QTY) < 0)";
    assert_eq!(count(&made.connection, oversold), 0);
}

#[test]
fn nothing_happened_after_the_given_instant() {
    let made = made(&options(3_000, Environment::Production));
    for (table, column) in [
        ("SALESTABLE", "MODIFIEDDATETIME"),
        ("CUSTINVOICEJOUR", "MODIFIEDDATETIME"),
        ("GENERALJOURNALENTRY", "MODIFIEDDATETIME"),
        ("CUSTTABLE", "MODIFIEDDATETIME"),
    ] {
        let late = format!("{table} WHERE {column} > '2026-08-14 08:00:00'");
        assert_eq!(count(&made.connection, &late), 0, "{table}");
    }
    assert!(count(&made.connection, "SALESTABLE WHERE SALESSTATUS = 1") > 0);
}

#[test]
fn nobody_orders_before_they_are_a_customer() {
    let made = made(&options(5_000, Environment::Production));
    let early = "SALESLINE l JOIN SALESTABLE s USING (SALESID, DATAAREAID)
        JOIN CUSTTABLE c ON c.ACCOUNTNUM = s.CUSTACCOUNT AND c.DATAAREAID = s.DATAAREAID
        WHERE l.MODIFIEDDATETIME < c.MODIFIEDDATETIME";
    assert_eq!(count(&made.connection, early), 0);
}

#[test]
fn every_table_that_the_published_lists_name_has_something_in_it() {
    let made = made(&options(1_000, Environment::Production));
    for table in [
        "AIFSQLCDCENABLEDTABLES",
        "AIFSQLCHANGETRACKINGENABLEDTABLES",
        "AIFSQLCTTRIGGERS",
        "BATCHCONSTRAINTSHISTORY",
        "BATCHHISTORY",
        "BATCHJOB",
        "BATCHJOBHISTORY",
        "BATCHSERVERCONFIG",
        "BATCHSERVERGROUP",
        "BUSINESSEVENTSAZUREENDPOINT",
        "BUSINESSEVENTSENDPOINT",
        "BUSINESSEVENTSSERVICEBUSQUEUEENDPOINT",
        "CREDITCARDACCOUNTSETUP",
        "DATABASELOG",
        "DIMENSIONATTRIBUTEVALUECOMBINATIONSTATUS",
        "DIMENSIONATTRIBUTEVALUEGROUPSTATUS",
        "DIMENSIONDATAENTITYSFKCACHE",
        "DIMENSIONDATAINTEGRITYLOG",
        "DIMENSIONHASHMESSAGELOG",
        "DIMENSIONREFERENCES",
        "DIMENSIONVALUEDELETEAUDIT",
        "DIMENSIONVALUERENAMEAUDIT",
        "DOCUDELETEDVALUE",
        "DOCUTEMPLATE",
        "DOCUVALUE",
        "DUALWRITEPROJECTCONFIGURATION",
        "EXCHANGERATEPROVIDERCONFIGURATIONDETAILS",
        "HCMPERSONIDENTIFICATIONNUMBER",
        "LOGISTICSELECTRONICADDRESS",
        "PRINTMGMTDOCINSTANCE",
        "PRINTMGMTSETTINGS",
        "RETAILCDXDATASYNCROWVERSION",
        "RETAILCDXDOWNLOADSESSION",
        "RETAILCDXDOWNLOADSESSIONDATASTORE",
        "RETAILCDXDOWNLOADSUMMARYCACHE",
        "RETAILCDXUPLOADPATHHISTORY",
        "RETAILCDXUPLOADSESSION",
        "RETAILCDXUPLOADSUMMARYCACHE",
        "RETAILCHANNELPAYMENTCONNECTORLINE",
        "RETAILCHANNELPROFILE",
        "RETAILCHANNELPROFILEPROPERTY",
        "RETAILCONNDATABASEPROFILE",
        "RETAILHARDWAREPROFILE",
        "RETAILSCALEUNIT",
        "RETAILSELFSERVICEPACKAGEINFO",
        "RETAILSHAREDPARAMETERS",
        "SQLSYSTEMVARIABLES",
        "SYSCLIENTSESSIONS",
        "SYSCORPNETPRINTERS",
        "SYSDATABASELOG",
        "SYSEMAILPARAMETERS",
        "SYSEMAILSMTPPASSWORD",
        "SYSOAUTHUSERTOKENS",
        "SYSSERVERCONFIG",
        "SYSSERVERSESSIONS",
        "USERINFO",
    ] {
        assert!(count(&made.connection, table) > 0, "{table}");
    }
}

#[test]
fn no_text_is_longer_than_its_column_and_no_value_is_of_another_type() {
    let environment = Environment::Sandbox {
        name: "An environment with a name as long as a name may well become".to_owned(),
    };
    for environment in [Environment::Production, environment] {
        let made = made(&options(2_000, environment));
        let mut columns = made
            .connection
            .prepare(
                "SELECT t.name, c.name, c.type FROM pragma_table_list t
                 JOIN pragma_table_info(t.name) c
                 WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        let columns = columns
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        let mut checked = 0;
        for column in columns {
            let (table, column, declared): (String, String, String) = column.unwrap();
            let wrong = match declared.split('(').next().unwrap() {
                "INT" | "BIGINT" => format!("typeof({column}) <> 'integer'"),
                "BIT" => format!("{column} NOT IN (0, 1)"),
                "NUMERIC" => format!("typeof({column}) NOT IN ('integer', 'real')"),
                "DATETIME" => format!("strftime('%Y-%m-%d %H:%M:%S', {column}) IS NOT {column}"),
                "UNIQUEIDENTIFIER" => {
                    format!("typeof({column}) <> 'text' OR length({column}) <> 36")
                }
                "VARBINARY" => format!("typeof({column}) NOT IN ('blob', 'null')"),
                "NVARCHAR" if declared == "NVARCHAR(MAX)" => {
                    format!("typeof({column}) NOT IN ('text', 'null')")
                }
                "NVARCHAR" => {
                    let limit = declared
                        .trim_start_matches("NVARCHAR(")
                        .trim_end_matches(')');
                    format!("typeof({column}) <> 'text' OR length({column}) > {limit}")
                }
                other => panic!("{table}.{column} is declared as {other}"),
            };
            let query = format!("{table} WHERE {wrong}");
            assert_eq!(
                count(&made.connection, &query),
                0,
                "{table}.{column} {declared}"
            );
            checked += 1;
        }
        assert!(checked > 400, "{checked}");
    }
}

#[test]
fn a_sandbox_is_an_older_production_with_settings_of_its_own() {
    let production = made(&options(3_000, Environment::Production));
    let sandbox = made(&options(3_000, uat()));
    let [live, old] = [&production, &sandbox].map(|made| summary(&made.path).unwrap());
    assert!(old.customers < live.customers);
    assert!(old.ledger_entries < live.ledger_entries);
    assert!(old.newest_entry < live.newest_entry);
    assert_ne!(old.mail_server, live.mail_server);
    assert!(old.enabled_users < live.enabled_users);
    assert_eq!(old.email_addresses, 0);
    assert!(live.email_addresses > 0);

    sandbox
        .connection
        .execute("ATTACH ?1 AS live", [production.path.to_str().unwrap()])
        .unwrap();
    let strangers = "main.CUSTTABLE c JOIN main.DIRPARTYTABLE p ON p.RECID = c.PARTY
        WHERE NOT EXISTS (SELECT 1 FROM live.CUSTTABLE l
            JOIN live.DIRPARTYTABLE q ON q.RECID = l.PARTY
            WHERE l.ACCOUNTNUM = c.ACCOUNTNUM AND q.NAME = p.NAME)";
    assert_eq!(count(&sandbox.connection, strangers), 0);
    let invoices = "main.CUSTINVOICEJOUR c WHERE NOT EXISTS (SELECT 1 FROM live.CUSTINVOICEJOUR l
            WHERE l.INVOICEID = c.INVOICEID AND l.INVOICEAMOUNT = c.INVOICEAMOUNT)";
    assert_eq!(count(&sandbox.connection, invoices), 0);
    let shared_servers = "main.SYSSERVERCONFIG JOIN live.SYSSERVERCONFIG USING (SERVERID)";
    assert_eq!(count(&sandbox.connection, shared_servers), 0);
}

#[test]
fn two_sandboxes_differ() {
    let test = Environment::Sandbox {
        name: "Contoso-TEST".to_owned(),
    };
    let [uat, test] = [uat(), test].map(|environment| made(&options(3_000, environment)));
    assert_ne!(summary(&uat.path).unwrap(), summary(&test.path).unwrap());
}

#[test]
fn the_users_of_the_sample_may_use_the_application() {
    for environment in [Environment::Production, uat()] {
        let made = made(&options(1_000, environment));
        for user in lcs_sample::facts::USERS {
            let known = format!(
                "USERINFO WHERE NETWORKALIAS = '{}' AND ENABLE = 1",
                user.user_principal_name
            );
            assert_eq!(count(&made.connection, &known), 1);
        }
        assert_eq!(count(&made.connection, "USERINFO WHERE ID = 'Admin'"), 1);
    }
}

#[test]
fn what_is_already_at_the_path_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("axdb.sqlite");
    std::fs::write(&path, "precious").unwrap();
    let refused = create(&path, &options(1_000, Environment::Production));
    assert!(matches!(refused, Err(CreateError::Exists { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
}

#[test]
fn a_missing_folder_is_a_clear_error_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere/axdb.sqlite");
    let error = create(&path, &options(1_000, Environment::Production)).unwrap_err();
    assert!(matches!(error, CreateError::File { .. }));
    assert!(error.to_string().contains("nowhere/axdb.sqlite"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn only_the_finished_database_is_left_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("axdb.sqlite");
    create(&path, &options(1_000, Environment::Production)).unwrap();
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names, [path]);
}

#[test]
fn a_summary_of_what_is_no_sample_says_which_file() {
    let error = summary(Path::new("/nonexistent/axdb.sqlite")).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/axdb.sqlite"));
}
