//! How much of everything a database holds, and how far its history reaches. Pure arithmetic.
//!
//! Production's history is five hundred days long and ends at the given instant. A sandbox is
//! production as it stood when it was last refreshed, some months earlier: the same documents in
//! the same order, cut off at that day.

use super::generator::fingerprint;
use super::moment::Moment;
use super::{DatabaseOptions, Environment};

/// The length of production's history.
const HISTORY_DAYS: u64 = 500;
/// The fewest rows for which every table has something in it.
const FEWEST_ROWS: u64 = 1_000;
const SECONDS_A_DAY: u64 = 86_400;

/// How many of a thing production has, and how many of those this database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) full: u64,
    pub(super) kept: u64,
}

/// What a database holds.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) environment: Environment,
    /// The instant at which the history ends.
    pub(super) now: Moment,
    start: Moment,
    pub(super) customers: Share,
    pub(super) vendors: u64,
    pub(super) products: u64,
    pub(super) orders: Share,
    pub(super) expenses: Share,
    pub(super) batch_runs: Share,
    pub(super) changes: Share,
    pub(super) attachments: Share,
}

impl Plan {
    pub(super) fn new(options: &DatabaseOptions) -> Self {
        let rows = options.rows.max(FEWEST_ROWS);
        let age = age_days(&options.environment);
        let per_mille = |share: u64, fewest: u64| (rows * share / 1000).max(fewest);
        let grown = |full: u64| Share {
            full,
            kept: (full * (HISTORY_DAYS - age)).div_ceil(HISTORY_DAYS),
        };
        let orders = grown(per_mille(33, 30));
        let customers = per_mille(16, 12);
        let as_of = Moment::new(options.as_of);
        let days = |days: u64| i64::try_from(days).expect("a few hundred days");
        Self {
            seed: options.seed,
            environment: options.environment.clone(),
            now: as_of.plus_days(-days(age)),
            start: as_of.plus_days(-days(HISTORY_DAYS)),
            customers: Share {
                full: customers,
                kept: known_by(customers, orders.kept, orders.full),
            },
            vendors: per_mille(5, 6),
            products: per_mille(4, 12),
            orders,
            expenses: grown(per_mille(8, 10)),
            batch_runs: grown(per_mille(10, 12)),
            changes: grown(per_mille(14, 8)),
            attachments: grown(per_mille(7, 10)),
        }
    }

    /// How many customers are known when the order with this number is placed: half of them at the
    /// start of the history, all of them at its end.
    pub(super) fn customers_at(&self, order: u64) -> u64 {
        known_by(self.customers.full, order, self.orders.full)
    }

    /// When the customer with this number became known; agrees with [`Plan::customers_at`].
    pub(super) fn customer_since(&self, number: u64) -> Moment {
        let behind_the_first_half = (2 * number).saturating_sub(self.customers.full);
        self.moment_of(behind_the_first_half, self.customers)
    }

    /// When the thing with this number happened, its like being spread evenly over the history.
    pub(super) fn moment_of(&self, number: u64, share: Share) -> Moment {
        let seconds = u128::from(HISTORY_DAYS * SECONDS_A_DAY) * u128::from(number)
            / u128::from(share.full.max(1));
        let seconds = i64::try_from(seconds).expect("within the history");
        let moment = self.start.plus_seconds(seconds);
        moment.in_working_hours().min(self.now)
    }

    /// The first instant of the history.
    pub(super) const fn start(&self) -> Moment {
        self.start
    }

    /// Whether this is the live system.
    pub(super) const fn is_production(&self) -> bool {
        matches!(self.environment, Environment::Production)
    }
}

fn known_by(customers: u64, order: u64, orders: u64) -> u64 {
    customers * (order + orders) / (2 * orders.max(1))
}

/// How many days ago the environment last received production's data; a sandbox's name decides, so
/// that two sandboxes are of different age.
fn age_days(environment: &Environment) -> u64 {
    match environment {
        Environment::Production => 0,
        Environment::Sandbox { name } => 120 + fingerprint(name) % 160,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(environment: Environment) -> DatabaseOptions {
        DatabaseOptions {
            rows: 10_000,
            seed: 1,
            environment,
            as_of: "2026-08-14T08:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_sandbox_has_the_beginning_of_productions_history() {
        let production = Plan::new(&options(Environment::Production));
        let name = "Contoso-UAT".to_owned();
        let sandbox = Plan::new(&options(Environment::Sandbox { name }));
        assert_eq!(production.orders.kept, production.orders.full);
        assert_eq!(sandbox.orders.full, production.orders.full);
        assert!(sandbox.orders.kept < production.orders.kept);
        assert!(sandbox.now < production.now);
        assert_eq!(
            sandbox.moment_of(10, sandbox.orders),
            production.moment_of(10, production.orders)
        );
    }

    #[test]
    fn nobody_orders_before_they_are_known() {
        for environment in [
            Environment::Production,
            Environment::Sandbox {
                name: "X".to_owned(),
            },
        ] {
            let plan = Plan::new(&options(environment));
            for order in 0..plan.orders.kept {
                assert!((1..=plan.customers.kept).contains(&plan.customers_at(order)));
                assert!(plan.moment_of(order, plan.orders) <= plan.now);
            }
        }
    }
}
