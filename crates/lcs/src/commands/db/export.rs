//! `lcs db export`.

use lcs_client::{OperationKind, journal::Request};
use lcs_types::BackupName;

use super::plan;
use crate::{
    args::ExportArgs,
    commands::{
        Context, names,
        operation::{OperationReport, conclude, request, start},
        signed_in,
    },
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) async fn run(context: &Context, args: ExportArgs) -> Result<Report, Diagnostic> {
    let name: BackupName = args.name.parse().map_err(|error| {
        Diagnostic::of(Code::InvalidSetting, &error)
            .help("a plain name without path or extension, for example uat-2026-03-01")
    })?;
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection)
        .await?
        .within(args.waiting.timeout);
    let environments = signed_in.environments().await?;
    let environment = names::environment(&environments, &args.environment)?;
    if args.plan {
        return plan::export(context, &signed_in, environment, &name).await;
    }
    connection.may_change()?;
    let id = environment.environment_id;
    let asked = Request {
        name: Some(name.to_string()),
        ..request(&connection, &signed_in, OperationKind::Export, environment)?
    };
    let send = signed_in.api.export(signed_in.project, id, &name);
    let tracked = start(context, &signed_in, asked, send).await?;
    let report = OperationReport {
        source: Some(environment.environment_name.clone()),
        backup_name: Some(name.to_string()),
        ..OperationReport::started(&tracked)
    };
    let next = "started; wait for it with: lcs op wait";
    conclude(context, &signed_in, &tracked, &args.waiting, report, next).await
}
