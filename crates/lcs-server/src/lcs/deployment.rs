//! `/environment/v2/applyupdate` and its status: packages for finance and operations, extensions for
//! Commerce Scale Units, packages for e-commerce. The rules are `lcs_projects::deployment`'s.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lcs_operations::{
    DeploymentSubject, Operation, OperationKind, OperationState,
    deploy::{self, on_premises},
};
use lcs_projects::{
    Asset, Environment, Infrastructure,
    deployment::{self, PackageTarget},
    movement::check_lifecycle,
};
use lcs_types::{AssetId, OperationActivityId};
use lcs_wire::lcs::{DeploymentStatus, ECommerceDeploymentStarted, OperationStatus};

use super::{caller::Caller, movement, query::Parameters};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// `POST /environment/v2/applyupdate/project/{project}/environment/{environment}/asset/{asset}`.
pub(crate) async fn apply(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment, asset)): Path<(String, String, String)>,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let wanted = Wanted {
        environment: &environment,
        asset: &asset,
        name: parameters.get("updateName").unwrap_or_default(),
        target: PackageTarget::Environment,
    };
    let operation = begin(&services, &context, &caller, wanted).await?;
    Ok(caller.call.ok(caller.call.success_of(operation)))
}

/// `POST …/commercescaleunit/{scaleUnit}/asset/{asset}`.
pub(crate) async fn apply_to_scale_unit(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment, scale_unit, asset)): Path<(String, String, String, String)>,
) -> Result<Response, Answered> {
    let wanted = Wanted {
        environment: &environment,
        asset: &asset,
        name: &scale_unit,
        target: PackageTarget::ScaleUnit(&scale_unit),
    };
    let operation = begin(&services, &context, &caller, wanted).await?;
    Ok(caller.call.ok(caller.call.success_of(operation)))
}

/// `POST …/ecommerce/{eCommerce}/asset/{asset}`.
pub(crate) async fn apply_to_e_commerce(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment, e_commerce, asset)): Path<(String, String, String, String)>,
) -> Result<Response, Answered> {
    let wanted = Wanted {
        environment: &environment,
        asset: &asset,
        name: &e_commerce,
        target: PackageTarget::ECommerce(&e_commerce),
    };
    let operation = begin(&services, &context, &caller, wanted).await?;
    Ok(caller.call.ok(ECommerceDeploymentStarted {
        envelope: caller.call.success_of(operation),
        deployment_id: Some(operation),
    }))
}

/// What is to be deployed where, as the path says it.
pub(super) struct Wanted<'path> {
    pub(super) environment: &'path str,
    pub(super) asset: &'path str,
    pub(super) name: &'path str,
    pub(super) target: PackageTarget<'path>,
}

/// Checks the rules and starts.
pub(super) async fn begin(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    wanted: Wanted<'_>,
) -> Result<OperationActivityId, Answered> {
    let environment =
        movement::known_environment(services, context, caller, wanted.environment).await?;
    let asset = asset(services, context, caller, wanted.asset).await?;
    let now = services.clock.now();
    deployment::check(
        &environment,
        asset.as_ref(),
        wanted.asset,
        wanted.target,
        wanted.name,
        now,
    )
    .map_err(|refusal| caller.call.refused(refusal.to_string()))
    .map(|package| start(services, context, caller, &environment, package, &wanted))?
    .await
}

async fn start(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    environment: &Environment,
    package: &Asset,
    wanted: &Wanted<'_>,
) -> Result<OperationActivityId, Answered> {
    let subject = match wanted.target {
        PackageTarget::Environment if environment.infrastructure == Infrastructure::OnPremises => {
            DeploymentSubject::Preparation
        }
        PackageTarget::Environment => DeploymentSubject::Environment,
        PackageTarget::ScaleUnit(name) => DeploymentSubject::ScaleUnit {
            scale_unit: name.to_owned(),
        },
        PackageTarget::ECommerce(id) => DeploymentSubject::ECommerce {
            e_commerce: id.to_owned(),
        },
    };
    let started = services
        .engine
        .start_deployment(
            environment,
            package,
            wanted.name.to_owned(),
            subject,
            caller.user,
        )
        .await;
    movement::started(context, caller, started)
}

async fn asset(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    named: &str,
) -> Result<Option<Asset>, Answered> {
    let Ok(id) = named.parse::<AssetId>() else {
        return Ok(None);
    };
    let found = services.assets.asset(caller.project.id, id).await;
    Ok(found.map_err(|error| caller.call.failed(context, &error))?)
}

