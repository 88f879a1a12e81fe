//! `lcs db refresh`: replaces a sandbox's database.

use lcs_wire::lcs::EnvironmentDetail;
use serde::Serialize;

use super::operation::{OperationReport, remember, wait};
use crate::{
    args::RefreshArgs,
    commands::{Context, names, signed_in},
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, prompt},
};

/// What the published lists keep from travelling, for both directions that end in a sandbox.
const NOT_COPIED: &[&str] = &[
    "e-mail addresses",
    "the SMTP relay server",
    "print management settings",
    "users other than Admin stay disabled",
    "environment-specific records: servers, sessions, printers, batch servers and groups",
    "attachments and templates in blob storage",
    "running batch jobs: they are withheld",
    "encrypted fields",
    "maintenance mode",
    "dual-write and business event configuration",
    "change tracking",
];

/// What a refresh would do.
#[derive(Debug, Serialize)]
struct Plan {
    source: String,
    source_type: Option<String>,
    source_release: Option<String>,
    target: String,
    target_type: Option<String>,
    target_release: Option<String>,
    replaces: String,
    not_copied: &'static [&'static str],
    limit: &'static str,
    problems: Vec<String>,
}

impl Shown for Plan {
    const COLUMNS: &'static [Column] = &[
        ("Source", "source"),
        ("Source type", "source_type"),
        ("Source release", "source_release"),
        ("Target", "target"),
        ("Target type", "target_type"),
        ("Target release", "target_release"),
        ("Replaces", "replaces"),
        ("Not copied", "not_copied"),
        ("Limit", "limit"),
        ("Problems", "problems"),
    ];
}

pub(super) async fn run(context: &Context, args: RefreshArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environments = signed_in.api.environments(signed_in.project).await?;
    let source = names::environment(&environments, &args.source)?;
    let target = names::environment(&environments, &args.target)?;
    if source.environment_id == target.environment_id {
        return Err(Diagnostic::new(
            Code::SameEnvironment,
            format!("source and target are both `{}`", source.environment_name),
        )
        .help("choose two different environments: lcs env list"));
    }
    if args.plan {
        return Ok(Report::one(&plan(source, target)));
    }
    confirm(context, &args, source, target)?;
    let operation = signed_in
        .api
        .refresh(
            signed_in.project,
            source.environment_id,
            target.environment_id,
        )
        .await?;
    remember(context, &connection.profile, &operation);
    let report = OperationReport {
        source: Some(source.environment_name.clone()),
        target: Some(target.environment_name.clone()),
        ..OperationReport::started(&operation)
    };
    if !args.waiting.wait {
        context
            .output
            .note("started; wait for it with: lcs db wait");
        return Ok(Report::one(&report));
    }
    let status = wait(context, &signed_in, &operation, args.waiting.timeout).await?;
    Ok(Report::one(&report.with_status(status)))
}

/// It destroys the target's data, so a person types the target's name and a script says `--yes`.
fn confirm(
    context: &Context,
    args: &RefreshArgs,
    source: &EnvironmentDetail,
    target: &EnvironmentDetail,
) -> Result<(), Diagnostic> {
    if args.yes {
        return Ok(());
    }
    let name = &target.environment_name;
    let question = format!(
        "The database of {name} is replaced by a copy of {}. Type {name} to go on:",
        source.environment_name
    );
    match prompt::typed(&context.output, &question, name)? {
        Some(true) => Ok(()),
        Some(false) => Err(Diagnostic::new(Code::Declined, "nothing was done")),
        None => Err(Diagnostic::new(
            Code::ConfirmationNeeded,
            format!("the database of {name} would be replaced, and there is nobody to ask"),
        )
        .help("say that you mean it: --yes; or look first: --plan")),
    }
}

fn plan(source: &EnvironmentDetail, target: &EnvironmentDetail) -> Plan {
    Plan {
        source: source.environment_name.clone(),
        source_type: source.environment_type.clone(),
        source_release: source.current_application_release_name.clone(),
        target: target.environment_name.clone(),
        target_type: target.environment_type.clone(),
        target_release: target.current_application_release_name.clone(),
        replaces: format!("the whole database of {}", target.environment_name),
        not_copied: NOT_COPIED,
        limit: "three operations may be started for an environment within 24 hours",
        problems: problems(source, target),
    }
}

/// What LCS would refuse, as far as the metadata shows.
fn problems(source: &EnvironmentDetail, target: &EnvironmentDetail) -> Vec<String> {
    let mut problems = Vec::new();
    if target.environment_type.as_deref() == Some("Production") {
        problems.push(format!(
            "{} is a production environment",
            target.environment_name
        ));
    }
    for environment in [source, target] {
        let infrastructure = environment.environment_infrastructure.as_deref();
        if infrastructure == Some("CustomerManaged") {
            problems.push(format!("{} is cloud-hosted", environment.environment_name));
        }
    }
    let releases = (
        &source.current_application_release_name,
        &target.current_application_release_name,
    );
    if let (Some(one), Some(other)) = releases
        && one != other
    {
        problems.push(format!(
            "the application releases differ: {one} and {other}"
        ));
    }
    problems
}
