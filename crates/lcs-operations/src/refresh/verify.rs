//! Checks the copy: whole, as many rows as expected, every sanitisation rule holds. Changes
//! nothing.

use lcs_databases::{CopyReport, sqlite};
use serde_json::Value;

use super::sanitise::Sanitised;
use crate::step::{StepContext, StepFailure, StepName, recorded};

/// Also a step of an export.
pub(crate) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let copied: CopyReport = context.output(StepName::Copy)?;
    let sanitised: Sanitised = context.output(StepName::Sanitise)?;
    let staged = context.target_folder().staged_path(context.id());
    let report = sqlite::verify(&staged, &copied, &sanitised.plan, &sanitised.report)
        .map_err(StepFailure::Verify)?;
    recorded(report)
}
