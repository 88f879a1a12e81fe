//! What each step of a movement found and did; stored in the journal of an operation.

use serde::{Deserialize, Serialize};

/// How many rows a table has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The table's name as the database spells it.
    pub table: String,
    /// Its rows.
    pub rows: u64,
}

/// What a copy holds, counted on the copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyReport {
    /// The size of the copy.
    pub bytes: u64,
    /// The same in pages.
    pub pages: u64,
    /// Every table, in the order of their names.
    pub tables: Vec<TableRows>,
    /// Rows whose foreign key points nowhere; the source had them, and no more may follow.
    pub foreign_key_violations: u64,
}

impl CopyReport {
    /// The rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|it| it.rows).sum()
    }
}

/// What one action of a plan changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRows {
    /// The rule that asked for it.
    pub rule_id: String,
    /// The table.
    pub table: String,
    /// What was done, in words: `set ENABLE to 0 where …`.
    pub action: String,
    /// How many rows it changed or deleted; rows that were right already are not counted.
    pub rows: u64,
}

/// What sanitising did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SanitiseReport {
    /// One entry for each action of the plan, in its order.
    pub actions: Vec<ActionRows>,
    /// Every table afterwards, in the order of their names.
    pub tables: Vec<TableRows>,
}

/// What was checked and found right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// The size of the verified database.
    pub bytes: u64,
    /// Every table, in the order of their names.
    pub tables: Vec<TableRows>,
    /// How many actions were found to hold.
    pub actions: u64,
}
