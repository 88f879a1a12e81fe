//! A sales order as a thing of its own: who ordered what, and how far it has come. No tables here.

use super::generator::Generator;
use super::moment::Moment;
use super::money::Money;
use super::plan::Plan;
use super::products::Product;
use super::trade_partners::Customer;

/// One line of an order.
#[derive(Debug)]
pub(super) struct OrderLine<'p> {
    pub(super) product: &'p Product,
    pub(super) quantity: u32,
    pub(super) discount_percent: u32,
    /// What the line costs the customer, without tax.
    pub(super) amount: Money,
    /// The id of the stock movement that the line causes.
    pub(super) movement: String,
}

/// A sales order; the number decides everything but how far it has come by the plan's end.
#[derive(Debug)]
pub(super) struct Order<'p> {
    pub(super) id: String,
    pub(super) invoice: String,
    pub(super) customer: Customer,
    pub(super) customer_reference: String,
    pub(super) placed: Moment,
    /// When it was delivered and invoiced, if it was.
    pub(super) invoiced: Option<Moment>,
    /// When the customer paid, if they did.
    pub(super) paid: Option<Moment>,
    pub(super) lines: Vec<OrderLine<'p>>,
}

impl<'p> Order<'p> {
    /// The order with this number, from 0.
    pub(super) fn nth(plan: &Plan, products: &'p [Product], number: u64) -> Self {
        let mut chance = Generator::new(plan.seed, "order", number);
        let customer = chance.below(plan.customers_at(number));
        let placed = plan.moment_of(number, plan.orders);
        let happened = |moment: Moment| (moment <= plan.now).then_some(moment);
        let delivery_days = i64::from(chance.between(2, 12));
        let payment_days = i64::from(chance.between(7, 45));
        let invoiced = placed.plus_days(delivery_days);
        let lines = (1..=chance.between(1, 5))
            .map(|line| OrderLine::draw(&mut chance, products, &format!("{number:07}-{line}")))
            .collect();
        Self {
            id: format!("SO{:07}", number + 1),
            invoice: format!("INV{:07}", number + 1),
            customer: Customer::nth(plan.seed, customer),
            customer_reference: format!("PO-{}", chance.between(10_000, 99_999)),
            placed,
            invoiced: happened(invoiced),
            paid: happened(invoiced.plus_days(payment_days)),
            lines,
        }
    }

    /// The sum of the lines, without tax.
    pub(super) fn balance(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The tax on the whole.
    pub(super) fn tax(&self) -> Money {
        self.balance().percent(self.customer.company.tax_percent)
    }

    /// What the goods cost the company.
    pub(super) fn cost(&self) -> Money {
        self.lines.iter().map(OrderLine::cost).sum()
    }
}

impl<'p> OrderLine<'p> {
    fn draw(chance: &mut Generator, products: &'p [Product], movement: &str) -> Self {
        let product = chance.pick(products);
        let quantity = chance.between(1, 24);
        let discount_percent = *chance.pick(&[0, 0, 0, 5, 10]);
        let full = product.price.times(quantity);
        Self {
            product,
            quantity,
            discount_percent,
            amount: full + -full.percent(i64::from(discount_percent)),
            movement: format!("S{movement}"),
        }
    }

    /// What the goods of the line cost the company.
    pub(super) fn cost(&self) -> Money {
        self.product.cost.times(self.quantity)
    }
}
