//! Waiting until an operation has ended, and saying how to come back to one that goes on.

use std::time::Duration;

use lcs_client::{WaitOptions, WaitOutcome, journal::State, wait_for};
use lcs_types::{Clock as _, SystemClock};
use lcs_wire::lcs::FetchStatus;

use super::{OperationReport, Tracked, journal};
use crate::{
    args::WaitingArgs,
    commands::{Context, signed_in::SignedInApi},
    diagnostic::{Code, Diagnostic},
    output::{Report, progress::WaitDisplay},
};

/// The first question comes quickly, since small databases are.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// Waits until the operation has ended; Ctrl-C stops the waiting and not the operation.
///
/// # Errors
///
/// When it failed, was rolled back, or did not end in time.
pub(in crate::commands) async fn wait(
    context: &Context,
    signed_in: &SignedInApi,
    tracked: &Tracked,
    timeout: Option<u64>,
) -> Result<FetchStatus, Diagnostic> {
    let options = WaitOptions {
        timeout: timeout.map(Duration::from_secs),
        first_delay: FIRST_DELAY,
        longest_delay: LONGEST_DELAY,
    };
    let display = WaitDisplay::new(&context.output);
    let outcome = tokio::select! {
        outcome = wait_for(&signed_in.api, &tracked.operation, options, &display) => outcome,
        _ = tokio::signal::ctrl_c() => {
            display.finish();
            return Err(goes_on(Code::Interrupted, "the waiting was interrupted", tracked));
        }
    };
    display.finish();
    if let Ok(
        WaitOutcome::Succeeded(status)
        | WaitOutcome::Failed(status)
        | WaitOutcome::RolledBack(status),
    ) = &outcome
    {
        ended(context, tracked, status);
    }
    match outcome.map_err(|error| out_of_sight(error.into(), tracked))? {
        WaitOutcome::Succeeded(status) => Ok(status),
        WaitOutcome::Failed(status) => Err(failed(
            Code::OperationFailed,
            "the operation failed",
            tracked,
            status,
        )),
        WaitOutcome::RolledBack(status) => {
            let message = "the operation failed and was rolled back; everything is as before";
            Err(failed(Code::OperationRolledBack, message, tracked, status))
        }
        WaitOutcome::TimedOut { .. } => Err(goes_on(
            Code::GaveUpWaiting,
            "the operation did not end in time",
            tracked,
        )),
    }
}

/// Tells of what was started: when it has ended if the command waits for that, else at once and with
/// what comes next.
///
/// # Errors
///
/// As [`wait`].
pub(in crate::commands) async fn conclude(
    context: &Context,
    signed_in: &SignedInApi,
    tracked: &Tracked,
    waiting: &WaitingArgs,
    report: OperationReport,
    what_next: &str,
) -> Result<Report, Diagnostic> {
    if !waiting.wait {
        context.output.note(what_next);
        return Ok(Report::one(&report));
    }
    let status = wait(context, signed_in, tracked, waiting.timeout).await?;
    Ok(Report::one(&report.with_status(status)))
}

fn failed(code: Code, message: &str, tracked: &Tracked, status: FetchStatus) -> Diagnostic {
    let message = match status.envelope.error_message {
        Some(cause) => format!("{message} ({}): {cause}", status.operation_status),
        None => format!("{message} ({})", status.operation_status),
    };
    let mut diagnostic = Diagnostic::new(code, message).help(
        "mend the cause and start it again; a failed start counts towards the three of a day",
    );
    diagnostic.server.operation_activity_id =
        Some(tracked.operation.operation_activity_id.to_string());
    diagnostic
}

/// What keeps us from asking does not stop the operation.
fn out_of_sight(diagnostic: Diagnostic, tracked: &Tracked) -> Diagnostic {
    let mend = diagnostic
        .help
        .as_ref()
        .map_or_else(String::new, |help| format!("{help}; "));
    let mut diagnostic = diagnostic.help(format!("{mend}{}", come_back(tracked)));
    diagnostic.server.operation_activity_id =
        Some(tracked.operation.operation_activity_id.to_string());
    diagnostic
}

fn come_back(tracked: &Tracked) -> String {
    let operation = &tracked.operation;
    let command = tracked.record.map_or_else(
        || {
            format!(
                "lcs db wait {} --environment {}",
                operation.operation_activity_id, operation.environment_id
            )
        },
        |record| format!("lcs op wait {record}"),
    );
    format!("the operation goes on without us; come back to it: {command}")
}

/// Not being able to write it down costs a question to LCS later.
fn ended(context: &Context, tracked: &Tracked, status: &FetchStatus) {
    let Some(record) = tracked.record else {
        return;
    };
    let state = State::Ended {
        operation_activity_id: tracked.operation.operation_activity_id,
        status: status.operation_status.clone(),
    };
    if let Err(error) = journal(context).note(record, state, SystemClock.now()) {
        context.output.warning(&error.to_string());
    }
}

fn goes_on(code: Code, message: &str, tracked: &Tracked) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(code, message).help(come_back(tracked));
    diagnostic.server.operation_activity_id =
        Some(tracked.operation.operation_activity_id.to_string());
    diagnostic
}
