//! What an operation did, table by table: from its journal, for displays beside the API, which
//! does not tell.

use lcs_databases::CopyReport;
use lcs_operations::{Operation, StepName, refresh::sanitise::Sanitised};
use serde::Serialize;

/// What an operation copied and what the sanitisation changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovementReport {
    /// The size of the copy.
    pub bytes: u64,
    /// The rows that were copied, by table.
    pub copied: Vec<CopiedTable>,
    /// The changes that the rules made; rules that found nothing to change are left out.
    pub changes: Vec<SanitisedTable>,
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopiedTable {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: u64,
}

/// A change that a rule made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SanitisedTable {
    /// The table.
    pub table: String,
    /// What was done, in words.
    pub action: String,
    /// How many rows it changed or removed.
    pub rows: u64,
}

impl MovementReport {
    /// Reads the journal; `None` before the copy was sanitised.
    pub(crate) fn of(operation: &Operation) -> Option<Self> {
        let copied: CopyReport = operation.journal.output(StepName::Copy)?;
        let sanitised: Sanitised = operation.journal.output(StepName::Sanitise)?;
        let changes = sanitised
            .report
            .actions
            .into_iter()
            .filter(|action| action.rows > 0);
        Some(Self {
            bytes: copied.bytes,
            copied: copied
                .tables
                .into_iter()
                .map(|table| CopiedTable {
                    table: table.table,
                    rows: table.rows,
                })
                .collect(),
            changes: changes
                .map(|action| SanitisedTable {
                    table: action.table,
                    action: action.action,
                    rows: action.rows,
                })
                .collect(),
        })
    }

    /// The rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.copied.iter().map(|table| table.rows).sum()
    }
}
