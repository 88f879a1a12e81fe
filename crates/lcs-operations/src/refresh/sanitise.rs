//! Removes from the copy what must not travel, by the published rules for the direction and the
//! user's own. After a crash inside it the copy is made anew, so that the counts are true.

use lcs_databases::{SanitiseReport, sqlite};
use lcs_projects::EnvironmentType;
use lcs_sanitise::{Direction, Parameters, Plan, RuleSet};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    model::OperationKind,
    step::{StepContext, StepFailure, recorded},
};

/// What the step writes down: what was to be done and what was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sanitised {
    /// The actions for the tables that exist.
    pub plan: Plan,
    /// What they changed.
    pub report: SanitiseReport,
}

/// Also a step of an export.
pub(crate) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let staged = context.target_folder().staged_path(context.id());
    let plan = plan(context, &staged)?;
    let report = sqlite::sanitise(&staged, &plan).map_err(StepFailure::Sanitise)?;
    recorded(Sanitised { plan, report })
}

fn plan(context: &StepContext, staged: &std::path::Path) -> Result<Plan, StepFailure> {
    let mut rules = RuleSet::published(direction(context));
    if let Some(text) = &context.user_rules {
        rules = rules.with_user_rules(text).map_err(StepFailure::Rules)?;
    }
    let environment = &context.source.name;
    let inspection = sqlite::Source::open(staged)
        .map_err(|source| StepFailure::Open {
            environment: environment.clone(),
            source,
        })?
        .inspect()
        .map_err(StepFailure::Inspect)?;
    let administrator = Some(context.target.administrator.clone()).filter(|name| !name.is_empty());
    let parameters = Parameters { administrator };
    Ok(lcs_sanitise::plan(
        &rules,
        &inspection.table_schemas(),
        &parameters,
    ))
}

const fn direction(context: &StepContext) -> Direction {
    use EnvironmentType::Production;
    match &context.operation.kind {
        // A deployment moves no database and has no such step.
        OperationKind::Export { .. } | OperationKind::Deploy { .. } => Direction::Export,
        OperationKind::Refresh { .. } => {
            match (
                context.source.environment_type,
                context.target.environment_type,
            ) {
                (Production, _) => Direction::ProductionToSandbox,
                (_, Production) => Direction::SandboxToProduction,
                _ => Direction::SandboxToSandbox,
            }
        }
    }
}
