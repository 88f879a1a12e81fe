//! Reads the whole `.bacpac` back before it may be published. Changes nothing.

use std::{fs::File, io::BufReader};

use serde_json::{Value, json};

use super::write::Written;
use crate::step::{StepContext, StepFailure, StepName};

pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let unsound = |reason: String| StepFailure::Unsound { reason };
    let written: Written = context.output(StepName::Write)?;
    let pending = context.artifacts.pending(context.id());
    let file = File::open(pending.path()).map_err(|error| unsound(error.to_string()))?;
    let report = lcs_bacpac::verify(BufReader::new(file)).map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        unsound(format!("{error}{}", cause.unwrap_or_default()))
    })?;
    if !report.is_sound() {
        return Err(unsound("the package contradicts itself".to_owned()));
    }
    if report.total_rows != written.rows {
        return Err(unsound(format!(
            "it holds {} rows instead of {}",
            report.total_rows, written.rows
        )));
    }
    Ok(json!({ "rows": report.total_rows }))
}
