//! `lcs deploy finalize`: the second half of a deployment to an on-premises environment.

use lcs_client::{
    OperationKind,
    journal::{Record, Request, State},
};
use lcs_types::{EnvironmentId, OperationActivityId};

use crate::{
    args::DeployFinalizeArgs,
    commands::{
        Context, names,
        operation::{OperationReport, conclude, journal, parse_id, request, start},
        signed_in,
    },
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) async fn run(context: &Context, args: DeployFinalizeArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection)
        .await?
        .within(args.waiting.timeout);
    let environments = signed_in.environments().await?;
    let environment = names::environment(&environments, &args.environment)?;
    let (id, name) = (environment.environment_id, &environment.environment_name);
    connection.may_change_environment(name, id)?;
    let known = last_preparation(context, id)?;
    let preparation = match &args.preparation {
        Some(text) => parse_id(text)?,
        None => prepared_by(known.as_ref()).ok_or_else(|| {
            Diagnostic::new(
                Code::Usage,
                format!("the journal knows no preparation of {name} that succeeded"),
            )
            .help("name it: --preparation ID; or prepare one: lcs deploy start")
        })?,
    };
    if !args.yes {
        super::confirm(context, "the prepared update", environment)?;
    }
    let update_name = known
        .filter(|record| prepared_by(Some(record)) == Some(preparation))
        .and_then(|record| record.request.name);
    let asked = Request {
        name: update_name,
        ..request(
            &connection,
            &signed_in,
            OperationKind::OnPremisesDeployment,
            environment,
        )?
    };
    let send = signed_in
        .api
        .finalize_update(signed_in.project, id, preparation);
    let tracked = start(context, &signed_in, asked, send).await?;
    let report = OperationReport {
        target: Some(name.clone()),
        ..OperationReport::started(&tracked)
    };
    let next = "started; wait for it with: lcs deploy wait";
    conclude(context, &signed_in, &tracked, &args.waiting, report, next).await
}

/// The last preparation of an environment that was started here.
fn last_preparation(
    context: &Context,
    environment: EnvironmentId,
) -> Result<Option<Record>, Diagnostic> {
    let records = journal(context).records()?;
    Ok(records.into_iter().rev().find(|record| {
        record.request.kind == OperationKind::Preparation
            && record.request.environment_id == environment
            && !matches!(record.state, State::Refused { .. })
    }))
}

fn prepared_by(record: Option<&Record>) -> Option<OperationActivityId> {
    record?.operation_activity_id()
}
