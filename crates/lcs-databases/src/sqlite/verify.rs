//! Checks a sanitised copy against what was copied and what was asked for. Changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use lcs_sanitise::{ActionKind, Plan};
use rusqlite::{Connection, params_from_iter};

use super::{
    copy::{count_tables, foreign_key_violations},
    inspect,
    source::{OpenError, Source},
    statement,
};
use crate::report::{CopyReport, SanitiseReport, TableRows, VerifyReport};

/// A sanitised copy is not what it should be. It must not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The copy cannot be opened.
    #[error("could not open the sanitised copy")]
    Open(#[source] OpenError),
    /// The copy cannot be read.
    #[error("could not read the sanitised copy")]
    Read(#[source] rusqlite::Error),
    /// The file is damaged.
    #[error("the sanitised copy is damaged: {finding}")]
    Damaged {
        /// SQLite's first finding.
        finding: String,
    },
    /// The tables are not those that were copied.
    #[error("the table `{table}` is in one of copy and result only")]
    Tables {
        /// The table.
        table: String,
    },
    /// A table has another number of rows than it should have.
    #[error("the table `{table}` has {found} rows instead of {expected}")]
    Rows {
        /// The table.
        table: String,
        /// How many it should have; at most, if a rule deletes from it.
        expected: u64,
        /// How many it has.
        found: u64,
    },
    /// A rule was not carried out, or not wholly.
    #[error("the rule `{rule_id}` does not hold for {rows} rows of the table `{table}`")]
    RuleDoesNotHold {
        /// The rule.
        rule_id: String,
        /// The table.
        table: String,
        /// For how many rows.
        rows: u64,
    },
    /// The report of sanitising belongs to another plan.
    #[error("the sanitising was not that of this plan")]
    OtherPlan,
    /// Rows point to rows that were removed.
    #[error("{found} rows point nowhere; in the source there were {expected}")]
    ForeignKeys {
        /// How many there were in the copy before sanitising.
        expected: u64,
        /// How many there are.
        found: u64,
    },
}

/// Checks that the database file is whole, that every table has the rows it should have, that every
/// action of the plan holds for every row, and that no row points nowhere that did not before.
///
/// # Errors
/// The first check that fails.
pub fn verify(
    staged: &Path,
    copied: &CopyReport,
    plan: &Plan,
    sanitised: &SanitiseReport,
) -> Result<VerifyReport, VerifyError> {
    let source = Source::open(staged).map_err(VerifyError::Open)?;
    let connection = &source.connection;
    let finding: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(VerifyError::Read)?;
    if finding != "ok" {
        return Err(VerifyError::Damaged { finding });
    }
    let tables = count_tables(connection).map_err(VerifyError::Read)?;
    check_rows(&tables, copied, plan, sanitised)?;
    check_actions(connection, plan)?;
    let violations = foreign_key_violations(connection).map_err(VerifyError::Read)?;
    if violations > copied.foreign_key_violations {
        return Err(VerifyError::ForeignKeys {
            expected: copied.foreign_key_violations,
            found: violations,
        });
    }
    Ok(VerifyReport {
        bytes: inspect::size_in_bytes(connection).map_err(VerifyError::Read)?,
        tables,
        actions: u64::try_from(plan.actions.len()).unwrap_or(u64::MAX),
    })
}

fn check_rows(
    found: &[TableRows],
    copied: &CopyReport,
    plan: &Plan,
    sanitised: &SanitiseReport,
) -> Result<(), VerifyError> {
    let by_table = |rows: &[TableRows]| -> BTreeMap<String, u64> {
        rows.iter().map(|it| (it.table.clone(), it.rows)).collect()
    };
    let (found, before, after) = (
        by_table(found),
        by_table(&copied.tables),
        by_table(&sanitised.tables),
    );
    let all: BTreeSet<&String> = found
        .keys()
        .chain(before.keys())
        .chain(after.keys())
        .collect();
    for table in all {
        let (Some(&found), Some(&before), Some(&after)) =
            (found.get(table), before.get(table), after.get(table))
        else {
            return Err(VerifyError::Tables {
                table: table.clone(),
            });
        };
        let deletes = plan
            .actions
            .iter()
            .any(|it| it.table == *table && matches!(it.kind, ActionKind::DeleteRows { .. }));
        // Exact by what the report deleted, unless an interrupted first run deleted before it.
        let fits = if deletes {
            after <= before
        } else {
            after == before
        };
        if found != after || !fits {
            return Err(VerifyError::Rows {
                table: table.clone(),
                expected: if fits { after } else { before },
                found,
            });
        }
    }
    let same_plan = plan.actions.len() == sanitised.actions.len()
        && plan
            .actions
            .iter()
            .zip(&sanitised.actions)
            .all(|(action, done)| action.rule_id == done.rule_id && action.table == done.table);
    if same_plan {
        Ok(())
    } else {
        Err(VerifyError::OtherPlan)
    }
}

fn check_actions(connection: &Connection, plan: &Plan) -> Result<(), VerifyError> {
    for (index, action) in plan.actions.iter().enumerate() {
        let check = statement::count_not_right(action, &plan.actions[index + 1..]);
        let rows: u64 = connection
            .query_row(
                &check.sql,
                params_from_iter(check.parameters),
                inspect::number,
            )
            .map_err(VerifyError::Read)?;
        if rows > 0 {
            return Err(VerifyError::RuleDoesNotHold {
                rule_id: action.rule_id.clone(),
                table: action.table.clone(),
                rows,
            });
        }
    }
    Ok(())
}
