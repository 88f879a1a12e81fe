//! `lcs env start` and `lcs env stop`. LCS has no status for them, so waiting looks at what the
//! environment can do next.

use std::time::Duration;

use lcs_types::{EnvironmentId, OperationActivityId};
use lcs_wire::lcs::EnvironmentDetail;
use serde::Serialize;

use crate::{
    args::{ConnectionArgs, EnvStartArgs, EnvStopArgs},
    commands::{Context, names, polling::Polling, signed_in, signed_in::SignedInApi},
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

/// LCS answers six questions about a project's environments a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    Start,
    Stop,
}

/// What was begun.
#[derive(Debug, Serialize)]
struct Begun {
    environment: String,
    environment_id: EnvironmentId,
    operation_activity_id: OperationActivityId,
    state: Option<String>,
    status: Option<String>,
}

impl Shown for Begun {
    const COLUMNS: &'static [Column] = &[
        ("Environment", "environment"),
        ("State", "state"),
        ("Status", "status"),
        ("Activity", "operation_activity_id"),
    ];
}

pub(super) async fn start(context: &Context, args: EnvStartArgs) -> Result<Report, Diagnostic> {
    let waits = (args.waiting.wait, args.waiting.timeout);
    run(
        context,
        &args.environment,
        Power::Start,
        waits,
        &args.connection,
    )
    .await
}

pub(super) async fn stop(context: &Context, args: EnvStopArgs) -> Result<Report, Diagnostic> {
    let waits = (args.waiting.wait, args.waiting.timeout);
    run(
        context,
        &args.environment,
        Power::Stop,
        waits,
        &args.connection,
    )
    .await
}

async fn run(
    context: &Context,
    wanted: &str,
    power: Power,
    (waits, timeout): (bool, Option<u64>),
    flags: &ConnectionArgs,
) -> Result<Report, Diagnostic> {
    let connection = context.connection(flags)?;
    let signed_in = signed_in::api(context, &connection).await?.within(timeout);
    let environments = signed_in.environments().await?;
    let mut environment = names::environment(&environments, wanted)?.clone();
    let id = environment.environment_id;
    connection.may_change_environment(&environment.environment_name, id)?;
    let operation_activity_id = match power {
        Power::Start => signed_in.api.start_environment(signed_in.project, id).await,
        Power::Stop => signed_in.api.stop_environment(signed_in.project, id).await,
    }?;
    if waits {
        environment = tokio::select! {
            reached = reached(&signed_in, &environment, power, timeout) => reached?,
            _ = tokio::signal::ctrl_c() => {
                return Err(goes_on(Code::Interrupted, "the waiting was interrupted", &environment));
            }
        };
    } else {
        context.output.note(&format!(
            "begun; look at it with: lcs env show {}",
            environment.environment_name
        ));
    }
    Ok(Report::one(&Begun {
        environment: environment.environment_name,
        environment_id: id,
        operation_activity_id,
        state: environment.deployment_state,
        status: environment.deployment_status_display,
    }))
}

/// Waits until a started environment can be stopped, or a stopped one started.
async fn reached(
    signed_in: &SignedInApi,
    begun: &EnvironmentDetail,
    power: Power,
    timeout: Option<u64>,
) -> Result<EnvironmentDetail, Diagnostic> {
    let mut polling = Polling::new(FIRST_PAUSE, LONGEST_PAUSE, timeout);
    loop {
        let asked = signed_in
            .api
            .environment(signed_in.project, begun.environment_id)
            .await;
        match asked {
            Ok(Some(now)) if is_reached(&now, power) => return Ok(now),
            Ok(_) => {}
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(error.into()),
        }
        if !polling.again().await {
            let message = "the environment did not get there in time";
            return Err(goes_on(Code::GaveUpWaiting, message, begun));
        }
    }
}

fn is_reached(environment: &EnvironmentDetail, power: Power) -> bool {
    match power {
        Power::Start => environment.can_stop == Some(true),
        Power::Stop => environment.can_start == Some(true),
    }
}

fn goes_on(code: Code, message: &str, environment: &EnvironmentDetail) -> Diagnostic {
    Diagnostic::new(code, message).help(format!(
        "it goes on without us; look at it: lcs env show {}",
        environment.environment_name
    ))
}
