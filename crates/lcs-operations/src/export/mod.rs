//! An export: a sanitised copy of a sandbox's database as a `.bacpac` in the asset library.
//!
//! | step | changes | if the machine dies inside it |
//! |---|---|---|
//! | validate | nothing | nothing happened |
//! | copy, sanitise, verify | a staged file, as in a refresh | the next attempt copies anew |
//! | [`mod@write`] | a pending file of the artifact store | the next attempt starts over |
//! | [`read_back`] | nothing | the next attempt starts over |
//! | [`publish`] | the file's name; the staged copy is removed | the next attempt publishes |
//!
//! The backup is listed by the journal's last write, together with the end of the operation.
//!
//! Tables, keys and indexes are exported; foreign keys, defaults, views and triggers are not,
//! because SQLite's do not translate without loss.

pub mod columns;
pub mod publish;
pub mod read_back;
pub mod schema;
pub mod value;
pub mod write;

pub use self::write::WriteFailure;

use crate::{
    refresh,
    step::{Step, StepContext, StepFailure, StepName},
};

/// The steps in their order.
pub const STEPS: &[Step] = &[
    Step {
        name: StepName::Validate,
        run: refresh::validate::run,
    },
    Step {
        name: StepName::Copy,
        run: refresh::copy::run,
    },
    Step {
        name: StepName::Sanitise,
        run: refresh::sanitise::run,
    },
    Step {
        name: StepName::Verify,
        run: refresh::verify::run,
    },
    Step {
        name: StepName::Write,
        run: write::run,
    },
    Step {
        name: StepName::ReadBack,
        run: read_back::run,
    },
    Step {
        name: StepName::Publish,
        run: publish::run,
    },
];

/// Takes back what an export did; nothing of it was listed.
///
/// # Errors
///
/// [`StepFailure`] when a file cannot be removed.
pub fn roll_back(context: &StepContext) -> Result<(), StepFailure> {
    context
        .target_folder()
        .discard(context.id())
        .map_err(StepFailure::Place)?;
    let pending = context.artifacts.pending(context.id());
    context
        .artifacts
        .discard(&pending)
        .map_err(StepFailure::Artifact)?;
    context
        .artifacts
        .remove(&publish::key(context.id()))
        .map_err(StepFailure::Artifact)
}
