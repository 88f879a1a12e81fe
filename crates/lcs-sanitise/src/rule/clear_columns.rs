//! The kind `clear_columns`: `table`, `columns = ["A", "B"]`, optionally `where`.

use super::Fields;
use crate::{
    condition::Condition,
    plan::{ActionKind, SkippedBecause},
    rule_set::RuleError,
    schema::TableSchema,
    value::Value,
};

/// Sets columns to NULL, or to the empty value of their type where NULL is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct ClearColumns {
    /// The table.
    pub table: String,
    /// Its columns; those that do not exist are skipped one by one.
    pub columns: Vec<String>,
    /// Which rows; all if there is none.
    pub conditions: Vec<Condition>,
}

impl ClearColumns {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, RuleError> {
        Ok(Self {
            table: fields.text("table")?,
            columns: fields.texts("columns")?,
            conditions: fields.conditions("where")?,
        })
    }

    pub(super) fn plan(&self, table: &TableSchema) -> Vec<Result<ActionKind, SkippedBecause>> {
        self.columns
            .iter()
            .map(|wanted| {
                let column = table
                    .column(wanted)
                    .ok_or_else(|| SkippedBecause::NoSuchColumn(wanted.clone()))?;
                Ok(ActionKind::SetColumn {
                    column: column.name.clone(),
                    value: Value::cleared(column),
                    conditions: Condition::resolve_all(&self.conditions, table)
                        .map_err(SkippedBecause::NoSuchColumn)?,
                })
            })
            .collect()
    }
}
