//! Actions of a plan as SQL. Names are quoted, values are parameters.

use lcs_sanitise::{Action, ActionKind, Condition, Test, Value};
use rusqlite::types::Value as SqlValue;

/// SQL and the values for its question marks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) parameters: Vec<SqlValue>,
}

impl Statement {
    fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            parameters: Vec::new(),
        }
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn push_value(&mut self, value: SqlValue) {
        self.sql.push('?');
        self.parameters.push(value);
    }

    fn append(&mut self, other: Self) {
        self.sql.push_str(&other.sql);
        self.parameters.extend(other.parameters);
    }
}

/// A name in double quotes, whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Carries the action out. Touches only rows that are not right yet, so that the number of changed
/// rows means something and a second run changes nothing.
pub(super) fn change(action: &Action) -> Statement {
    let table = quoted(&action.table);
    match &action.kind {
        ActionKind::DeleteRows { conditions } => {
            let mut statement = Statement::new(format!("DELETE FROM {table}"));
            if !conditions.is_empty() {
                statement.push(" WHERE ");
                statement.append(all_of(conditions));
            }
            statement
        }
        ActionKind::SetColumn { column, .. } | ActionKind::CopyValue { column, .. } => {
            let mut statement = Statement::new(format!("UPDATE {table} SET {} = ", quoted(column)));
            if let Some(value) = written(&action.kind) {
                statement.append(value);
            }
            statement.push(" WHERE ");
            statement.append(not_right(&action.kind, &[]));
            statement
        }
    }
}

/// Counts the rows for which the action does not hold.
///
/// A later action may write the same column (a user's own rule refines a published one); what it
/// writes is right as well.
pub(super) fn count_not_right(action: &Action, later: &[Action]) -> Statement {
    let mut statement = Statement::new(format!(
        "SELECT count(*) FROM {} WHERE ",
        quoted(&action.table)
    ));
    let same_column: Vec<&ActionKind> = later
        .iter()
        .filter(|it| it.table == action.table)
        .map(|it| &it.kind)
        .filter(|it| column_of(it).is_some() && column_of(it) == column_of(&action.kind))
        .collect();
    statement.append(not_right(&action.kind, &same_column));
    statement
}

fn column_of(kind: &ActionKind) -> Option<&str> {
    match kind {
        ActionKind::DeleteRows { .. } => None,
        ActionKind::SetColumn { column, .. } | ActionKind::CopyValue { column, .. } => Some(column),
    }
}

/// What the action writes; nothing for one that deletes.
fn written(kind: &ActionKind) -> Option<Statement> {
    match kind {
        ActionKind::DeleteRows { .. } => None,
        ActionKind::SetColumn { value, .. } => {
            let mut statement = Statement::new("");
            statement.push_value(sql_value(value));
            Some(statement)
        }
        ActionKind::CopyValue {
            from_table,
            from_column,
            from_conditions,
            ..
        } => {
            let mut statement = Statement::new(format!(
                "(SELECT min({}) FROM {} WHERE ",
                quoted(from_column),
                quoted(from_table)
            ));
            statement.append(all_of(from_conditions));
            statement.push(")");
            Some(statement)
        }
    }
}

/// Holds for the rows that the action still has to change.
fn not_right(kind: &ActionKind, also_right: &[&ActionKind]) -> Statement {
    let (column, conditions) = match kind {
        ActionKind::DeleteRows { conditions } => return all_of(conditions),
        ActionKind::SetColumn {
            column, conditions, ..
        }
        | ActionKind::CopyValue {
            column, conditions, ..
        } => (quoted(column), conditions),
    };
    let mut statement = all_of(conditions);
    for right in std::iter::once(&kind).chain(also_right) {
        if let Some(value) = written(right) {
            statement.push(&format!(" AND {column} IS NOT "));
            statement.append(value);
        }
    }
    if let (ActionKind::CopyValue { .. }, Some(value)) = (kind, written(kind)) {
        statement.push(" AND ");
        statement.append(value);
        statement.push(" IS NOT NULL");
    }
    statement
}

fn all_of(conditions: &[Condition]) -> Statement {
    let mut statement = Statement::new("1");
    for condition in conditions {
        statement.push(" AND ");
        statement.append(holds(condition));
    }
    statement
}

fn holds(condition: &Condition) -> Statement {
    let column = quoted(&condition.column);
    match &condition.test {
        Test::In(values) => is_one_of(&column, values),
        Test::NotIn(values) => {
            let mut statement = Statement::new("NOT ");
            statement.append(is_one_of(&column, values));
            statement
        }
        Test::Contains(text) => {
            let mut statement = Statement::new(format!(
                "coalesce(instr(lower(CAST({column} AS TEXT)), lower("
            ));
            statement.push_value(SqlValue::Text(text.clone()));
            statement.push(")) > 0, 0)");
            statement
        }
    }
}

/// Compares values as they are, and as texts without regard to case: SQLite lets a column hold `2`
/// and `'2'` side by side. NULL is none of the values.
fn is_one_of(column: &str, values: &[Value]) -> Statement {
    let mut statement = Statement::new(format!("coalesce({column} IN ("));
    for (index, value) in values.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " });
        statement.push_value(sql_value(value));
    }
    statement.push(&format!(") OR CAST({column} AS TEXT) COLLATE NOCASE IN ("));
    for (index, value) in values.iter().enumerate() {
        statement.push(if index == 0 { "CAST(" } else { ", CAST(" });
        statement.push_value(sql_value(value));
        statement.push(" AS TEXT)");
    }
    statement.push("), 0)");
    statement
}

fn sql_value(value: &Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Integer(number) => SqlValue::Integer(*number),
        Value::Real(number) => SqlValue::Real(*number),
        Value::Text(text) => SqlValue::Text(text.clone()),
        Value::NoBytes => SqlValue::Blob(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            quoted("a\"; DROP TABLE b; --"),
            "\"a\"\"; DROP TABLE b; --\""
        );
    }

    #[test]
    fn a_deletion_without_conditions_has_no_where_so_that_sqlite_truncates() {
        let action = Action {
            rule_id: "r".to_owned(),
            description: "d".to_owned(),
            table: "T".to_owned(),
            kind: ActionKind::DeleteRows {
                conditions: Vec::new(),
            },
        };
        assert_eq!(change(&action).sql, "DELETE FROM \"T\"");
        assert_eq!(
            count_not_right(&action, &[]).sql,
            "SELECT count(*) FROM \"T\" WHERE 1"
        );
    }
}
