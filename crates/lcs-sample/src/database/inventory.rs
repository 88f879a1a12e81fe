//! Products, where they lie, and what came in; what goes out is written with the sales.

use rusqlite::ToSql;

use super::moment::Moment;
use super::money::Money;
use super::products::Product;
use super::table::{Context, Table};
use super::words::{COMPANIES, Company};

/// Site, warehouse; the first is where goods come in.
const WAREHOUSES: [(&str, &str); 5] = [
    ("1", "11"),
    ("1", "12"),
    ("1", "13"),
    ("2", "21"),
    ("2", "22"),
];

/// How many pieces of each product a company has at the start of the history.
const OPENING_STOCK: u32 = 1_500;

/// `StatusIssue` and `StatusReceipt`: settled financially.
pub(super) const SETTLED: i32 = 1;
/// `StatusIssue`: promised but not delivered.
pub(super) const ON_ORDER: i32 = 6;
/// `InventTransType` of a movement that a sales order causes.
pub(super) const CAUSED_BY_SALES: i32 = 0;
const CAUSED_BY_PURCHASE: i32 = 3;

/// One movement of stock.
pub(super) struct Movement<'a> {
    pub(super) id: &'a str,
    pub(super) company: &'a Company,
    pub(super) product: &'a Product,
    /// Negative when goods leave.
    pub(super) quantity: i64,
    pub(super) cost: Money,
    pub(super) category: i32,
    pub(super) reference: &'a str,
    pub(super) dimension: &'a str,
    pub(super) issue_status: i32,
    pub(super) receipt_status: i32,
    pub(super) settled: Option<Moment>,
}

/// The stock movements, while they are being written.
pub(super) struct Stock<'c> {
    origins: Table<'c>,
    movements: Table<'c>,
}

impl<'c> Stock<'c> {
    fn open(context: &Context<'c>) -> rusqlite::Result<Self> {
        Ok(Self {
            origins: context.table(
                "INVENTTRANSORIGIN",
                "DATAAREAID, INVENTTRANSID, ITEMID, REFERENCECATEGORY, REFERENCEID",
            )?,
            movements: context.table(
                "INVENTTRANS",
                "DATAAREAID, INVENTTRANSORIGIN, ITEMID, INVENTDIMID, QTY, COSTAMOUNTPOSTED, \
                 CURRENCYCODE, STATUSISSUE, STATUSRECEIPT, DATEPHYSICAL, DATEFINANCIAL",
            )?,
        })
    }

    pub(super) fn record(&mut self, at: Moment, movement: &Movement<'_>) -> rusqlite::Result<()> {
        let company = movement.company;
        let item = &movement.product.item;
        let origin = self.origins.insert(
            at,
            &[
                &company.id,
                &movement.id,
                item,
                &movement.category,
                &movement.reference,
            ],
        )?;
        let settled: &dyn ToSql = match &movement.settled {
            Some(moment) => moment,
            None => &super::moment::NO_DATE,
        };
        self.movements.insert(
            at,
            &[
                &company.id,
                &origin,
                item,
                &movement.dimension,
                &movement.quantity,
                &movement.cost,
                &company.currency,
                &movement.issue_status,
                &movement.receipt_status,
                settled,
                settled,
            ],
        )?;
        Ok(())
    }
}

/// The products that the companies sell.
pub(super) fn products(context: &Context<'_>) -> Vec<Product> {
    (0..context.plan.products)
        .map(|number| Product::nth(context.plan.seed, number))
        .collect()
}

/// The id of the inventory dimensions of a warehouse, by its position; wraps around.
pub(super) fn warehouse_dimension(position: u64) -> String {
    let count = u64::try_from(WAREHOUSES.len()).expect("five warehouses");
    format!("DIM{:05}", position % count + 1)
}

/// What each company's opening stock is worth.
pub(super) fn opening_value(products: &[Product]) -> Money {
    products
        .iter()
        .map(|product| product.cost.times(OPENING_STOCK))
        .sum()
}

/// Writes the products and their opening stock; sales take from the stock that this returns.
pub(super) fn write<'c>(
    context: &Context<'c>,
    products: &[Product],
) -> rusqlite::Result<Stock<'c>> {
    context
        .connection
        .execute_batch(include_str!("schema/inventory.sql"))?;
    write_dimensions(context)?;
    write_products(context, products)?;
    let mut stock = Stock::open(context)?;
    write_opening_stock(context, products, &mut stock)?;
    Ok(stock)
}

fn write_dimensions(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut dimensions = context.table(
        "INVENTDIM",
        "DATAAREAID, INVENTDIMID, INVENTSITEID, INVENTLOCATIONID",
    )?;
    let at = context.plan.start();
    for company in &COMPANIES {
        dimensions.insert(at, &[&company.id, &"AllBlank", &"", &""])?;
        for (position, (site, warehouse)) in (0..).zip(WAREHOUSES) {
            let id = warehouse_dimension(position);
            dimensions.insert(at, &[&company.id, &id, &site, &warehouse])?;
        }
    }
    Ok(())
}

fn write_products(context: &Context<'_>, products: &[Product]) -> rusqlite::Result<()> {
    let mut shared = context.table(
        "ECORESPRODUCT",
        "DISPLAYPRODUCTNUMBER, SEARCHNAME, PRODUCTTYPE",
    )?;
    let mut names = context.table(
        "ECORESPRODUCTTRANSLATION",
        "PRODUCT, LANGUAGEID, NAME, DESCRIPTION",
    )?;
    let mut items = context.table(
        "INVENTTABLE",
        "DATAAREAID, ITEMID, NAMEALIAS, PRODUCT, ITEMGROUPID, NETWEIGHT, COSTPRICE, SALESPRICE",
    )?;
    let at = context.plan.start();
    for product in products {
        let alias: String = product.name.replace(' ', "").chars().take(20).collect();
        let id = shared.insert(at, &[&product.item, &alias, &1])?;
        let description = format!("{}, with a warranty of two years", product.name);
        names.insert(at, &[&id, &"en-us", &product.name, &description])?;
        for company in &COMPANIES {
            items.insert(
                at,
                &[
                    &company.id,
                    &product.item,
                    &alias,
                    &id,
                    &product.group,
                    &product.weight,
                    &product.cost,
                    &product.price,
                ],
            )?;
        }
    }
    Ok(())
}

fn write_opening_stock(
    context: &Context<'_>,
    products: &[Product],
    stock: &mut Stock<'_>,
) -> rusqlite::Result<()> {
    let at = context.plan.start();
    for company in &COMPANIES {
        for product in products {
            stock.record(
                at,
                &Movement {
                    id: &format!("P{}", product.item),
                    company,
                    product,
                    quantity: i64::from(OPENING_STOCK),
                    cost: product.cost.times(OPENING_STOCK),
                    category: CAUSED_BY_PURCHASE,
                    reference: "OPENING",
                    dimension: &warehouse_dimension(0),
                    issue_status: 0,
                    receipt_status: SETTLED,
                    settled: Some(at),
                },
            )?;
        }
    }
    Ok(())
}
