//! Copies one consistent snapshot of the source beside the target, under a name that says
//! *unsanitised*. A copy of an earlier attempt is replaced: half of an old snapshot cannot be
//! continued.

use lcs_databases::sqlite::CopyError;
use serde_json::Value;

use super::validate::open_source;
use crate::step::{StepContext, StepFailure, recorded};

/// Also the first step of an export, into the folder of the exported environment.
pub(crate) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let folder = context.target_folder();
    folder.create().map_err(StepFailure::Place)?;
    folder.discard(context.id()).map_err(StepFailure::Place)?;
    let source = open_source(context)?;
    let report = source
        .copy_to(
            &folder.staged_path(context.id()),
            context,
            &context.cancellation,
        )
        .map_err(|error| match error {
            CopyError::Cancelled => StepFailure::Interrupted,
            error => StepFailure::Copy(error),
        })?;
    recorded(report)
}
