//! The kind `copy_value`: `table`, `column`, `from_table`, `from_column`, `from_where`,
//! optionally `where`.

use super::{Fields, column_name};
use crate::{
    condition::Condition,
    plan::{ActionKind, SkippedBecause},
    rule_set::RuleError,
    schema::TableSchema,
};

/// Writes a value of another table's row into a column.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyValue {
    /// The table that is changed.
    pub table: String,
    /// Its column.
    pub column: String,
    /// The table that is read.
    pub from_table: String,
    /// The column that is read.
    pub from_column: String,
    /// The row that is read: the first that meets these. Without such a row nothing is changed.
    pub from_conditions: Vec<Condition>,
    /// Which rows are changed; all if there is none.
    pub conditions: Vec<Condition>,
}

impl CopyValue {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, RuleError> {
        Ok(Self {
            table: fields.text("table")?,
            column: fields.text("column")?,
            from_table: fields.text("from_table")?,
            from_column: fields.text("from_column")?,
            from_conditions: fields.conditions("from_where")?,
            conditions: fields.conditions("where")?,
        })
    }

    pub(super) fn plan(
        &self,
        table: &TableSchema,
        schema: &[TableSchema],
    ) -> Result<ActionKind, SkippedBecause> {
        let from = schema
            .iter()
            .filter(|it| it.is_named(&self.from_table))
            .min_by(|a, b| a.name.cmp(&b.name))
            .ok_or_else(|| SkippedBecause::NoSuchSourceTable(self.from_table.clone()))?;
        Ok(ActionKind::CopyValue {
            column: column_name(table, &self.column)?,
            conditions: Condition::resolve_all(&self.conditions, table)
                .map_err(SkippedBecause::NoSuchColumn)?,
            from_table: from.name.clone(),
            from_column: column_name(from, &self.from_column)?,
            from_conditions: Condition::resolve_all(&self.from_conditions, from)
                .map_err(SkippedBecause::NoSuchColumn)?,
        })
    }
}
