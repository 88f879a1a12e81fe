//! Customers and vendors.

use super::generator::Generator;
use super::money::Money;
use super::parties::{AddressBook, Party};
use super::table::Context;
use super::words::{COMPANIES, Company};

const CUSTOMER_GROUPS: [(&str, &str, &str); 4] = [
    ("10", "Wholesale customers", "Net30"),
    ("20", "Major customers", "Net30"),
    ("30", "Retail customers", "Net10"),
    ("80", "Other customers", "Net14"),
];

const VENDOR_GROUPS: [(&str, &str, &str); 3] = [
    ("10", "Parts vendors", "Net30"),
    ("20", "Service vendors", "Net14"),
    ("30", "Utilities", "Net10"),
];

/// A customer; the number decides who it is.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) account: String,
    pub(super) company: &'static Company,
    pub(super) party: Party,
    group: &'static (&'static str, &'static str, &'static str),
    credit: Money,
    chance: Generator,
}

impl Customer {
    /// The customer with this number, from 0.
    pub(super) fn nth(seed: u64, number: u64) -> Self {
        let mut chance = Generator::new(seed, "customer", number);
        let party = Party::draw(&mut chance, 35);
        Self {
            account: format!("C{:07}", number + 1),
            company: company_of(number),
            party,
            group: chance.pick(&CUSTOMER_GROUPS),
            credit: Money::whole(chance.between(1, 40) * 5_000),
            chance,
        }
    }
}

/// Two of three trade partners belong to the first company.
fn company_of(number: u64) -> &'static Company {
    &COMPANIES[usize::from(number % 3 == 2)]
}

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/trade_partners.sql"))?;
    let mut book = AddressBook::open(context)?;
    write_groups(context)?;
    write_customers(context, &mut book)?;
    write_vendors(context, &mut book)
}

fn write_groups(context: &Context<'_>) -> rusqlite::Result<()> {
    let groups: [(&str, &[_]); 2] = [
        ("CUSTGROUP", &CUSTOMER_GROUPS),
        ("VENDGROUP", &VENDOR_GROUPS),
    ];
    for (name, rows) in groups {
        let columns = format!("DATAAREAID, {name}, NAME, PAYMTERMID");
        let mut table = context.table(name, &columns)?;
        for company in &COMPANIES {
            for (group, description, term) in rows {
                table.insert(
                    context.plan.start(),
                    &[&company.id, group, description, term],
                )?;
            }
        }
    }
    Ok(())
}

fn write_customers(context: &Context<'_>, book: &mut AddressBook<'_>) -> rusqlite::Result<()> {
    let mut table = context.table(
        "CUSTTABLE",
        "DATAAREAID, ACCOUNTNUM, PARTY, CUSTGROUP, CURRENCY, PAYMTERMID, CREDITMAX, INVOICEACCOUNT",
    )?;
    for number in 0..context.plan.customers.kept {
        let at = context.plan.customer_since(number);
        let mut customer = Customer::nth(context.plan.seed, number);
        let company = customer.company;
        let party = book.enter(&customer.party, company, at, &mut customer.chance)?;
        let (group, _, term) = customer.group;
        table.insert(
            at,
            &[
                &company.id,
                &customer.account,
                &party,
                group,
                &company.currency,
                term,
                &customer.credit,
                &customer.account,
            ],
        )?;
    }
    Ok(())
}

fn write_vendors(context: &Context<'_>, book: &mut AddressBook<'_>) -> rusqlite::Result<()> {
    let mut table = context.table(
        "VENDTABLE",
        "DATAAREAID, ACCOUNTNUM, PARTY, VENDGROUP, CURRENCY, PAYMTERMID",
    )?;
    for number in 0..context.plan.vendors {
        let at = context.plan.start();
        let mut chance = context.chance("vendor", number);
        let party = Party::draw(&mut chance, 5);
        let company = company_of(number);
        let party = book.enter(&party, company, at, &mut chance)?;
        let (group, _, term) = chance.pick(&VENDOR_GROUPS);
        let account = format!("V{:06}", number + 1);
        table.insert(
            at,
            &[
                &company.id,
                &account,
                &party,
                group,
                &company.currency,
                term,
            ],
        )?;
    }
    Ok(())
}
