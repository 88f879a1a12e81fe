//! The decision what happens to which table: a pure function of rules and tables.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    condition::Condition, direction::Direction, rule_set::RuleSet, schema::TableSchema,
    value::Value,
};

/// What the rules need to know of the target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// The sign-in name of the target environment's administrator; the account `Admin` becomes
    /// theirs. Without one, the account keeps the source's.
    pub administrator: Option<String>,
}

/// What is to be done to a copy, in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The direction the rules were for.
    pub direction: Direction,
    /// What applies: every table and column in it exists, spelt as the database spells it.
    pub actions: Vec<Action>,
    /// What of the rules does not apply, and why.
    pub skipped: Vec<Skipped>,
}

/// One change of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The rule that asks for it.
    pub rule_id: String,
    /// The rule's description.
    pub description: String,
    /// The table, spelt as the database spells it.
    pub table: String,
    /// The change.
    pub kind: ActionKind,
}

/// The kinds of change. Each leaves the same table when done twice as when done once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Delete the rows that meet all conditions; every row if there is none.
    DeleteRows {
        /// Which rows.
        conditions: Vec<Condition>,
    },
    /// Write a value into a column of the rows that meet all conditions.
    SetColumn {
        /// The column.
        column: String,
        /// What it holds afterwards.
        value: Value,
        /// Which rows.
        conditions: Vec<Condition>,
    },
    /// Write the value found in another table into a column of the rows that meet all conditions;
    /// change nothing if there is no such row.
    CopyValue {
        /// The column that is written.
        column: String,
        /// Which rows are written.
        conditions: Vec<Condition>,
        /// The table that is read.
        from_table: String,
        /// The column that is read.
        from_column: String,
        /// Which row is read: the one with the smallest value among those that meet all these.
        from_conditions: Vec<Condition>,
    },
}

/// A rule, or a part of it, that does not apply to the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The rule.
    pub rule_id: String,
    /// The table it is about.
    pub table: String,
    /// Why it does not apply.
    pub because: SkippedBecause,
}

/// Why a rule does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkippedBecause {
    /// The table does not exist.
    NoSuchTable,
    /// The table to read from does not exist.
    NoSuchSourceTable(String),
    /// A column that is changed or looked at does not exist.
    NoSuchColumn(String),
    /// The target's administrator is not known.
    NoAdministrator,
}

/// Matches the rules against the tables that exist.
///
/// Actions stand in the order of the rules; within a rule in the order in which it names tables and
/// columns. The order of `schema` does not matter.
pub fn plan(rules: &RuleSet, schema: &[TableSchema], parameters: &Parameters) -> Plan {
    let (mut actions, mut skipped) = (Vec::new(), Vec::new());
    for rule in rules.rules() {
        rule.plan(schema, parameters, (&mut actions, &mut skipped));
    }
    Plan {
        direction: rules.direction(),
        actions,
        skipped,
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions = match self {
            Self::DeleteRows { conditions } if conditions.is_empty() => {
                f.write_str("delete all rows")?;
                conditions
            }
            Self::DeleteRows { conditions } => {
                f.write_str("delete rows")?;
                conditions
            }
            Self::SetColumn {
                column,
                value,
                conditions,
            } => {
                write!(f, "set {column} to {value}")?;
                conditions
            }
            Self::CopyValue {
                column,
                conditions,
                from_table,
                from_column,
                from_conditions,
            } => {
                write!(f, "set {column} to {from_table}.{from_column}")?;
                write_conditions(f, " of the row where ", from_conditions)?;
                conditions
            }
        };
        write_conditions(f, " where ", conditions)
    }
}

fn write_conditions(
    f: &mut fmt::Formatter<'_>,
    lead: &str,
    conditions: &[Condition],
) -> fmt::Result {
    for (index, condition) in conditions.iter().enumerate() {
        f.write_str(if index == 0 { lead } else { " and " })?;
        write!(f, "{condition}")?;
    }
    Ok(())
}

impl fmt::Display for SkippedBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchTable => f.write_str("the table does not exist"),
            Self::NoSuchSourceTable(table) => write!(f, "the table {table} does not exist"),
            Self::NoSuchColumn(column) => write!(f, "the column {column} does not exist"),
            Self::NoAdministrator => f.write_str("the target's administrator is not known"),
        }
    }
}
