//! `/environment/v1/start` and `/stop`: cloud-hosted environments. Success means that the change was
//! triggered; how far it is, the metadata tells.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lcs_projects::{Environment, Power, power};
use lcs_types::OperationActivityId;

use super::{caller::Caller, movement};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// `POST /environment/v1/start/project/{project}/environment/{environment}`.
pub(crate) async fn start(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment)): Path<(String, String)>,
) -> Result<Response, Answered> {
    let environment =
        movement::known_environment(&services, &context, &caller, &environment).await?;
    let running = running(&services, &context, &caller, &environment).await?;
    let change = power::start(&environment, running, services.clock.now())
        .map_err(|refusal| caller.call.refused(refusal.to_string()))?;
    match change {
        Some(to) => write(&services, &context, &caller, &environment, to).await,
        None => Ok(caller.call.ok(caller.call.success())),
    }
}

/// `POST /environment/v1/stop/project/{project}/environment/{environment}`.
pub(crate) async fn stop(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment)): Path<(String, String)>,
) -> Result<Response, Answered> {
    let environment =
        movement::known_environment(&services, &context, &caller, &environment).await?;
    let running = running(&services, &context, &caller, &environment).await?;
    let to = power::stop(&environment, running, services.clock.now())
        .map_err(|refusal| caller.call.refused(refusal.to_string()))?;
    write(&services, &context, &caller, &environment, to).await
}

async fn write(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    environment: &Environment,
    to: Power,
) -> Result<Response, Answered> {
    let is_written = services
        .projects
        .set_power(caller.project.id, environment.id, environment.power, to)
        .await
        .map_err(|error| caller.call.failed(context, &error))?;
    if is_written {
        tracing::info!(environment.id = %environment.id, state = %to.state, "environment changes its state");
        return Ok(caller.call.ok(caller.call.success()));
    }
    let refusal = power::PowerRefusal::Busy {
        name: environment.name.clone(),
        with: "somebody else just started or stopped it".to_owned(),
    };
    Ok(caller.call.refused(refusal.to_string()))
}

/// What works on the environment at this moment.
async fn running(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    environment: &Environment,
) -> Result<Option<OperationActivityId>, Answered> {
    let unfinished = services
        .engine
        .unfinished()
        .await
        .map_err(|error| caller.call.failed(context, &error))?;
    Ok(unfinished
        .into_iter()
        .find(|operation| operation.kind.environment() == environment.id)
        .map(|operation| operation.id))
}
