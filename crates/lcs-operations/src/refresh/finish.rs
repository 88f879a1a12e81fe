//! Removes old restore points; the newest ones stay.

use serde_json::{Value, json};

use crate::step::{StepContext, StepFailure};

/// How many previous databases an environment keeps.
const RESTORE_POINTS: usize = 2;

/// The refresh is done when this runs, so a restore point that cannot be removed is no failure of
/// it.
#[expect(clippy::unnecessary_wraps, reason = "the shape of every step")]
pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    if let Err(error) = context.target_folder().prune(RESTORE_POINTS) {
        tracing::warn!(
            environment.id = %context.target.id,
            operation.activity_id = %context.id(),
            error = StepFailure::Place(error).in_words(),
            "could not remove old restore points"
        );
    }
    Ok(json!(null))
}
