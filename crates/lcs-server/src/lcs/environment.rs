//! `/environmentinfo/v1/detail`: environment metadata, by page, id or name.

use axum::{extract::State, response::Response};
use jiff::Timestamp;
use lcs_operations::{Operation, OperationKind, OperationState, deploy};
use lcs_projects::{Environment, EnvironmentType, Infrastructure, Lifecycle, PowerState};
use lcs_types::EnvironmentId;
use lcs_wire::lcs::{EnvironmentDetail, EnvironmentPage, deployed_on};

use super::{caller::Caller, pages, query::Parameters};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// Which environments are asked for.
#[derive(Debug)]
struct DetailQuery<'query> {
    environment_id: Option<&'query str>,
    environment_name: Option<&'query str>,
}

/// `GET /environmentinfo/v1/detail/project/{project}/`.
pub(crate) async fn detail(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let query = DetailQuery::of(&parameters);
    let number = pages::number(parameters.get("page")).map_err(|text| caller.call.refused(text))?;
    let environments = services
        .projects
        .environments(caller.project.id)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let running = services
        .engine
        .unfinished()
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let now = services.clock.now();
    let wanted = environments
        .iter()
        .filter(|environment| query.wants(environment))
        .map(|environment| describe(environment, &running, now))
        .collect();
    let page = pages::cut(wanted, number);
    Ok(caller.call.ok(EnvironmentPage {
        result_page_current: page.number,
        result_has_more_pages: page.has_more,
        data: Some(page.items),
        envelope: caller.call.success(),
    }))
}

impl<'query> DetailQuery<'query> {
    fn of(parameters: &'query Parameters) -> Self {
        Self {
            environment_id: parameters.get("environmentId"),
            environment_name: parameters.get("environmentName"),
        }
    }

    /// An unknown id or name yields an empty page, not a failure. A deleted environment is shown
    /// only to whoever asks for it.
    fn wants(&self, environment: &Environment) -> bool {
        let by_id = self
            .environment_id
            .is_none_or(|id| id.parse::<EnvironmentId>().ok() == Some(environment.id));
        let by_name = self
            .environment_name
            .is_none_or(|name| name.eq_ignore_ascii_case(&environment.name));
        let is_named = self.environment_id.is_some() || self.environment_name.is_some();
        by_id && by_name && (is_named || environment.lifecycle != Lifecycle::Deleted)
    }
}

fn describe(environment: &Environment, running: &[Operation], now: Timestamp) -> EnvironmentDetail {
    let operation = running
        .iter()
        .find(|operation| operation.kind.environment() == environment.id);
    let power = environment.power.at(now);
    let is_idle_customers = environment.infrastructure == Infrastructure::CustomerManaged
        && environment.lifecycle == Lifecycle::Active
        && operation.is_none();
    let (state, status) = state_and_status(environment, operation, power);
    let is_tier_one = matches!(
        environment.environment_type,
        EnvironmentType::Development | EnvironmentType::Build
    );
    EnvironmentDetail {
        environment_id: environment.id,
        environment_name: environment.name.clone(),
        project_id: environment.project.0,
        environment_infrastructure: Some(environment.infrastructure.to_string()),
        environment_type: Some(environment.environment_type.to_string()),
        environment_group: Some("Primary".to_owned()),
        environment_product: Some(environment.product.clone()),
        environment_endpoint_base_url: Some(environment.base_url.clone()),
        deployment_state: Some(state.to_owned()),
        topology_display_name: Some(environment.topology_display_name.clone()),
        current_application_build_version: Some(environment.application_build.clone()),
        current_application_release_name: Some(environment.application_release.clone()),
        current_platform_release_name: Some(environment.platform_release.clone()),
        current_platform_version: Some(environment.platform_version.clone()),
        deployed_on_utc: Some(deployed_on(environment.deployed_on)),
        cloud_storage_location: Some(environment.cloud_location.clone()),
        // Tier-1 environments have no second site.
        disaster_recovery_location: (!is_tier_one)
            .then(|| environment.disaster_recovery_location.clone()),
        deployment_status_display: Some(status.to_owned()),
        // Only environments that the customer runs can be started and stopped through the API.
        can_start: Some(is_idle_customers && power == PowerState::Stopped),
        can_stop: Some(is_idle_customers && power == PowerState::Running),
        database_daily_backups_enabled: Some(environment.database_backup_location.is_some()),
        database_backup_location: environment.database_backup_location.clone(),
    }
}

/// `DeploymentState`, which is that of the last operation, and the portal's word for it.
fn state_and_status(
    environment: &Environment,
    operation: Option<&Operation>,
    power: PowerState,
) -> (&'static str, &'static str) {
    if environment.lifecycle == Lifecycle::Deleted {
        return ("Deleted", "Deleted");
    }
    if let Some(operation) = operation {
        if operation.state == OperationState::RollbackInProgress {
            return ("ServicingRollback", "Servicing");
        }
        return match operation.kind {
            OperationKind::Refresh { .. } => ("Restoring", "Servicing"),
            // It stays usable while it is exported, and takes no other operation.
            OperationKind::Export { .. } => ("Servicing", "Servicing"),
            OperationKind::Deploy { .. } => {
                let step = operation.journal.steps.last().map(|record| record.step);
                ("Servicing", deploy::phase(step))
            }
        };
    }
    let status = match power {
        PowerState::Running => "Deployed",
        PowerState::Starting => "Starting",
        PowerState::Stopping => "Stopping",
        PowerState::Stopped => "Stopped",
    };
    (power.as_str(), status)
}
