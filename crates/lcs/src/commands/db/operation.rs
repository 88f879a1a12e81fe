//! What the commands that start, watch and wait share: the result, the waiting, and the memory of
//! the last operation.

use std::{collections::BTreeMap, io, path::Path, time::Duration};

use lcs_client::{OperationKind, StartedOperation, WaitOptions, WaitOutcome, wait_for};
use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::{FetchStatus, OperationStatus};
use serde::Serialize;

use crate::{
    commands::{Context, signed_in::SignedInApi},
    diagnostic::{Code, Diagnostic},
    output::{Column, Shown, progress::WaitDisplay},
};

/// The first question comes quickly, since small databases are.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// An operation as commands print it.
#[derive(Debug, Serialize)]
pub(super) struct OperationReport {
    pub(super) operation_activity_id: OperationActivityId,
    pub(super) project_id: ProjectId,
    pub(super) environment_id: EnvironmentId,
    pub(super) status: OperationStatus,
    pub(super) completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backup_name: Option<String>,
}

impl Shown for OperationReport {
    const COLUMNS: &'static [Column] = &[
        ("Operation", "operation_activity_id"),
        ("Status", "status"),
        ("Completed (UTC)", "completed_at"),
        ("Source", "source"),
        ("Target", "target"),
        ("Backup", "backup_name"),
        ("Message", "error_message"),
    ];
}

impl OperationReport {
    /// An operation that was started just now.
    pub(super) fn started(operation: &StartedOperation) -> Self {
        Self {
            operation_activity_id: operation.operation_activity_id,
            project_id: operation.project_id,
            environment_id: operation.environment_id,
            status: OperationStatus::NotStarted,
            completed_at: None,
            error_message: None,
            source: None,
            target: None,
            backup_name: None,
        }
    }

    /// The same with what LCS says of it now.
    pub(super) fn with_status(self, status: FetchStatus) -> Self {
        Self {
            status: status.operation_status,
            completed_at: status.completion_date,
            error_message: status.envelope.error_message,
            ..self
        }
    }
}

/// Waits until the operation has ended; Ctrl-C stops the waiting and not the operation.
///
/// # Errors
///
/// When it failed, was rolled back, or did not end in time.
pub(super) async fn wait(
    context: &Context,
    signed_in: &SignedInApi,
    operation: &StartedOperation,
    timeout: Option<u64>,
) -> Result<FetchStatus, Diagnostic> {
    let options = WaitOptions {
        timeout: timeout.map(Duration::from_secs),
        first_delay: FIRST_DELAY,
        longest_delay: LONGEST_DELAY,
    };
    let display = WaitDisplay::new(&context.output);
    let outcome = tokio::select! {
        outcome = wait_for(&signed_in.api, operation, options, &display) => outcome,
        _ = tokio::signal::ctrl_c() => {
            display.finish();
            return Err(goes_on(Code::Interrupted, "the waiting was interrupted", operation));
        }
    };
    display.finish();
    match outcome.map_err(|error| out_of_sight(error.into(), operation))? {
        WaitOutcome::Succeeded(status) => Ok(status),
        WaitOutcome::Failed(status) => Err(failed(
            Code::OperationFailed,
            "the operation failed",
            operation,
            status,
        )),
        WaitOutcome::RolledBack(status) => {
            let message = "the operation failed and was rolled back; everything is as before";
            Err(failed(
                Code::OperationRolledBack,
                message,
                operation,
                status,
            ))
        }
        WaitOutcome::TimedOut { .. } => Err(goes_on(
            Code::GaveUpWaiting,
            "the operation did not end in time",
            operation,
        )),
    }
}

fn failed(
    code: Code,
    message: &str,
    operation: &StartedOperation,
    status: FetchStatus,
) -> Diagnostic {
    let message = match status.envelope.error_message {
        Some(cause) => format!("{message} ({}): {cause}", status.operation_status),
        None => format!("{message} ({})", status.operation_status),
    };
    let mut diagnostic = Diagnostic::new(code, message).help(
        "mend the cause and start it again; a failed start counts towards the three of a day",
    );
    diagnostic.server.operation_activity_id = Some(operation.operation_activity_id.to_string());
    diagnostic
}

/// What keeps us from asking does not stop the operation.
fn out_of_sight(diagnostic: Diagnostic, operation: &StartedOperation) -> Diagnostic {
    let mend = diagnostic
        .help
        .as_ref()
        .map_or_else(String::new, |help| format!("{help}; "));
    let mut diagnostic = diagnostic.help(format!("{mend}{}", come_back(operation)));
    diagnostic.server.operation_activity_id = Some(operation.operation_activity_id.to_string());
    diagnostic
}

fn come_back(operation: &StartedOperation) -> String {
    format!(
        "the operation goes on without us; come back to it: lcs db wait {} --environment {}",
        operation.operation_activity_id, operation.environment_id
    )
}

fn goes_on(code: Code, message: &str, operation: &StartedOperation) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(code, message).help(come_back(operation));
    diagnostic.server.operation_activity_id = Some(operation.operation_activity_id.to_string());
    diagnostic
}

/// Remembers an operation as the profile's last one. Not being able to costs only comfort.
pub(super) fn remember(context: &Context, profile: &str, operation: &StartedOperation) {
    let path = context.paths.last_operations();
    let mut all = read(&path).unwrap_or_default();
    all.insert(profile.to_owned(), operation.clone());
    let written = serde_json::to_vec_pretty(&all)
        .map_err(io::Error::from)
        .and_then(|text| {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&path, text)
        });
    if let Err(error) = written {
        context
            .output
            .warning(&format!("could not remember the operation: {error}"));
    }
}

/// The profile's last operation.
pub(super) fn last(context: &Context, profile: &str) -> Result<StartedOperation, Diagnostic> {
    let path = context.paths.last_operations();
    let found = read(&path).unwrap_or_default().remove(profile);
    found.ok_or_else(|| {
        Diagnostic::new(
            Code::NoOperation,
            "no operation was started with this profile yet",
        )
        .help("name one: lcs db wait ID --environment NAME")
    })
}

fn read(path: &Path) -> Option<BTreeMap<String, StartedOperation>> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// An operation that was started elsewhere.
pub(super) fn known_by_id(
    signed_in: &SignedInApi,
    id: &str,
    environment_id: EnvironmentId,
) -> Result<StartedOperation, Diagnostic> {
    let operation_activity_id = parse_id(id)?;
    Ok(StartedOperation {
        commerce: None,
        // Which of the two it is makes no difference to its status.
        kind: OperationKind::Refresh,
        project_id: signed_in.project,
        environment_id,
        operation_activity_id,
    })
}

pub(super) fn parse_id(id: &str) -> Result<OperationActivityId, Diagnostic> {
    id.parse().map_err(|error| {
        Diagnostic::of(Code::Usage, &error)
            .help("use the operation activity id that the start of the operation printed")
    })
}
