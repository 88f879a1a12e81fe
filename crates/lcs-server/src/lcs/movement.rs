//! `/databasemovement/v1/…`: list backups, start a refresh or an export, fetch a status.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use lcs_operations::StartError;
use lcs_projects::{Backup, Capability, Project, RuleRefusal};
use lcs_types::{BackupName, EnvironmentId, OperationActivityId};
use lcs_wire::lcs::{DatabaseAsset, DatabaseList, Envelope, FetchStatus, listing_date};

use super::{
    answer::{failed, ok, refused},
    caller::{Caller, caller},
};
use crate::{context::RequestContext, origin::Origin, state::Services};

/// `GET /databasemovement/v1/databases/project/{project}`.
pub(crate) async fn list_backups(
    State(services): State<Services>,
    context: RequestContext,
    Path(project): Path<String>,
    headers: HeaderMap,
) -> Response {
    let capability = Capability::ListBackups;
    let caller = match caller(&services, &context, &headers, &project, capability).await {
        Ok(caller) => caller,
        Err(answer) => return *answer,
    };
    let backups = match services.projects.backups(caller.project.id).await {
        Ok(backups) => backups,
        Err(error) => return failed(&context, caller.activity, &error),
    };
    let database_assets = backups
        .iter()
        .filter_map(|backup| asset(&services, &context.origin, &caller.project, backup))
        .collect();
    ok(
        caller.activity,
        DatabaseList {
            database_assets,
            envelope: Envelope::success(caller.activity),
        },
    )
}

/// A backup with a URL that is signed for this answer.
fn asset(
    services: &Services,
    origin: &Origin,
    project: &Project,
    backup: &Backup,
) -> Option<DatabaseAsset> {
    let origin = url::Url::parse(origin.as_str()).ok()?;
    let key = backup.artifact.parse().ok()?;
    let location = services
        .url_signer
        .sign(&origin, &key, services.clock.now());
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

/// `POST /databasemovement/v1/refresh/project/{project}/source/{source}/target/{target}`.
pub(crate) async fn start_refresh(
    State(services): State<Services>,
    context: RequestContext,
    Path((project, source, target)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let capability = Capability::StartRefresh;
    let caller = match caller(&services, &context, &headers, &project, capability).await {
        Ok(caller) => caller,
        Err(answer) => return *answer,
    };
    let (source, target) = match (environment(&source), environment(&target)) {
        (Ok(source), Ok(target)) => (source, target),
        (Err(refusal), _) | (_, Err(refusal)) => {
            return refused(caller.activity, refusal.to_string());
        }
    };
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
    Path((project, environment_id, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let capability = Capability::StartExport;
    let caller = match caller(&services, &context, &headers, &project, capability).await {
        Ok(caller) => caller,
        Err(answer) => return *answer,
    };
    let environment = match environment(&environment_id) {
        Ok(environment) => environment,
        Err(refusal) => return refused(caller.activity, refusal.to_string()),
    };
    let name: BackupName = match name.parse() {
        Ok(name) => name,
        Err(lcs_types::NameError { reason, .. }) => {
            let refusal = RuleRefusal::BackupName {
                reason: reason.to_owned(),
            };
            return refused(caller.activity, refusal.to_string());
        }
    };
    let started = services
        .engine
        .start_export(caller.project.id, environment, name, caller.user)
        .await;
    answer_start(&context, &caller, started)
}

fn environment(text: &str) -> Result<EnvironmentId, RuleRefusal> {
    text.parse().map_err(|_| RuleRefusal::UnknownEnvironment {
        environment: text.chars().filter(|c| !c.is_control()).take(100).collect(),
    })
}

fn answer_start(
    context: &RequestContext,
    caller: &Caller,
    started: Result<OperationActivityId, StartError>,
) -> Response {
    match started {
        // The id of the call is also the id to poll.
        Ok(operation) => ok(operation, Envelope::success(operation)),
        Err(StartError::Refused(refusal)) => refused(caller.activity, refusal.to_string()),
        Err(StartError::Store(error)) => failed(context, caller.activity, &error),
    }
}

/// `GET /databasemovement/v1/fetchstatus/project/{project}/environment/{environment}/operationactivity/{operation}`.
pub(crate) async fn fetch_status(
    State(services): State<Services>,
    context: RequestContext,
    Path((project, environment_id, operation_id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let capability = Capability::FetchStatus;
    let caller = match caller(&services, &context, &headers, &project, capability).await {
        Ok(caller) => caller,
        Err(answer) => return *answer,
    };
    let environment = match environment(&environment_id) {
        Ok(environment) => environment,
        Err(refusal) => return refused(caller.activity, refusal.to_string()),
    };
    let unknown = || {
        refused(
            caller.activity,
            "The operation does not exist for this environment.",
        )
    };
    let Ok(operation_id) = operation_id.parse::<OperationActivityId>() else {
        return unknown();
    };
    let operation = match services.engine.find(caller.project.id, operation_id).await {
        Ok(operation) => operation,
        Err(error) => return failed(&context, caller.activity, &error),
    };
    // A refresh is polled with its target, an export with the environment that is exported.
    let Some(operation) = operation.filter(|found| found.kind.environment() == environment) else {
        return unknown();
    };
    let mut envelope = Envelope::success(caller.activity);
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
    ok(caller.activity, status)
}
