//! A few numbers about a sample database, to see with one look what a refresh has brought.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// What is in a database, in a few numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Customers in all companies.
    pub customers: u64,
    /// Sales orders in all companies.
    pub sales_orders: u64,
    /// Accounting entries in the general ledger.
    pub ledger_entries: u64,
    /// The sum of all debits in the ledger, in units of the companies' currencies.
    pub ledger_debits: f64,
    /// E-mail addresses in the address book that are not blank.
    pub email_addresses: u64,
    /// Users who may sign in.
    pub enabled_users: u64,
    /// The mail server, when one is set.
    pub mail_server: Option<String>,
    /// The day of the newest accounting entry, when there is one.
    pub newest_entry: Option<String>,
}

/// The numbers could not be read.
#[derive(Debug, thiserror::Error)]
#[error("could not read the sample's tables in `{}`", path.display())]
pub struct SummaryError {
    /// The database.
    pub path: PathBuf,
    /// What SQLite said.
    pub source: rusqlite::Error,
}

/// Reads the numbers of a database with the sample's tables, without changing it.
///
/// # Errors
///
/// When there is no database at the path, or it lacks one of the tables.
pub fn summary(path: &Path) -> Result<Summary, SummaryError> {
    read(path).map_err(|source| SummaryError {
        path: path.to_owned(),
        source,
    })
}

fn read(path: &Path) -> rusqlite::Result<Summary> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let number = |sql: &str| count(&connection, sql);
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, Option<String>>(0));
    Ok(Summary {
        customers: number("SELECT count(*) FROM CUSTTABLE")?,
        sales_orders: number("SELECT count(*) FROM SALESTABLE")?,
        ledger_entries: number("SELECT count(*) FROM GENERALJOURNALACCOUNTENTRY")?,
        ledger_debits: connection.query_row(
            "SELECT round(total(ACCOUNTINGCURRENCYAMOUNT), 2) FROM GENERALJOURNALACCOUNTENTRY
             WHERE ACCOUNTINGCURRENCYAMOUNT > 0",
            [],
            |row| row.get(0),
        )?,
        email_addresses: number(
            "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS WHERE TYPE = 2 AND LOCATOR <> ''",
        )?,
        enabled_users: number("SELECT count(*) FROM USERINFO WHERE ENABLE = 1")?,
        mail_server: text(
            "SELECT max(SMTPRELAYSERVERNAME) FROM SYSEMAILPARAMETERS
             WHERE SMTPRELAYSERVERNAME <> ''",
        )?,
        newest_entry: text("SELECT date(max(ACCOUNTINGDATE)) FROM GENERALJOURNALENTRY")?,
    })
}

/// How many rows each table has.
pub(super) fn count_rows(connection: &Connection) -> rusqlite::Result<BTreeMap<String, u64>> {
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?;
    let mut counts = BTreeMap::new();
    for name in names {
        let name = name?;
        let rows = count(connection, &format!("SELECT count(*) FROM \"{name}\""))?;
        counts.insert(name, rows);
    }
    Ok(counts)
}

/// The answer to a query that counts. SQLite's numbers have a sign; a count has none.
fn count(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    connection
        .query_row(sql, [], |row| row.get(0))
        .map(i64::unsigned_abs)
}
