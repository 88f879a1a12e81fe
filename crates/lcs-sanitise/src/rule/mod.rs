//! One rule, and how it is read from a rule file. Each kind has a file of its own.
//!
//! Adding a kind: a file here with `read` (from `Fields`) and `plan` (onto one table), a variant
//! of [`RuleKind`], a line in [`RuleKind::NAMES`], and a line in each match below.

mod administrator;
mod clear_columns;
mod copy_value;
mod empty_tables;
mod fields;
mod set_column;

use std::borrow::Cow;

pub use self::{
    administrator::Administrator, clear_columns::ClearColumns, copy_value::CopyValue,
    empty_tables::EmptyTables, set_column::SetColumn,
};
pub(crate) use fields::Fields;

use crate::{
    direction::Direction,
    plan::{Action, ActionKind, Parameters, Skipped, SkippedBecause},
    rule_set::RuleError,
    schema::TableSchema,
};

/// What must happen to some tables, and who says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The rule's name, unique in its set.
    pub id: String,
    /// What the rule does, for people.
    pub description: String,
    /// The page or script that asks for it.
    pub source: String,
    /// What it does, for the machine.
    pub kind: RuleKind,
}

/// The kinds of rule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RuleKind {
    /// Deletes rows; all of them without a condition.
    EmptyTables(EmptyTables),
    /// Writes one value into a column.
    SetColumn(SetColumn),
    /// Sets columns to NULL, or to the empty value of their type where NULL is refused.
    ClearColumns(ClearColumns),
    /// Writes a value of another table's row into a column.
    CopyValue(CopyValue),
    /// Writes the name of the target environment's administrator into a column.
    Administrator(Administrator),
}

impl RuleKind {
    /// The words that `kind` may have in a rule file.
    pub const NAMES: [&'static str; 5] = [
        "empty_tables",
        "set_column",
        "clear_columns",
        "copy_value",
        "administrator",
    ];
}

impl Rule {
    /// Reads one `[[rule]]`; `None` if its `directions` do not name this one.
    pub(crate) fn read(
        table: toml::Table,
        position: usize,
        direction: Direction,
        default_source: Option<&str>,
    ) -> Result<Option<Self>, RuleError> {
        let mut fields = Fields::new(table, position)?;
        let directions = fields.directions()?;
        let description = fields.text("description")?;
        let source = match fields.optional_text("source")? {
            Some(source) => source,
            None => match default_source {
                Some(source) => source.to_owned(),
                None => return Err(fields.missing("source")),
            },
        };
        let kind = match fields.text("kind")?.as_str() {
            "empty_tables" => RuleKind::EmptyTables(EmptyTables::read(&mut fields)?),
            "set_column" => RuleKind::SetColumn(SetColumn::read(&mut fields)?),
            "clear_columns" => RuleKind::ClearColumns(ClearColumns::read(&mut fields)?),
            "copy_value" => RuleKind::CopyValue(CopyValue::read(&mut fields)?),
            "administrator" => RuleKind::Administrator(Administrator::read(&mut fields)?),
            other => {
                return Err(RuleError::UnknownKind {
                    rule: fields.rule().to_owned(),
                    kind: other.to_owned(),
                });
            }
        };
        let id = fields.finish()?;
        let applies = directions.is_none_or(|directions| directions.contains(&direction));
        Ok(applies.then_some(Self {
            id,
            description,
            source,
            kind,
        }))
    }

    /// The tables that the rule wants to change, as the rule spells them.
    pub fn tables(&self) -> Cow<'_, [String]> {
        let one = |table: &String| Cow::Owned(vec![table.clone()]);
        match &self.kind {
            RuleKind::EmptyTables(it) => Cow::Borrowed(&it.tables),
            RuleKind::SetColumn(it) => one(&it.table),
            RuleKind::ClearColumns(it) => one(&it.table),
            RuleKind::CopyValue(it) => one(&it.table),
            RuleKind::Administrator(it) => one(&it.table),
        }
    }

    /// Adds what the rule means for these tables to `actions`, and what of it does not apply to
    /// `skipped`.
    pub(crate) fn plan(
        &self,
        schema: &[TableSchema],
        parameters: &Parameters,
        (actions, skipped): (&mut Vec<Action>, &mut Vec<Skipped>),
    ) {
        for wanted in self.tables().iter() {
            let mut matching: Vec<&TableSchema> =
                schema.iter().filter(|it| it.is_named(wanted)).collect();
            // A schema has no order of its own; a plan has.
            matching.sort_by(|a, b| a.name.cmp(&b.name));
            if matching.is_empty() {
                skipped.push(self.skipped(wanted, SkippedBecause::NoSuchTable));
            }
            for table in matching {
                for outcome in self.plan_table(table, schema, parameters) {
                    match outcome {
                        Ok(kind) => actions.push(Action {
                            rule_id: self.id.clone(),
                            description: self.description.clone(),
                            table: table.name.clone(),
                            kind,
                        }),
                        Err(because) => skipped.push(self.skipped(&table.name, because)),
                    }
                }
            }
        }
    }

    fn plan_table(
        &self,
        table: &TableSchema,
        schema: &[TableSchema],
        parameters: &Parameters,
    ) -> Vec<Result<ActionKind, SkippedBecause>> {
        match &self.kind {
            RuleKind::EmptyTables(it) => vec![it.plan(table)],
            RuleKind::SetColumn(it) => vec![it.plan(table)],
            RuleKind::ClearColumns(it) => it.plan(table),
            RuleKind::CopyValue(it) => vec![it.plan(table, schema)],
            RuleKind::Administrator(it) => vec![it.plan(table, parameters)],
        }
    }

    fn skipped(&self, table: &str, because: SkippedBecause) -> Skipped {
        Skipped {
            rule_id: self.id.clone(),
            table: table.to_owned(),
            because,
        }
    }
}

/// The name of the column as `table` spells it.
fn column_name(table: &TableSchema, wanted: &str) -> Result<String, SkippedBecause> {
    table
        .column(wanted)
        .map(|column| column.name.clone())
        .ok_or_else(|| SkippedBecause::NoSuchColumn(wanted.to_owned()))
}
