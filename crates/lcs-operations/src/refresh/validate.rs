//! Looks whether source and target are there. Changes nothing.

use lcs_databases::sqlite::Source;
use serde_json::Value;

use crate::step::{StepContext, StepFailure, recorded};

/// Opens the source, so that a missing, locked or foreign file is reported before any work.
pub(crate) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let target = context.target_folder();
    if target.current().map_err(StepFailure::Place)?.is_none() {
        return Err(StepFailure::NoDatabase {
            environment: context.target.name.clone(),
        });
    }
    let source = open_source(context)?;
    recorded(source.path())
}

/// Opens the database of the environment that is read.
pub(crate) fn open_source(context: &StepContext) -> Result<Source, StepFailure> {
    let environment = &context.source.name;
    let path = context
        .source_folder()
        .current()
        .map_err(StepFailure::Place)?;
    let path = path.ok_or_else(|| StepFailure::NoDatabase {
        environment: environment.clone(),
    })?;
    Source::open(&path).map_err(|source| StepFailure::Open {
        environment: environment.clone(),
        source,
    })
}
