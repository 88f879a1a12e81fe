//! `lcs db wait`.

use crate::{
    args::WaitArgs,
    commands::{
        Context, names, op,
        operation::{OperationReport, known_by_id, parse_id, wait},
        signed_in,
    },
    diagnostic::Diagnostic,
    output::Report,
};

pub(super) async fn run(context: &Context, args: WaitArgs) -> Result<Report, Diagnostic> {
    let (Some(id), Some(environment)) = (&args.id, &args.environment) else {
        let (tracked, status) = op::wait_for_last(context, &args.connection, args.timeout).await?;
        return Ok(Report::one(
            &OperationReport::started(&tracked).with_status(status),
        ));
    };
    parse_id(id)?;
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection)
        .await?
        .within(args.timeout);
    let environment = names::environment_id(&signed_in, environment).await?;
    let tracked = known_by_id(&signed_in, id, environment)?;
    let status = wait(context, &signed_in, &tracked, args.timeout).await?;
    Ok(Report::one(
        &OperationReport::started(&tracked).with_status(status),
    ))
}
