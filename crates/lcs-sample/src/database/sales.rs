//! Sales orders, the invoices made from them, and everything that gets into the ledger.

use super::generator::Generator;
use super::inventory::{self, CAUSED_BY_SALES, Movement, ON_ORDER, SETTLED, Stock};
use super::ledger::{Account, Category, Ledger, Voucher};
use super::moment::Moment;
use super::money::Money;
use super::orders::Order;
use super::products::Product;
use super::table::{Context, Table};
use super::words::COMPANIES;

/// `SalesStatus`.
const OPEN: i32 = 1;
const INVOICED: i32 = 3;
/// `DocumentStatus`.
const NOTHING_PRINTED: i32 = 0;
const INVOICE_PRINTED: i32 = 7;

const EXPENSES: [(Account, &str, u32, u32); 5] = [
    (Account::Rent, "Office and warehouse rent", 2_500, 9_000),
    (Account::Wages, "Wages", 8_000, 42_000),
    (Account::Utilities, "Power and water", 300, 2_400),
    (Account::Advertising, "Campaign", 500, 7_500),
    (Account::Travel, "Travel expenses", 80, 2_200),
];

/// The tables of sales, while they are being written.
struct Sales<'c> {
    orders: Table<'c>,
    order_lines: Table<'c>,
    invoices: Table<'c>,
    invoice_lines: Table<'c>,
    stock: Stock<'c>,
    ledger: Ledger<'c>,
}

/// Sells the products from the stock.
pub(super) fn write<'c>(
    context: &Context<'c>,
    products: &[Product],
    stock: Stock<'c>,
) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/sales.sql"))?;
    let mut sales = Sales::open(context, stock)?;
    sales.post_opening(context, inventory::opening_value(products))?;
    for number in 0..context.plan.orders.kept {
        sales.write_order(&Order::nth(context.plan, products, number))?;
    }
    write_expenses(context, &mut sales.ledger)
}

impl<'c> Sales<'c> {
    fn open(context: &Context<'c>, stock: Stock<'c>) -> rusqlite::Result<Self> {
        Ok(Self {
            orders: context.table(
                "SALESTABLE",
                "DATAAREAID, SALESID, SALESNAME, CUSTACCOUNT, INVOICEACCOUNT, CURRENCYCODE, \
                 SALESSTATUS, DOCUMENTSTATUS, PURCHORDERFORMNUM, RECEIPTDATEREQUESTED",
            )?,
            order_lines: context.table(
                "SALESLINE",
                "DATAAREAID, SALESID, LINENUM, ITEMID, NAME, SALESQTY, SALESUNIT, SALESPRICE, \
                 LINEPERCENT, LINEAMOUNT, CURRENCYCODE, SALESSTATUS, INVENTTRANSID, INVENTDIMID",
            )?,
            invoices: context.table(
                "CUSTINVOICEJOUR",
                "DATAAREAID, INVOICEID, SALESID, ORDERACCOUNT, INVOICEACCOUNT, INVOICEDATE, \
                 DUEDATE, CURRENCYCODE, SALESBALANCE, SUMTAX, INVOICEAMOUNT, LEDGERVOUCHER",
            )?,
            invoice_lines: context.table(
                "CUSTINVOICETRANS",
                "DATAAREAID, INVOICEID, LINENUM, ITEMID, NAME, QTY, SALESPRICE, LINEAMOUNT, \
                 INVENTTRANSID, INVOICEDATE",
            )?,
            stock,
            ledger: Ledger::open(context)?,
        })
    }

    /// The owners bring goods and money.
    fn post_opening(&mut self, context: &Context<'_>, stock: Money) -> rusqlite::Result<()> {
        for company in &COMPANIES {
            let voucher = Voucher {
                number: "OPEN0001",
                company,
                date: context.plan.start(),
                category: Category::Opening,
                text: "Opening balance",
            };
            let amounts = [
                (Account::Bank, Money::whole(2_500_000)),
                (Account::Inventory, stock),
            ];
            self.ledger
                .post(&voucher, &amounts, Account::ShareCapital)?;
        }
        Ok(())
    }

    fn write_order(&mut self, order: &Order<'_>) -> rusqlite::Result<()> {
        let customer = &order.customer;
        let (status, document) = match order.invoiced {
            Some(_) => (INVOICED, INVOICE_PRINTED),
            None => (OPEN, NOTHING_PRINTED),
        };
        self.orders.insert(
            order.invoiced.unwrap_or(order.placed),
            &[
                &customer.company.id,
                &order.id,
                &customer.party.name,
                &customer.account,
                &customer.account,
                &customer.company.currency,
                &status,
                &document,
                &order.customer_reference,
                &order.placed.plus_days(7).day(),
            ],
        )?;
        self.write_order_lines(order, status)?;
        if let Some(invoiced) = order.invoiced {
            self.write_invoice(order, invoiced)?;
            self.post_sale(order, invoiced)?;
        }
        Ok(())
    }

