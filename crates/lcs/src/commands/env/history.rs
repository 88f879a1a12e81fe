//! `lcs env history`.

use lcs_types::OperationActivityId;
use lcs_wire::lcs::{HistoryItem, OperationStatus};
use serde::Serialize;

use crate::{
    args::EnvHistoryArgs,
    commands::{Context, names, signed_in},
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

/// An operation of the history as the command prints it.
#[derive(Debug, Serialize)]
struct Past {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    type_display: Option<String>,
    status: OperationStatus,
    started_at: Option<String>,
    ended_at: Option<String>,
    operation_activity_id: OperationActivityId,
}

impl Shown for Past {
    const COLUMNS: &'static [Column] = &[
        ("Started (UTC)", "started_at"),
        ("Ended (UTC)", "ended_at"),
        ("Type", "type_display"),
        ("Name", "name"),
        ("Status", "status"),
        ("Operation", "operation_activity_id"),
    ];
}

impl From<HistoryItem> for Past {
    fn from(item: HistoryItem) -> Self {
        Self {
            name: item.name,
            type_display: item.type_display.or_else(|| item.kind.clone()),
            kind: item.kind,
            status: item.status,
            started_at: item.start_date_time_utc,
            ended_at: item.end_date_time_utc,
            operation_activity_id: item.activity_id,
        }
    }
}

pub(super) async fn run(context: &Context, args: EnvHistoryArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environment = names::environment_id(&signed_in, &args.environment).await?;
    let (api, project) = (&signed_in.api, signed_in.project);
    let items = if args.recent {
        api.recent_history(project, environment).await?
    } else {
        api.history(project, environment).await?
    };
    let past: Vec<Past> = items.into_iter().map(Into::into).collect();
    Ok(Report::list(
        &past,
        "The environment went through nothing yet.",
    ))
}
