//! The kind `empty_tables`: `tables = ["A", "B"]`, optionally `where`.

use super::Fields;
use crate::{
    condition::Condition,
    plan::{ActionKind, SkippedBecause},
    rule_set::RuleError,
    schema::TableSchema,
};

/// Deletes rows; all of them without a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct EmptyTables {
    /// The tables.
    pub tables: Vec<String>,
    /// Which rows of them; all if there is none.
    pub conditions: Vec<Condition>,
}

impl EmptyTables {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, RuleError> {
        Ok(Self {
            tables: fields.texts("tables")?,
            conditions: fields.conditions("where")?,
        })
    }

    pub(super) fn plan(&self, table: &TableSchema) -> Result<ActionKind, SkippedBecause> {
        Ok(ActionKind::DeleteRows {
            conditions: Condition::resolve_all(&self.conditions, table)
                .map_err(SkippedBecause::NoSuchColumn)?,
        })
    }
}
