//! A refresh: the target gets a sanitised copy of the source's database.
//!
//! | step | changes | if the machine dies inside it |
//! |---|---|---|
//! | [`validate`] | nothing | nothing happened |
//! | [`copy`] | a file beside the target whose name says *unsanitised* | a partial file, which the next attempt replaces |
//! | [`sanitise`] | that file | the next attempt copies anew |
//! | [`verify`] | nothing | the next attempt copies anew |
//! | [`swap`] | that file's name, then the target's link | the old database or the new one is in use, never anything between |
//! | [`finish`] | removes old restore points | the new database is in use; some more restore points are left |

pub mod copy;
pub mod finish;
pub mod sanitise;
pub mod swap;
pub mod validate;
pub mod verify;

use lcs_databases::sqlite::Stage;

use crate::step::{Step, StepContext, StepFailure, StepName};

/// The steps in their order.
pub const STEPS: &[Step] = &[
    Step {
        name: StepName::Validate,
        run: validate::run,
    },
    Step {
        name: StepName::Copy,
        run: copy::run,
    },
    Step {
        name: StepName::Sanitise,
        run: sanitise::run,
    },
    Step {
        name: StepName::Verify,
        run: verify::run,
    },
    Step {
        name: StepName::Swap,
        run: swap::run,
    },
    Step {
        name: StepName::Finish,
        run: finish::run,
    },
];

/// Takes back what a refresh did. If the target's link was already replaced when something failed,
/// the previous database is put back into use first.
///
/// # Errors
///
/// [`StepFailure::Place`] when a file cannot be moved or removed.
pub fn roll_back(context: &StepContext) -> Result<(), StepFailure> {
    let (folder, id) = (context.target_folder(), context.id());
    if folder.stage_of(id).map_err(StepFailure::Place)? == Stage::Current {
        let swapped = folder.swap_to(id).map_err(StepFailure::Place)?;
        if let Some(previous) = swapped.previous {
            folder.restore(&previous).map_err(StepFailure::Place)?;
        }
    }
    folder.discard(id).map_err(StepFailure::Place)
}
