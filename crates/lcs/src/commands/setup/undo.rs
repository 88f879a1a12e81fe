//! `lcs setup --undo`: takes back what a set-up did, and nothing else.

use lcs_client::GraphApi;
use lcs_onboarding::{Undo, undo::UndoAction, undo::UndoChange};
use serde::Serialize;

use super::{confirm, record};
use crate::{
    args::SetupArgs,
    commands::Context,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct Undone {
    what: String,
    change: &'static str,
    before: Vec<String>,
    after: Vec<String>,
    reason: Option<String>,
}

impl Shown for Undone {
    const COLUMNS: &'static [Column] = &[
        ("What", "what"),
        ("Change", "change"),
        ("Before", "before"),
        ("After", "after"),
        ("Reason", "reason"),
    ];
}

impl From<&UndoAction> for Undone {
    fn from(action: &UndoAction) -> Self {
        Self {
            what: action.what.clone(),
            change: match action.change {
                UndoChange::Leave => "none",
                UndoChange::UpdateApplication(..) | UndoChange::UpdateGrant(..) => "update",
                _ => "delete",
            },
            before: action.before.clone(),
            after: action.after.clone(),
            reason: action.reason.clone(),
        }
    }
}

pub(super) async fn run(
    context: &Context,
    graph: &GraphApi,
    args: &SetupArgs,
) -> Result<Report, Diagnostic> {
    let tenant = graph.organization().await?;
    let mut record = record(context, args, tenant.id)?;
    let plan = Undo::plan(graph, &args.display_name, &mut record).await?;
    let rows: Vec<_> = plan.actions.iter().map(Undone::from).collect();
    if !args.plan && !plan.is_empty() {
        let lines: Vec<_> = rows
            .iter()
            .map(|row| {
                let reason = row.reason.as_ref().map(|reason| format!(" ({reason})"));
                format!("{} {}{}", row.change, row.what, reason.unwrap_or_default())
            })
            .collect();
        let place = format!("{} ({})", tenant.display_name, tenant.id);
        confirm(context, args, &place, &lines)?;
        Undo::apply(graph, &plan, &mut record).await?;
    }
    Ok(Report::list(&rows, "there is nothing to take back"))
}