    fn write_order_lines(&mut self, order: &Order<'_>, status: i32) -> rusqlite::Result<()> {
        let company = order.customer.company;
        for (number, line) in (1_u32..).zip(&order.lines) {
            let dimension = inventory::warehouse_dimension(u64::from(line.quantity));
            let product = line.product;
            self.order_lines.insert(
                order.placed,
                &[
                    &company.id,
                    &order.id,
                    &number,
                    &product.item,
                    &product.name,
                    &line.quantity,
                    &"ea",
                    &product.price,
                    &line.discount_percent,
                    &line.amount,
                    &company.currency,
                    &status,
                    &line.movement,
                    &dimension,
                ],
            )?;
            let (cost, issue_status) = match order.invoiced {
                Some(_) => (-line.cost(), SETTLED),
                None => (Money::default(), ON_ORDER),
            };
            let movement = Movement {
                id: &line.movement,
                company,
                product,
                quantity: -i64::from(line.quantity),
                cost,
                category: CAUSED_BY_SALES,
                reference: &order.id,
                dimension: &dimension,
                issue_status,
                receipt_status: 0,
                settled: order.invoiced,
            };
            self.stock.record(order.placed, &movement)?;
        }
        Ok(())
    }

    fn write_invoice(&mut self, order: &Order<'_>, date: Moment) -> rusqlite::Result<()> {
        let customer = &order.customer;
        let day = date.day();
        let (balance, tax) = (order.balance(), order.tax());
        self.invoices.insert(
            date,
            &[
                &customer.company.id,
                &order.invoice,
                &order.id,
                &customer.account,
                &customer.account,
                &day,
                &day.plus_days(30),
                &customer.company.currency,
                &balance,
                &tax,
                &(balance + tax),
                &order.invoice,
            ],
        )?;
        for (number, line) in (1_u32..).zip(&order.lines) {
            self.invoice_lines.insert(
                date,
                &[
                    &customer.company.id,
                    &order.invoice,
                    &number,
                    &line.product.item,
                    &line.product.name,
                    &line.quantity,
                    &line.product.price,
                    &line.amount,
                    &line.movement,
                    &day,
                ],
            )?;
        }
        Ok(())
    }

    fn post_sale(&mut self, order: &Order<'_>, date: Moment) -> rusqlite::Result<()> {
        let company = order.customer.company;
        let text = format!("{} {}", order.id, order.customer.account);
        let sale = Voucher {
            number: &order.invoice,
            company,
            date,
            category: Category::Sale,
            text: &text,
        };
        let (balance, tax, cost) = (order.balance(), order.tax(), order.cost());
        let amounts = [
            (Account::Revenue, -balance),
            (Account::OutputTax, -tax),
            (Account::CostOfGoods, cost),
            (Account::Inventory, -cost),
        ];
        self.ledger.post(&sale, &amounts, Account::Receivable)?;
        let Some(paid) = order.paid else {
            return Ok(());
        };
        let payment = Voucher {
            number: &order.invoice.replace("INV", "PAY"),
            date: paid,
            category: Category::Payment,
            ..sale
        };
        let amounts = [(Account::Bank, balance + tax)];
        self.ledger.post(&payment, &amounts, Account::Receivable)
    }
}

/// Rent, wages and the like, entered in journals and paid at once.
fn write_expenses(context: &Context<'_>, ledger: &mut Ledger<'_>) -> rusqlite::Result<()> {
    let mut journals = context.table(
        "LEDGERJOURNALTABLE",
        "DATAAREAID, JOURNALNUM, JOURNALNAME, NAME, POSTED, POSTEDDATETIME, CURRENCYCODE",
    )?;
    for number in 0..context.plan.expenses.kept {
        let mut chance: Generator = context.chance("expense", number);
        let company = chance.pick(&COMPANIES);
        let (account, text, least, most) = chance.pick(&EXPENSES);
        let amount = Money::whole(chance.between(*least, *most));
        let date = context.plan.moment_of(number, context.plan.expenses);
        let journal = format!("{:08}", number + 1);
        journals.insert(
            date,
            &[
                &company.id,
                &journal,
                &"GenJrn",
                text,
                &1,
                &date,
                &company.currency,
            ],
        )?;
        let voucher = Voucher {
            number: &format!("GNJL{:07}", number + 1),
            company,
            date,
            category: Category::Expense,
            text,
        };
        let amounts = [
            (*account, amount),
            (Account::InputTax, amount.percent(company.tax_percent)),
        ];
        ledger.post(&voucher, &amounts, Account::Bank)?;
    }
    Ok(())
}
