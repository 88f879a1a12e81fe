//! `/environmentinfo/v1/history`: what was done to an environment, newest first.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lcs_operations::{DeploymentSubject, Operation, OperationKind};
use lcs_projects::Environment;
use lcs_wire::lcs::{HistoryItem, HistoryPage, history_date};

use super::{caller::Caller, movement, pages, query::Parameters};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// `GET /environmentinfo/v1/history/project/{project}/environment/{environment}/`.
pub(crate) async fn history(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment)): Path<(String, String)>,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let number = pages::number(parameters.get("page")).map_err(|text| caller.call.refused(text))?;
    let environment =
        movement::known_environment(&services, &context, &caller, &environment).await?;
    let operations = services
        .engine
        .history(environment.id)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let environments = services
        .projects
        .environments(caller.project.id)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let page = pages::cut(operations, number);
    let data = page
        .items
        .iter()
        .map(|operation| item(operation, &environments))
        .collect();
    Ok(caller.call.ok(HistoryPage {
        result_page_current: page.number,
        result_has_more_pages: page.has_more,
        data: Some(data),
        envelope: caller.call.success(),
    }))
}

fn item(operation: &Operation, environments: &[Environment]) -> HistoryItem {
    let (name, kind, display) = words(&operation.kind, environments);
    HistoryItem {
        name: Some(name),
        kind: Some(kind.to_owned()),
        type_display: Some(display.to_owned()),
        start_date_time_utc: Some(history_date(operation.started_at)),
        end_date_time_utc: operation.ended_at.map(history_date),
        status: operation.state.status(),
        activity_id: operation.id,
        environment_id: operation.kind.environment(),
        project_id: operation.project.0,
    }
}

/// Name, type, and type for people. Those of package deployment are the service's; for database
/// movement it has published none, so these are ours.
fn words(
    kind: &OperationKind,
    environments: &[Environment],
) -> (String, &'static str, &'static str) {
    match kind {
        OperationKind::Refresh { source, .. } => {
            let name = environments
                .iter()
                .find(|environment| environment.id == *source)
                .map_or_else(
                    || source.to_string(),
                    |environment| environment.name.clone(),
                );
            (
                format!("Refresh from {name}"),
                "DatabaseRefresh",
                "Refresh database",
            )
        }
        OperationKind::Export { backup_name, .. } => {
            (backup_name.to_string(), "DatabaseExport", "Export database")
        }
        OperationKind::Deploy { name, subject, .. } => {
            let (kind, display) = match subject {
                DeploymentSubject::Environment | DeploymentSubject::Prepared { .. } => {
                    ("ApplicationHotfix", "Application deployable package")
                }
                DeploymentSubject::ScaleUnit { .. } => (
                    "CommerceScaleUnitExtension",
                    "Commerce Cloud Scale Unit extension",
                ),
                DeploymentSubject::ECommerce { .. } => ("ECommercePackage", "E-Commerce package"),
                DeploymentSubject::Preparation => ("UpdatePreparation", "Prepare update"),
            };
            (name.clone(), kind, display)
        }
    }
}
