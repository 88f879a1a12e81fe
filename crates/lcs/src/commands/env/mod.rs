//! `lcs env …`: the environment API.

mod certificate;
mod history;
mod power;

use lcs_types::EnvironmentId;
use lcs_wire::lcs::EnvironmentDetail;
use serde::Serialize;

use super::{Context, names, signed_in};
use crate::{
    args::{EnvCommand, EnvListArgs, EnvShowArgs},
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

/// An environment as commands print it.
#[derive(Debug, Serialize)]
struct Environment {
    id: EnvironmentId,
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    infrastructure: Option<String>,
    state: Option<String>,
    status: Option<String>,
    application_release: Option<String>,
    application_build: Option<String>,
    platform_release: Option<String>,
    platform_version: Option<String>,
    topology: Option<String>,
    base_url: Option<String>,
    location: Option<String>,
    disaster_recovery_location: Option<String>,
    deployed_on: Option<String>,
    can_start: Option<bool>,
    can_stop: Option<bool>,
}

impl From<EnvironmentDetail> for Environment {
    fn from(detail: EnvironmentDetail) -> Self {
        Self {
            id: detail.environment_id,
            name: detail.environment_name,
            kind: detail.environment_type,
            infrastructure: detail.environment_infrastructure,
            state: detail.deployment_state,
            status: detail.deployment_status_display,
            application_release: detail.current_application_release_name,
            application_build: detail.current_application_build_version,
            platform_release: detail.current_platform_release_name,
            platform_version: detail.current_platform_version,
            topology: detail.topology_display_name,
            base_url: detail.environment_endpoint_base_url,
            location: detail.cloud_storage_location,
            disaster_recovery_location: detail.disaster_recovery_location,
            deployed_on: detail.deployed_on_utc,
            can_start: detail.can_start,
            can_stop: detail.can_stop,
        }
    }
}

impl Shown for Environment {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("Type", "type"),
        ("Status", "status"),
        ("Release", "application_release"),
        ("Location", "location"),
        ("Id", "id"),
    ];
}

/// The same with every field.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct WholeEnvironment(Environment);

impl Shown for WholeEnvironment {
    const COLUMNS: &'static [Column] = &[
        ("Id", "id"),
        ("Name", "name"),
        ("Type", "type"),
        ("Infrastructure", "infrastructure"),
        ("State", "state"),
        ("Status", "status"),
        ("Application", "application_release"),
        ("Build", "application_build"),
        ("Platform", "platform_release"),
        ("Platform version", "platform_version"),
        ("Topology", "topology"),
        ("URL", "base_url"),
        ("Location", "location"),
        ("Disaster recovery", "disaster_recovery_location"),
        ("Deployed (UTC)", "deployed_on"),
    ];
}

pub(super) async fn run(context: &Context, command: EnvCommand) -> Result<Report, Diagnostic> {
    match command {
        EnvCommand::List(args) => list(context, args).await,
        EnvCommand::Show(args) => show(context, args).await,
        EnvCommand::History(args) => history::run(context, args).await,
        EnvCommand::Start(args) => power::start(context, args).await,
        EnvCommand::Stop(args) => power::stop(context, args).await,
        EnvCommand::RsatCertificate(args) => certificate::run(context, args).await,
    }
}

async fn list(context: &Context, args: EnvListArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environments = signed_in.environments().await?;
    let environments: Vec<Environment> = environments.into_iter().map(Into::into).collect();
    Ok(Report::list(
        &environments,
        "The project has no environments.",
    ))
}

async fn show(context: &Context, args: EnvShowArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environments = signed_in.environments().await?;
    let environment = names::environment(&environments, &args.environment)?.clone();
    Ok(Report::one(&WholeEnvironment(environment.into())))
}
