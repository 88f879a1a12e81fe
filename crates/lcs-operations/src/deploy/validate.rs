//! Reads the package once more: it was validated when it was uploaded, and files rot. Changes
//! nothing.

use serde_json::Value;

use crate::{
    model::OperationKind,
    step::{StepContext, StepFailure, StepName, recorded},
};

pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let OperationKind::Deploy {
        artifact,
        file_type,
        ..
    } = &context.operation.kind
    else {
        return Err(StepFailure::Journal {
            step: StepName::Validate,
        });
    };
    let path = context.artifacts.path_of(artifact);
    let inspected = lcs_packages::inspect(&path, *file_type).map_err(StepFailure::Package)?;
    recorded(inspected.unpacked_bytes)
}
