//! Which tables and columns are emptied or replaced when a database moves: rules in, plan out.
//!
//! Nothing here touches a database. A [`RuleSet`] holds the published rules of one [`Direction`]
//! plus the user's own; [`plan()`] matches it against the tables that exist and yields a [`Plan`]:
//! the [`Action`]s to carry out, in order, and the rules that did not apply. Carrying a plan out and
//! checking that it holds is the business of `lcs-databases`.
//!
//! - [`direction`] – from where to where
//! - [`schema`] – what this crate needs to know of a database
//! - [`rule`] – one rule; each kind of rule in a file of its own
//! - [`rule_set`] – the published rules (`rules/*.toml`) and the user's own
//! - [`condition`], [`value`] – which rows; which values
//! - [`mod@plan`] – the decision
//! - [`not_expressed`] – what the published lists name and a relational copy cannot express

pub mod condition;
pub mod direction;
pub mod not_expressed;
pub mod plan;
pub mod rule;
pub mod rule_set;
pub mod schema;
pub mod value;

pub use condition::{Condition, Test};
pub use direction::Direction;
pub use not_expressed::{NOT_EXPRESSED, NotExpressed};
pub use plan::{Action, ActionKind, Parameters, Plan, Skipped, SkippedBecause, plan};
pub use rule::{Rule, RuleKind};
pub use rule_set::{RuleError, RuleSet};
pub use schema::{ColumnSchema, TableSchema};
pub use value::Value;
