//! `/environment/servicing/v1/…`: the first version of package deployment, superseded in 2020 and
//! still called by old pipelines. It starts the same operations; its status is asked for by a number
//! instead of an id.

use axum::{extract::State, response::Response};
use lcs_operations::{Operation, OperationKind};
use lcs_projects::deployment::PackageTarget;
use lcs_types::OperationActivityId;
use lcs_wire::lcs::LegacyActionStatus;

use super::{
    caller::Caller,
    deployment::{Wanted, begin},
    movement::known_environment,
    query::Parameters,
};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// `POST /environment/servicing/v1/applyupdate/{project}?assetId=…&environmentId=…`.
pub(crate) async fn apply(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    // This version knew no name.
    let asset = parameters.get("assetId").unwrap_or_default();
    let name = format!("Update {asset}");
    let wanted = Wanted {
        environment: parameters.get("environmentId").unwrap_or_default(),
        asset,
        name: &name,
        target: PackageTarget::Environment,
    };
    let started = begin(&services, &context, &caller, wanted).await?;
    let operation = services.engine.find(caller.project.id, started).await;
    let operation = operation.map_err(|error| caller.call.failed(&context, &error))?;
    Ok(match operation {
        Some(operation) => caller.call.ok(status(&operation)),
        None => caller.call.unknown("The operation does not exist."),
    })
}

/// `GET /environment/servicing/v1/monitorupdate/{project}?environmentId=…&actionHistoryId=…`.
pub(crate) async fn monitor(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let environment = parameters.get("environmentId").unwrap_or_default();
    let environment = known_environment(&services, &context, &caller, environment).await?;
    let history = services.engine.history(environment.id).await;
    let history = history.map_err(|error| caller.call.failed(&context, &error))?;
    let wanted: Option<i64> = parameters
        .get("actionHistoryId")
        .and_then(|number| number.parse().ok());
    let found = history
        .iter()
        .filter(|operation| matches!(operation.kind, OperationKind::Deploy { .. }))
        .find(|operation| Some(number(operation.id)) == wanted);
    Ok(match found {
        Some(operation) => caller.call.ok(status(operation)),
        None => caller
            .call
            .unknown("There is no such action in the history of this environment."),
    })
}

fn status(operation: &Operation) -> LegacyActionStatus {
    LegacyActionStatus {
        lcs_environment_action_status: operation.state.status(),
        activity_id: operation.id,
        action_history_id: number(operation.id),
    }
}

/// The number of an operation: of its random id as many bits as every client's numbers hold.
fn number(operation: OperationActivityId) -> i64 {
    let bits = operation.as_uuid().as_u128() & 0x001f_ffff_ffff_ffff;
    i64::try_from(bits).unwrap_or_default()
}
