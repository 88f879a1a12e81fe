//! `lcs setup`: steps 1 to 3 of the article in the user's own tenant.
//!
//! - `graph` – in whose name Microsoft Graph is called
//! - `apply` – asks, does it, keeps the outcome in a profile
//! - `administrator` – what is left to somebody with more rights
//! - `undo` – takes it back

mod administrator;
mod apply;
mod graph;
mod undo;

use lcs_onboarding::{
    RecordFile, Registration, RegistrationRequest,
    emit::{self, EmitRequest},
    plan::{PlannedAction, SetupObject},
    report::StepChange,
};
use lcs_types::{SystemRandomness, TenantId};
use lcs_wire::entra::ArticleStep;
use serde::Serialize;

use super::Context;
use crate::{
    args::{EmitForm, SetupArgs},
    config::Connection,
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, announce, prompt},
};

/// One planned change.
#[derive(Debug, Serialize)]
struct Planned {
    step: ArticleStep,
    object: SetupObject,
    what: String,
    change: &'static str,
    before: Vec<String>,
    after: Vec<String>,
}

impl Shown for Planned {
    const COLUMNS: &'static [Column] = &[
        ("What", "what"),
        ("Change", "change"),
        ("Before", "before"),
        ("After", "after"),
    ];
}

impl From<&PlannedAction> for Planned {
    fn from(action: &PlannedAction) -> Self {
        Self {
            step: action.step,
            object: action.object,
            what: action.what.clone(),
            change: match action.kind() {
                StepChange::Created => "create",
                StepChange::Updated => "update",
                StepChange::AlreadyInPlace | StepChange::Denied => "none",
            },
            before: action.before.clone(),
            after: action.after.clone(),
        }
    }
}

pub(super) async fn run(context: &Context, args: SetupArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let connection = connection.for_administrators(&context.environment);
    if let Some(form) = args.emit {
        return emit(&connection, &args, form);
    }
    tokio::select! {
        report = set_up(context, &connection, &args) => report,
        _ = tokio::signal::ctrl_c() => Err(Diagnostic::new(
            Code::Interrupted,
            "the set-up was interrupted",
        )
        .help("run the same command again: it goes on where it stopped; lcs setup --undo takes back what was done")),
    }
}

async fn set_up(
    context: &Context,
    connection: &Connection,
    args: &SetupArgs,
) -> Result<Report, Diagnostic> {
    let graph = graph::graph(context, connection, args).await?;
    if args.undo {
        return undo::run(context, &graph, args).await;
    }
    let request = RegistrationRequest {
        display_name: args.display_name.clone(),
    };
    let prepared = Registration::prepare(&graph, &request).await?;
    if args.plan {
        let rows: Vec<_> = prepared.plan.actions.iter().map(Planned::from).collect();
        return Ok(Report::list(&rows, "there is nothing to do"));
    }
    if !prepared.plan.is_empty() {
        let changes: Vec<_> = prepared.plan.changes().map(line).collect();
        let tenant = &prepared.facts.tenant;
        let place = format!(
            "{} ({}) as {}",
            tenant.display_name, tenant.id, prepared.facts.signed_in.user_principal_name
        );
        confirm(context, args, &place, &changes)?;
    }
    apply::run(context, connection, args, &graph, &request, prepared).await
}

/// A change on one line, for people.
fn line(action: &PlannedAction) -> String {
    let Planned {
        change,
        what,
        before,
        after,
        ..
    } = action.into();
    let values = |values: &[String]| {
        if values.is_empty() {
            "nothing".to_owned()
        } else {
            values.join(", ")
        }
    };
    format!("{change} {what}: {} -> {}", values(&before), values(&after))
}

/// Shows what is planned and asks; without anybody to ask, `--yes` is needed.
fn confirm(
    context: &Context,
    args: &SetupArgs,
    place: &str,
    changes: &[String],
) -> Result<(), Diagnostic> {
    if args.yes {
        return Ok(());
    }
    context.output.note(&format!("In {place}:"));
    for change in changes {
        context.output.note(&format!("  {change}"));
    }
    match prompt::confirmed(&context.output, "Go on?")? {
        Some(true) => Ok(()),
        Some(false) => Err(Diagnostic::new(Code::Declined, "nothing was done")),
        None => Err(Diagnostic::new(
            Code::ConfirmationNeeded,
            format!("{} changes in {place} need a confirmation", changes.len()),
        )
        .help("look first: lcs setup --plan; then confirm: lcs setup --yes")),
    }
}

fn record(context: &Context, args: &SetupArgs, tenant: TenantId) -> Result<RecordFile, Diagnostic> {
    let folder = context.paths.setup_records();
    Ok(RecordFile::open(
        &folder,
        tenant,
        &args.display_name,
        &SystemRandomness,
    )?)
}

fn emit(connection: &Connection, args: &SetupArgs, form: EmitForm) -> Result<Report, Diagnostic> {
    let request = EmitRequest {
        tenant: connection.authority()?.tenant().to_owned(),
        display_name: args.display_name.clone(),
        graph_url: connection.graph_url()?,
    };
    Ok(Report::Text(match form {
        EmitForm::AzureCli => emit::azure_cli(&request),
        EmitForm::Terraform => emit::terraform(&request),
        EmitForm::Portal => emit::portal(&request),
    }))
}

/// Says in text what programs find in the error.
fn tell(context: &Context, lines: &[String]) {
    if context.output.errors == crate::output::ErrorForm::Text {
        for line in lines {
            announce(line);
        }
    }
}
