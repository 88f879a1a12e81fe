//! `/environmentinfo/v1/detail`: environment metadata, by page, id or name.

use axum::{
    extract::{Query, State},
    response::Response,
};
use lcs_projects::{Environment, Infrastructure};
use lcs_types::EnvironmentId;
use lcs_wire::lcs::{Envelope, EnvironmentDetail, EnvironmentPage, deployed_on};
use serde::Deserialize;

use super::{
    answer::{failed, ok, refused},
    caller::Caller,
};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// The service's page size is not documented; ten environments were seen to take two pages.
const PAGE_SIZE: usize = 5;

/// Which environments are asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct DetailQuery {
    page: Option<String>,
    #[serde(rename = "environmentId")]
    environment_id: Option<String>,
    #[serde(rename = "environmentName")]
    environment_name: Option<String>,
}

/// `GET /environmentinfo/v1/detail/project/{project}/`.
pub(crate) async fn detail(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Query(query): Query<DetailQuery>,
) -> Result<Response, Answered> {
    let page: usize = match query.page.as_deref().map(str::parse) {
        None => 1,
        Some(Ok(page)) if page >= 1 => page,
        Some(_) => {
            let message = "The page must be a number from 1.";
            return Ok(refused(caller.activity, message));
        }
    };
    let environments = services
        .projects
        .environments(caller.project.id)
        .await
        .map_err(|error| failed(&context, caller.activity, &error))?;
    let wanted: Vec<&Environment> = environments
        .iter()
        .filter(|environment| query.wants(environment))
        .collect();
    let first = (page - 1).saturating_mul(PAGE_SIZE);
    let body = EnvironmentPage {
        result_page_current: u32::try_from(page).unwrap_or(u32::MAX),
        result_has_more_pages: wanted.len() > first.saturating_add(PAGE_SIZE),
        data: Some(
            wanted
                .into_iter()
                .skip(first)
                .take(PAGE_SIZE)
                .map(describe)
                .collect(),
        ),
        envelope: Envelope::success(caller.activity),
    };
    Ok(ok(caller.activity, body))
}

impl DetailQuery {
    /// An unknown id or name yields an empty page, not a failure.
    fn wants(&self, environment: &Environment) -> bool {
        let by_id = self
            .environment_id
            .as_ref()
            .is_none_or(|id| id.parse::<EnvironmentId>().ok() == Some(environment.id));
        let by_name = self
            .environment_name
            .as_ref()
            .is_none_or(|name| name.eq_ignore_ascii_case(&environment.name));
        by_id && by_name
    }
}

fn describe(environment: &Environment) -> EnvironmentDetail {
    let is_customers = environment.infrastructure == Infrastructure::CustomerManaged;
    EnvironmentDetail {
        environment_id: environment.id,
        environment_name: environment.name.clone(),
        project_id: environment.project.0,
        environment_infrastructure: Some(environment.infrastructure.to_string()),
        environment_type: Some(environment.environment_type.to_string()),
        environment_group: Some("Primary".to_owned()),
        environment_product: Some(environment.product.clone()),
        environment_endpoint_base_url: Some(environment.base_url.clone()),
        deployment_state: Some("Finished".to_owned()),
        topology_display_name: Some(environment.topology_display_name.clone()),
        current_application_build_version: Some(environment.application_build.clone()),
        current_application_release_name: Some(environment.application_release.clone()),
        current_platform_release_name: Some(environment.platform_release.clone()),
        current_platform_version: Some(environment.platform_version.clone()),
        deployed_on_utc: Some(deployed_on(environment.deployed_on)),
        cloud_storage_location: Some(environment.cloud_location.clone()),
        disaster_recovery_location: Some(environment.disaster_recovery_location.clone()),
        deployment_status_display: Some("Deployed".to_owned()),
        // Only environments that the customer runs can be started and stopped through the API.
        can_start: Some(false),
        can_stop: Some(is_customers),
        database_daily_backups_enabled: None,
        database_backup_location: None,
    }
}
