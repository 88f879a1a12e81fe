//! Starting an operation: it is recorded before the request is sent. When the answer gets lost, the
//! environment's history tells whether it runs; the request is never sent again.

use std::{collections::HashSet, future::Future, time::Duration};

use lcs_client::{
    ApiError, OperationKind, StartedOperation,
    journal::{Certainty, Recognised, Record, Request, State, recognise},
};
use lcs_types::{Clock as _, OperationActivityId, SystemClock};
use lcs_wire::lcs::EnvironmentDetail;
use tokio::time::sleep;

use super::{Tracked, journal};
use crate::{
    commands::{Context, signed_in::SignedInApi},
    config::Connection,
    diagnostic::{Code, Diagnostic},
};

/// The pauses before each look at the history: what was accepted may show up late, and LCS answers
/// six questions in thirty seconds.
const LOOKS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(6),
];
/// Beyond this a request that was on its way cannot arrive any more.
const LONGEST_SENDING: jiff::SignedDuration = jiff::SignedDuration::from_mins(20);

/// What is about to be asked, as far as every kind has it.
pub(in crate::commands) fn request(
    connection: &Connection,
    signed_in: &SignedInApi,
    kind: OperationKind,
    environment: &EnvironmentDetail,
) -> Result<Request, Diagnostic> {
    Ok(Request {
        kind,
        profile: connection.profile.clone(),
        api_url: connection.api_url()?.to_string(),
        project_id: signed_in.project,
        environment_id: environment.environment_id,
        environment: environment.environment_name.clone(),
        source: None,
        name: None,
        asset_id: None,
        commerce: None,
        user: connection.username()?.map(|user| user.to_string()),
    })
}

/// Records the request, sends it, and records the answer.
///
/// # Errors
///
/// When it cannot be recorded (nothing is sent then), LCS declines, or nobody knows.
pub(in crate::commands) async fn start(
    context: &Context,
    signed_in: &SignedInApi,
    request: Request,
    send: impl Future<Output = Result<StartedOperation, ApiError>>,
) -> Result<Tracked, Diagnostic> {
    let journal = journal(context);
    let record = journal.begin(request, SystemClock.now())?;
    match send.await {
        Ok(operation) => {
            running(context, &record, operation.operation_activity_id);
            Ok(Tracked {
                operation,
                record: Some(record.id),
            })
        }
        Err(error @ ApiError::OutcomeUnknown(_)) => {
            context.output.note(&format!(
                "{error}; looking for it in the history of {}",
                record.request.environment
            ));
            resolve(context, signed_in, record).await
        }
        Err(error) => {
            let state = State::Refused {
                message: error.to_string(),
            };
            note(context, &record, state);
            Err(error.into())
        }
    }
}

/// Finds out whether a record whose answer is not known became an operation.
///
/// # Errors
///
/// When the history does not say so, or cannot be asked.
pub(in crate::commands) async fn resolve(
    context: &Context,
    signed_in: &SignedInApi,
    record: Record,
) -> Result<Tracked, Diagnostic> {
    let age = SystemClock.now().duration_since(record.recorded_at);
    let is_late = age > LONGEST_SENDING;
    let request = &record.request;
    for pause in LOOKS {
        // Nothing more will show up of what is long past.
        if !is_late {
            sleep(pause).await;
        }
        let api = &signed_in.api;
        let history = if is_late {
            api.history(request.project_id, request.environment_id)
                .await
        } else {
            api.recent_history(request.project_id, request.environment_id)
                .await
        };
        let history = history.map_err(|error| {
            let unknown = unknown(&record);
            let help = unknown.help.clone().unwrap_or_default();
            Diagnostic::from(error).help(help)
        })?;
        let known: HashSet<OperationActivityId> = journal(context)
            .records()?
            .iter()
            .filter_map(Record::operation_activity_id)
            .collect();
        match recognise(&record, &history, &known) {
            Recognised::Ours {
                operation_activity_id,
                certainty,
            } => return Ok(found(context, record, operation_activity_id, certainty)),
            Recognised::Unclear(candidates) => return Err(unclear(&record, &candidates)),
            Recognised::NotThere if is_late => break,
            Recognised::NotThere => {}
        }
    }
    if is_late {
        let message = "the request never arrived: the history does not have it".to_owned();
        note(context, &record, State::Refused { message });
        return Err(Diagnostic::new(
            Code::OutcomeUnknown,
            format!(
                "operation {} never began: the history of {} does not have it",
                record.id, record.request.environment
            ),
        )
        .help("start it again"));
    }
    Err(unknown(&record))
}

fn found(
    context: &Context,
    mut record: Record,
    id: OperationActivityId,
    certainty: Certainty,
) -> Tracked {
    let how_sure = match certainty {
        Certainty::Certain => "by its time, type and name",
        Certainty::Likely | Certainty::Possible => "by its time and type, not its name",
    };
    context.output.note(&format!(
        "found it in the history of {} {how_sure}: {id}",
        record.request.environment
    ));
    running(context, &record, id);
    let commerce = record.request.commerce.take();
    Tracked {
        operation: StartedOperation {
            kind: record.request.kind,
            project_id: record.request.project_id,
            environment_id: record.request.environment_id,
            operation_activity_id: id,
            commerce,
        },
        record: Some(record.id),
    }
}

fn unknown(record: &Record) -> Diagnostic {
    Diagnostic::new(
        Code::OutcomeUnknown,
        format!(
            "nobody knows whether the {} began: its answer got lost, and the history of {} does \
             not have it yet",
            record.request.kind, record.request.environment
        ),
    )
    .help(format!(
        "do not start it again yet; look once more in a minute: lcs op resume {}",
        record.id
    ))
}

fn unclear(record: &Record, candidates: &[OperationActivityId]) -> Diagnostic {
    let ids: Vec<String> = candidates.iter().map(ToString::to_string).collect();
    Diagnostic::new(
        Code::OutcomeUnknown,
        format!(
            "the answer got lost, and the history of {} has operations that may be the {}: {}",
            record.request.environment,
            record.request.kind,
            ids.join(", ")
        ),
    )
    .help(format!(
        "look at them (lcs env history {}), then say which: lcs op resume {} --activity-id {}",
        record.request.environment, record.id, candidates[0]
    ))
}

fn running(context: &Context, record: &Record, operation_activity_id: OperationActivityId) {
    let state = State::Running {
        operation_activity_id,
    };
    note(context, record, state);
}

/// The operation goes on whether or not we can write that down.
fn note(context: &Context, record: &Record, state: State) {
    if let Err(error) = journal(context).note(record.id, state, SystemClock.now()) {
        context.output.warning(&error.to_string());
    }
}
