//! The general ledger: chart of accounts, and the one door through which entries get in.

use super::moment::Moment;
use super::money::Money;
use super::table::{Context, Table, rec_id};
use super::words::{COMPANIES, Company};

/// An account that something is posted to; the order is that of [`CHART`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    Bank,
    Receivable,
    Inventory,
    InputTax,
    OutputTax,
    ShareCapital,
    Revenue,
    CostOfGoods,
    Rent,
    Wages,
    Utilities,
    Advertising,
    Travel,
}

/// Number, name, `DimensionLedgerAccountType` (balance sheet 3 to 5, revenue 1, expense 2).
const CHART: [(&str, &str, i32); 13] = [
    ("110110", "Bank account", 4),
    ("130100", "Accounts receivable", 4),
    ("140200", "Finished goods", 4),
    ("130700", "Recoverable tax", 4),
    ("202110", "Sales tax payable", 5),
    ("300110", "Share capital", 3),
    ("401100", "Sales revenue", 1),
    ("510110", "Cost of goods sold", 2),
    ("605110", "Rent", 2),
    ("602100", "Wages and salaries", 2),
    ("605120", "Utilities", 2),
    ("606300", "Advertising", 2),
    ("606100", "Travel", 2),
];

/// What kind of event an entry comes from (`LedgerTransType`).
#[derive(Debug, Clone, Copy)]
pub(super) enum Category {
    Opening,
    Expense,
    Sale,
    Payment,
}

/// The event that an entry records.
pub(super) struct Voucher<'a> {
    pub(super) number: &'a str,
    pub(super) company: &'a Company,
    pub(super) date: Moment,
    pub(super) category: Category,
    pub(super) text: &'a str,
}

/// The ledger, while it is being written.
pub(super) struct Ledger<'c> {
    entries: Table<'c>,
    lines: Table<'c>,
    count: u64,
}

impl<'c> Ledger<'c> {
    /// Makes the tables and the chart of accounts.
    pub(super) fn open(context: &Context<'c>) -> rusqlite::Result<Self> {
        context
            .connection
            .execute_batch(include_str!("schema/ledger.sql"))?;
        write_chart(context)?;
        Ok(Self {
            entries: context.table(
                "GENERALJOURNALENTRY",
                "JOURNALNUMBER, SUBLEDGERVOUCHER, SUBLEDGERVOUCHERDATAAREAID, ACCOUNTINGDATE, \
                 DOCUMENTDATE, JOURNALCATEGORY, LEDGER",
            )?,
            lines: context.table(
                "GENERALJOURNALACCOUNTENTRY",
                "GENERALJOURNALENTRY, LEDGERDIMENSION, MAINACCOUNT, ACCOUNTINGCURRENCYAMOUNT, \
                 TRANSACTIONCURRENCYAMOUNT, TRANSACTIONCURRENCYCODE, ISCREDIT, POSTINGTYPE, TEXT",
            )?,
            count: 0,
        })
    }

    /// Posts these amounts, debits positive, and their counterpart to `balancing`, so that the
    /// entry always sums to zero.
    pub(super) fn post(
        &mut self,
        voucher: &Voucher<'_>,
        amounts: &[(Account, Money)],
        balancing: Account,
    ) -> rusqlite::Result<()> {
        self.count += 1;
        let number = format!("GJ{:09}", self.count);
        let day = voucher.date.day();
        let category = match voucher.category {
            Category::Opening => 12,
            Category::Expense => 0,
            Category::Sale => 2,
            Category::Payment => 15,
        };
        let entry = self.entries.insert(
            voucher.date,
            &[
                &number,
                &voucher.number,
                &voucher.company.id,
                &day,
                &day,
                &category,
                &ledger_of(voucher.company),
            ],
        )?;
        let rest = -amounts.iter().map(|(_, amount)| *amount).sum::<Money>();
        for (account, amount) in amounts.iter().copied().chain([(balancing, rest)]) {
            if amount != Money::default() {
                self.add_line(entry, voucher, account, amount)?;
            }
        }
        Ok(())
    }

    fn add_line(
        &mut self,
        entry: i64,
        voucher: &Voucher<'_>,
        account: Account,
        amount: Money,
    ) -> rusqlite::Result<()> {
        let account = account_rec_id(account);
        self.lines.insert(
            voucher.date,
            &[
                &entry,
                &account,
                &account,
                &amount,
                &amount,
                &voucher.company.currency,
                &i32::from(amount < Money::default()),
                &14,
                &voucher.text,
            ],
        )?;
        Ok(())
    }
}

/// The record id of an account, and of the one combination of dimensions that has it.
fn account_rec_id(account: Account) -> i64 {
    rec_id(account as u64)
}

fn ledger_of(company: &Company) -> i64 {
    let position = COMPANIES.iter().position(|each| each.id == company.id);
    rec_id(u64::from(position == Some(1)))
}

fn write_chart(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let chart = context
        .table("LEDGERCHARTOFACCOUNTS", "NAME, DESCRIPTION")?
        .insert(at, &[&"Shared", &"Chart of accounts of all companies"])?;
    let mut ledgers = context.table(
        "LEDGER",
        "NAME, DESCRIPTION, CHARTOFACCOUNTS, ACCOUNTINGCURRENCY, PRIMARYFORLEGALENTITY",
    )?;
    for company in &COMPANIES {
        ledgers.insert(
            at,
            &[
                &company.id,
                &company.name,
                &chart,
                &company.currency,
                &company.id,
            ],
        )?;
    }
    let mut accounts = context.table(
        "MAINACCOUNT",
        "MAINACCOUNTID, NAME, TYPE, LEDGERCHARTOFACCOUNTS",
    )?;
    let mut combinations = context.table(
        "DIMENSIONATTRIBUTEVALUECOMBINATION",
        "DISPLAYVALUE, MAINACCOUNT, LEDGERDIMENSIONTYPE, HASH",
    )?;
    for (position, (number, name, kind)) in (0..).zip(CHART) {
        let account = accounts.insert(at, &[&number, &name, &kind, &chart])?;
        let hash = context.chance("combination", position).guid();
        combinations.insert(at, &[&number, &account, &0, &hash])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_stands_at_its_place_in_the_chart() {
        let places = [
            (Account::Bank, "Bank account"),
            (Account::Receivable, "Accounts receivable"),
            (Account::Inventory, "Finished goods"),
            (Account::InputTax, "Recoverable tax"),
            (Account::OutputTax, "Sales tax payable"),
            (Account::ShareCapital, "Share capital"),
            (Account::Revenue, "Sales revenue"),
            (Account::CostOfGoods, "Cost of goods sold"),
            (Account::Rent, "Rent"),
            (Account::Wages, "Wages and salaries"),
            (Account::Utilities, "Utilities"),
            (Account::Advertising, "Advertising"),
            (Account::Travel, "Travel"),
        ];
        assert_eq!(places.len(), CHART.len());
        for (account, name) in places {
            assert_eq!(CHART[account as usize].1, name);
        }
    }
}
