//! Puts the verified copy into use: first it gets a name of its own, then the target's link is
//! replaced by one `rename`. Before that instant the old database is in use, after it the new one.

use serde_json::{Value, json};

use lcs_types::Progress as _;

use crate::step::{StepContext, StepFailure};

pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let folder = context.target_folder();
    folder.promote(context.id()).map_err(StepFailure::Place)?;
    context.advanced("renames", 1, 2);
    let swapped = folder.swap_to(context.id()).map_err(StepFailure::Place)?;
    context.advanced("renames", 2, 2);
    Ok(json!({ "restore_point": swapped.previous }))
}
