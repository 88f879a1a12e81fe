//! What the companies sell.

use super::generator::Generator;
use super::money::Money;
use super::words::{PRODUCT_KINDS, PRODUCT_LINES};

/// A product; the number decides what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) item: String,
    pub(super) name: String,
    pub(super) group: &'static str,
    pub(super) cost: Money,
    pub(super) price: Money,
    pub(super) weight: Money,
}

impl Product {
    /// The product with this number, from 0.
    pub(super) fn nth(seed: u64, number: u64) -> Self {
        let mut chance = Generator::new(seed, "product", number);
        let (kind, group, cheapest, dearest) = chance.pick(&PRODUCT_KINDS);
        let line = chance.pick(&PRODUCT_LINES);
        let model = chance.between(1, 9) * 100 + chance.between(0, 9) * 10;
        let price = Money::whole(chance.between(*cheapest, *dearest)) + -Money(5);
        Self {
            item: format!("{}{:05}", &kind[..1], number + 1),
            name: format!("{line} {kind} {model}"),
            group,
            cost: price.percent(i64::from(chance.between(48, 68))),
            price,
            weight: Money(i64::from(chance.between(20, 2_500))),
        }
    }
}
