//! `lcs db status`.

use crate::{
    args::StatusArgs,
    commands::{
        Context, names,
        operation::{OperationReport, known_by_id, parse_id},
        signed_in,
    },
    diagnostic::Diagnostic,
    output::Report,
};

pub(super) async fn run(context: &Context, args: StatusArgs) -> Result<Report, Diagnostic> {
    parse_id(&args.id)?;
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environment = names::environment_id(&signed_in, &args.environment).await?;
    let tracked = known_by_id(&signed_in, &args.id, environment)?;
    let id = tracked.operation.operation_activity_id;
    let status = signed_in
        .api
        .fetch_status(signed_in.project, environment, id)
        .await?;
    Ok(Report::one(
        &OperationReport::started(&tracked).with_status(status),
    ))
}
