//! `lcs db export`.

use lcs_types::BackupName;

use super::operation::{OperationReport, remember, wait};
use crate::{
    args::ExportArgs,
    commands::{Context, names, signed_in},
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) async fn run(context: &Context, args: ExportArgs) -> Result<Report, Diagnostic> {
    let name: BackupName = args.name.parse().map_err(|error| {
        Diagnostic::of(Code::InvalidSetting, &error)
            .help("a plain name without path or extension, for example uat-2026-03-01")
    })?;
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environments = signed_in.api.environments(signed_in.project).await?;
    let environment = names::environment(&environments, &args.environment)?;
    let operation = signed_in
        .api
        .export(signed_in.project, environment.environment_id, &name)
        .await?;
    remember(context, &connection.profile, &operation);
    let report = OperationReport {
        source: Some(environment.environment_name.clone()),
        backup_name: Some(name.to_string()),
        ..OperationReport::started(&operation)
    };
    if !args.waiting.wait {
        context
            .output
            .note("started; wait for it with: lcs db wait");
        return Ok(Report::one(&report));
    }
    let status = wait(context, &signed_in, &operation, args.waiting.timeout).await?;
    Ok(Report::one(&report.with_status(status)))
}
