//! `lcs db wait`.

use super::operation::{OperationReport, known_by_id, last, parse_id, wait};
use crate::{
    args::WaitArgs,
    commands::{Context, names, signed_in},
    diagnostic::Diagnostic,
    output::Report,
};

pub(super) async fn run(context: &Context, args: WaitArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    if let Some(id) = &args.id {
        parse_id(id)?;
    }
    let remembered = match &args.id {
        Some(_) => None,
        None => Some(last(context, &connection.profile)?),
    };
    let signed_in = signed_in::api(context, &connection).await?;
    let operation = match (remembered, args.id, args.environment) {
        (None, Some(id), Some(environment)) => {
            let environment = names::environment_id(&signed_in, &environment).await?;
            known_by_id(&signed_in, &id, environment)?
        }
        (Some(operation), ..) => operation,
        // The argument parser demands both or neither.
        (None, ..) => last(context, &connection.profile)?,
    };
    let status = wait(context, &signed_in, &operation, args.timeout).await?;
    Ok(Report::one(
        &OperationReport::started(&operation).with_status(status),
    ))
}
