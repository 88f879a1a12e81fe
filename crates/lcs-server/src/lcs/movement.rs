//! `/databasemovement/v1/…`: list backups, start a refresh or an export, fetch a status.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lcs_artifacts::Permission;
use lcs_operations::StartError;
use lcs_projects::{Backup, Environment, Project, RuleRefusal};
use lcs_types::{BackupName, EnvironmentId, NameError, OperationActivityId, SignedUrl};
use lcs_wire::lcs::{DatabaseAsset, DatabaseList, FetchStatus, listing_date};

use super::caller::Caller;
use crate::{answered::Answered, context::RequestContext, origin::Origin, state::Services};

/// `GET /databasemovement/v1/databases/project/{project}`.
pub(crate) async fn list_backups(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
) -> Result<Response, Answered> {
    let backups = services
        .projects
        .backups(caller.project.id)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let database_assets = backups
        .iter()
        .filter_map(|backup| asset(&services, &context.origin, &caller.project, backup))
        .collect();
    let list = DatabaseList {
        database_assets,
        envelope: caller.call.success(),
    };
    Ok(caller.call.ok(list))
}

/// A backup with a URL that is signed for this answer.
fn asset(
    services: &Services,
    origin: &Origin,
    project: &Project,
    backup: &Backup,
) -> Option<DatabaseAsset> {
    let location = signed(services, origin, &backup.artifact, Permission::Read)?;
    Some(DatabaseAsset {
        id: backup.id,
        project_id: backup.project.0,
        organization_id: project.organization_id,
        name: backup.name.to_string(),
        file_name: backup.name.file_name(),
        file_description: Some(String::new()),
        file_location: location.expose().to_string(),
        modified_date_time: listing_date(backup.created_at),
        created_date_time: listing_date(backup.created_at),
        created_by_name: None,
        modified_by_name: None,
    })
}

/// A URL for a file of the artifact store, signed for this answer.
pub(super) fn signed(
    services: &Services,
    origin: &Origin,
    artifact: &str,
    permission: Permission,
) -> Option<SignedUrl> {
    let origin = url::Url::parse(origin.as_str()).ok()?;
    let key = artifact.parse().ok()?;
    let now = services.clock.now();
    Some(services.url_signer.sign(&origin, &key, permission, now))
}

/// `POST /databasemovement/v1/refresh/project/{project}/source/{source}/target/{target}`.
pub(crate) async fn start_refresh(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, source, target)): Path<(String, String, String)>,
) -> Result<Response, Answered> {
    let source = environment(&caller, &source)?;
    let target = environment(&caller, &target)?;
    let started = services
        .engine
        .start_refresh(caller.project.id, source, target, caller.user)
        .await;
    answer_start(&context, &caller, started)
}

/// `POST /databasemovement/v1/export/project/{project}/environment/{environment}/backupName/{name}`.
pub(crate) async fn start_export(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, exported, name)): Path<(String, String, String)>,
) -> Result<Response, Answered> {
    let environment = environment(&caller, &exported)?;
    let name: BackupName = name.parse().map_err(|NameError { reason, .. }| {
        let refusal = RuleRefusal::BackupName {
            reason: reason.to_owned(),
        };
        caller.call.refused(refusal.to_string())
    })?;
    let started = services
        .engine
        .start_export(caller.project.id, environment, name, caller.user)
        .await;
    answer_start(&context, &caller, started)
}

pub(super) fn environment(caller: &Caller, text: &str) -> Result<EnvironmentId, Answered> {
    Ok(text.parse().map_err(|_| {
        let refusal = RuleRefusal::UnknownEnvironment {
            environment: text.chars().filter(|c| !c.is_control()).take(100).collect(),
        };
        caller.call.refused(refusal.to_string())
    })?)
}

/// The environment of the project that a path names.
pub(super) async fn known_environment(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    text: &str,
) -> Result<Environment, Answered> {
    let id = environment(caller, text)?;
    let found = services.projects.environment(caller.project.id, id).await;
    let found = found.map_err(|error| caller.call.failed(context, &error))?;
    Ok(found.ok_or_else(|| {
        let environment = id.to_string();
        let refusal = RuleRefusal::UnknownEnvironment { environment };
        caller.call.refused(refusal.to_string())
    })?)
}

/// The id of an operation that was started, or the answer that says why it was not.
pub(super) fn started(
    context: &RequestContext,
    caller: &Caller,
    started: Result<OperationActivityId, StartError>,
) -> Result<OperationActivityId, Answered> {
    Ok(started.map_err(|error| match error {
        StartError::Refused(refusal) => caller.call.refused(refusal.to_string()),
        StartError::Store(error) => caller.call.failed(context, &error),
    })?)
}

fn answer_start(
    context: &RequestContext,
    caller: &Caller,
    outcome: Result<OperationActivityId, StartError>,
) -> Result<Response, Answered> {
    // The id of the call is also the id to poll.
    let operation = started(context, caller, outcome)?;
    Ok(caller.call.ok(caller.call.success_of(operation)))
}

/// `GET /databasemovement/v1/fetchstatus/project/{project}/environment/{environment}/operationactivity/{operation}`,
/// and the same below `/environment/v2` for deployments: each knows the operations of both, as an
/// early client polled a refresh at the other.
pub(crate) async fn fetch_status(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment_id, operation_id)): Path<(String, String, String)>,
) -> Result<Response, Answered> {
    let environment = environment(&caller, &environment_id)?;
    let unknown = || {
        let message = "The operation does not exist for this environment.";
        caller.call.refused(message)
    };
    let operation_id: OperationActivityId = operation_id.parse().map_err(|_| unknown())?;
    let operation = services
        .engine
        .find(caller.project.id, operation_id)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?
        // A refresh is polled with its target, an export with the environment that is exported.
        .filter(|found| found.kind.environment() == environment)
        .ok_or_else(unknown)?;
    let mut envelope = caller.call.success();
    // Whether the service explains a failed operation here is not documented; a local cloud that
    // knows the cause should say it.
    envelope
        .error_message
        .clone_from(&operation.journal.failure);
    let status = FetchStatus {
        envelope,
        project_id: caller.project.id.0,
        environment_id: environment,
        activity_id: operation.id,
        completion_date: operation.ended_at.map(listing_date),
        operation_status: operation.state.status(),
    };
    Ok(caller.call.ok(status))
}
