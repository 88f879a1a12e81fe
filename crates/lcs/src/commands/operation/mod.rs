//! What the commands that start, watch and wait share.
//!
//! - `start.rs` – recorded first, then sent; a lost answer is looked for in the history
//! - `waiting.rs` – waiting until the end, which the journal then knows
//! - `report.rs` – an operation as commands print it

mod report;
mod start;
mod waiting;

use lcs_client::{StartedOperation, journal::Journal};
use lcs_types::{EnvironmentId, OperationActivityId};

pub(super) use report::{JournaledOperation, OperationReport};
pub(super) use start::{request, resolve, start};
pub(super) use waiting::{conclude, wait};

use super::{Context, signed_in::SignedInApi};
use crate::diagnostic::{Code, Diagnostic};

/// An operation that runs, and its number in the journal if it stands there.
#[derive(Debug, Clone)]
pub(super) struct Tracked {
    pub(super) operation: StartedOperation,
    pub(super) record: Option<u64>,
}

/// The journal of this user.
pub(super) fn journal(context: &Context) -> Journal {
    Journal::new(context.paths.operations())
}

/// An operation of database movement that was started elsewhere.
pub(super) fn known_by_id(
    signed_in: &SignedInApi,
    id: &str,
    environment_id: EnvironmentId,
) -> Result<Tracked, Diagnostic> {
    let operation_activity_id = parse_id(id)?;
    Ok(Tracked {
        operation: StartedOperation {
            // Which of the two it is makes no difference to its status.
            kind: lcs_client::OperationKind::Refresh,
            project_id: signed_in.project,
            environment_id,
            operation_activity_id,
            commerce: None,
        },
        record: None,
    })
}

pub(super) fn parse_id(id: &str) -> Result<OperationActivityId, Diagnostic> {
    id.parse().map_err(|error| {
        Diagnostic::of(Code::Usage, &error)
            .help("use the operation activity id that the start of the operation printed")
    })
}
