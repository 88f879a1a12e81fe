//! The kind `administrator`: `table`, `column`, optionally `where`; the value is a parameter.

use super::{Fields, column_name};
use crate::{
    condition::Condition,
    plan::{ActionKind, Parameters, SkippedBecause},
    rule_set::RuleError,
    schema::TableSchema,
    value::Value,
};

/// Writes the name of the target environment's administrator into a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Administrator {
    /// The table of the users.
    pub table: String,
    /// The column that holds a user's sign-in name.
    pub column: String,
    /// Which rows are the administrator's.
    pub conditions: Vec<Condition>,
}

impl Administrator {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, RuleError> {
        Ok(Self {
            table: fields.text("table")?,
            column: fields.text("column")?,
            conditions: fields.conditions("where")?,
        })
    }

    pub(super) fn plan(
        &self,
        table: &TableSchema,
        parameters: &Parameters,
    ) -> Result<ActionKind, SkippedBecause> {
        let administrator = parameters
            .administrator
            .clone()
            .ok_or(SkippedBecause::NoAdministrator)?;
        Ok(ActionKind::SetColumn {
            column: column_name(table, &self.column)?,
            value: Value::Text(administrator),
            conditions: Condition::resolve_all(&self.conditions, table)
                .map_err(SkippedBecause::NoSuchColumn)?,
        })
    }
}
