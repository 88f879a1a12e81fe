//! The kind `set_column`: `table`, `column`, `value`, optionally `where`.

use super::{Fields, column_name};
use crate::{
    condition::Condition,
    plan::{ActionKind, SkippedBecause},
    rule_set::RuleError,
    schema::TableSchema,
    value::Value,
};

/// Writes one value into a column.
#[derive(Debug, Clone, PartialEq)]
pub struct SetColumn {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// What the column holds afterwards.
    pub value: Value,
    /// Which rows; all if there is none.
    pub conditions: Vec<Condition>,
}

impl SetColumn {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, RuleError> {
        Ok(Self {
            table: fields.text("table")?,
            column: fields.text("column")?,
            value: fields.value("value")?,
            conditions: fields.conditions("where")?,
        })
    }

    pub(super) fn plan(&self, table: &TableSchema) -> Result<ActionKind, SkippedBecause> {
        Ok(ActionKind::SetColumn {
            column: column_name(table, &self.column)?,
            value: self.value.clone(),
            conditions: Condition::resolve_all(&self.conditions, table)
                .map_err(SkippedBecause::NoSuchColumn)?,
        })
    }
}