/// `GET /environment/v2/fetchstatus/…/commercescaleunit/{scaleUnit}`: the last deployment there.
pub(crate) async fn scale_unit_status(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment, scale_unit)): Path<(String, String, String)>,
) -> Result<Response, Answered> {
    let found = last(&services, &context, &caller, &environment, |subject| {
        matches!(subject, DeploymentSubject::ScaleUnit { scale_unit: name } if name.eq_ignore_ascii_case(&scale_unit))
    })
    .await?;
    let step = found.journal.steps.last().map(|record| record.step);
    let is_ended = found.state.is_ended();
    let phase = if is_ended {
        "Finished"
    } else {
        deploy::phase(step)
    };
    let current_step = Some(phase.to_owned());
    Ok(caller.call.ok(DeploymentStatus {
        current_step,
        ..commerce_status(&caller, &found)
    }))
}

/// `GET /environment/v2/fetchstatus/…/ecommerce/{eCommerce}/deploymentactivity/{deployment}`.
pub(crate) async fn e_commerce_status(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment, e_commerce, deployment)): Path<(String, String, String, String)>,
) -> Result<Response, Answered> {
    let deployment: Option<OperationActivityId> = deployment.parse().ok();
    let history = history(&services, &context, &caller, &environment).await?;
    let found = history.into_iter().find(|operation| {
        let is_there = matches!(
            &operation.kind,
            OperationKind::Deploy { subject: DeploymentSubject::ECommerce { e_commerce: id }, .. }
                if id.eq_ignore_ascii_case(&e_commerce)
        );
        Some(operation.id) == deployment && is_there
    });
    let found = found.ok_or_else(|| unknown(&caller))?;
    Ok(caller.call.ok(commerce_status(&caller, &found)))
}

/// `POST /environment/v2/finalizeupdate/…/preparationactivityid/{activity}`: puts in its place what was
/// brought to an on-premises environment.
pub(crate) async fn finalize(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment, preparation)): Path<(String, String, String)>,
) -> Result<Response, Answered> {
    let there = movement::known_environment(&services, &context, &caller, &environment).await?;
    check_lifecycle(&there).map_err(|refusal| caller.call.refused(refusal.to_string()))?;
    let history = history_of(&services, &context, &caller, &there).await?;
    let preparation = on_premises::prepared(&history, preparation.parse().ok())
        .map_err(|refusal| caller.call.refused(refusal.to_string()))?;
    let started = services
        .engine
        .start_prepared(preparation, caller.user)
        .await;
    let operation = movement::started(&context, &caller, started)?;
    Ok(caller.call.ok(caller.call.success_of(operation)))
}

/// `GET /environment/v2/fetchstatus/…/onprem`: of the last preparation or deployment there.
pub(crate) async fn on_premises_status(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment)): Path<(String, String)>,
) -> Result<Response, Answered> {
    let history = history(&services, &context, &caller, &environment).await?;
    let (operation, word) = on_premises::status(&history).ok_or_else(|| unknown(&caller))?;
    let mut status = commerce_status(&caller, operation);
    status.operation_status = OperationStatus::from(word);
    Ok(caller.call.ok(status))
}

fn unknown(caller: &Caller) -> Response {
    caller
        .call
        .refused("There is no such deployment to this environment.")
}

/// What was done to an environment of the project, newest first.
async fn history(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    environment: &str,
) -> Result<Vec<Operation>, Answered> {
    let environment = movement::known_environment(services, context, caller, environment).await?;
    history_of(services, context, caller, &environment).await
}

async fn history_of(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    environment: &Environment,
) -> Result<Vec<Operation>, Answered> {
    let history = services.engine.history(environment.id).await;
    Ok(history.map_err(|error| caller.call.failed(context, &error))?)
}

async fn last(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    environment: &str,
    is_wanted: impl Fn(&DeploymentSubject) -> bool,
) -> Result<Operation, Answered> {
    let history = history(services, context, caller, environment).await?;
    let found = history.into_iter().find(|operation| {
        matches!(&operation.kind, OperationKind::Deploy { subject, .. } if is_wanted(subject))
    });
    Ok(found.ok_or_else(|| unknown(caller))?)
}

/// The words of Commerce, as its task for Azure DevOps reads them.
fn commerce_status(caller: &Caller, operation: &Operation) -> DeploymentStatus {
    let word = match operation.state {
        OperationState::NotStarted => "Queued",
        OperationState::InProgress | OperationState::RollbackInProgress => "Running",
        OperationState::Completed => "Succeeded",
        OperationState::RollbackCompleted | OperationState::RollbackFailed => "Failed",
    };
    let mut envelope = caller.call.success();
    envelope
        .error_message
        .clone_from(&operation.journal.failure);
    DeploymentStatus {
        envelope,
        operation_status: OperationStatus::from(word),
        current_step: None,
        activity_id: Some(operation.id),
        environment_id: Some(operation.kind.environment()),
    }
}
