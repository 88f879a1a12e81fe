//! Writes the package's content to a folder of the operation's own. Whoever runs it again starts
//! over.

use std::fs;

use serde_json::{Value, json};

use super::Places;
use crate::{
    model::OperationKind,
    step::{StepContext, StepFailure, StepName, recorded},
};

pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let places = Places::of(context)?;
    let OperationKind::Deploy { artifact, .. } = &context.operation.kind else {
        return Err(StepFailure::Journal {
            step: StepName::Unpack,
        });
    };
    super::install::remove(&places.unpacked)?;
    if let Some(parent) = places.unpacked.parent() {
        fs::create_dir_all(parent).map_err(|source| StepFailure::Install {
            path: parent.to_owned(),
            source,
        })?;
    }
    let archive = context.artifacts.path_of(artifact);
    let unpacked = lcs_packages::unpack(&archive, &places.unpacked, &context.cancellation, context)
        .map_err(|error| match error {
            lcs_packages::UnpackError::Interrupted => StepFailure::Interrupted,
            other => StepFailure::Unpack(other),
        })?;
    recorded(json!({ "files": unpacked.files, "bytes": unpacked.bytes }))
}
