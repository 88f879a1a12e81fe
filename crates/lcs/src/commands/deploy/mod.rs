//! `lcs deploy …`: packages for environments, Commerce Scale Units and e-commerce.

mod finalize;

use lcs_client::{DeploymentTarget, OperationKind, StartedOperation, journal::Request};
use lcs_wire::lcs::{AssetFileType, EnvironmentDetail};

use super::{
    Context, names, op,
    operation::{OperationReport, Tracked, conclude, journal, parse_id, request, start},
    signed_in,
};
use crate::{
    args::{CommerceArgs, DeployCommand, DeployStartArgs, DeployStatusArgs, OpCommand},
    diagnostic::{Code, Diagnostic},
    output::{Report, prompt},
};

pub(super) async fn run(context: &Context, command: DeployCommand) -> Result<Report, Diagnostic> {
    match command {
        DeployCommand::Start(args) => begin(context, args).await,
        DeployCommand::Finalize(args) => finalize::run(context, args).await,
        DeployCommand::Status(args) => status(context, args).await,
        // The journal knows which kind of status to ask for.
        DeployCommand::Wait(args) => op::run(context, OpCommand::Wait(args)).await,
    }
}

fn target(commerce: CommerceArgs, name: Option<String>, is_on_premises: bool) -> DeploymentTarget {
    let update_name = name.unwrap_or_default();
    match (commerce.scale_unit, commerce.ecommerce) {
        (Some(name), _) => DeploymentTarget::ScaleUnit(name),
        (None, Some(id)) => DeploymentTarget::ECommerce(id),
        (None, None) if is_on_premises => DeploymentTarget::OnPremises { update_name },
        (None, None) => DeploymentTarget::Environment { update_name },
    }
}

/// LCS documents no word for them; these are the ones of its portal.
fn is_on_premises(environment: &EnvironmentDetail) -> bool {
    let infrastructure = environment.environment_infrastructure.as_deref();
    let kind = environment.environment_type.as_deref();
    infrastructure == Some("CustomerOnPrem") || kind.is_some_and(|kind| kind.starts_with("OnPrem"))
}

/// The type of package that goes there.
const fn file_type(target: &DeploymentTarget) -> AssetFileType {
    match target {
        DeploymentTarget::Environment { .. } | DeploymentTarget::OnPremises { .. } => {
            AssetFileType::SoftwareDeployablePackage
        }
        DeploymentTarget::ScaleUnit(_) => AssetFileType::CommerceCloudScaleUnitExtension,
        DeploymentTarget::ECommerce(_) => AssetFileType::ECommercePackage,
    }
}

async fn begin(context: &Context, args: DeployStartArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection)
        .await?
        .within(args.waiting.timeout);
    let environments = signed_in.environments().await?;
    let environment = names::environment(&environments, &args.environment)?;
    connection.may_change_environment(&environment.environment_name, environment.environment_id)?;
    let target = target(
        args.commerce,
        args.name.clone(),
        is_on_premises(environment),
    );
    let asset = names::asset(&signed_in, file_type(&target), &args.asset).await?;
    if !args.yes {
        confirm(context, &args.asset, environment)?;
    }
    let asked = Request {
        name: args.name,
        asset_id: Some(asset),
        commerce: target.commerce().map(str::to_owned),
        ..request(&connection, &signed_in, target.kind(), environment)?
    };
    let id = environment.environment_id;
    let send = signed_in
        .api
        .deploy_package(signed_in.project, id, asset, &target);
    let tracked = start(context, &signed_in, asked, send).await?;
    let report = OperationReport {
        target: Some(environment.environment_name.clone()),
        ..OperationReport::started(&tracked)
    };
    let next = match target {
        DeploymentTarget::OnPremises { .. } => {
            "being prepared; wait with lcs deploy wait, then deploy it: lcs deploy finalize"
        }
        _ => "started; wait for it with: lcs deploy wait",
    };
    conclude(context, &signed_in, &tracked, &args.waiting, report, next).await
}

/// The environment is down while a package is deployed.
fn confirm(
    context: &Context,
    asset: &str,
    environment: &EnvironmentDetail,
) -> Result<(), Diagnostic> {
    let name = &environment.environment_name;
    let question = format!("{asset} is deployed to {name}, which is down meanwhile. Go on?");
    match prompt::confirmed(&context.output, &question)? {
        Some(true) => Ok(()),
        Some(false) => Err(Diagnostic::new(Code::Declined, "nothing was done")),
        None => Err(Diagnostic::new(
            Code::ConfirmationNeeded,
            format!("{asset} would be deployed to {name}, and there is nobody to ask"),
        )
        .help("say that you mean it: --yes")),
    }
}

async fn status(context: &Context, args: DeployStatusArgs) -> Result<Report, Diagnostic> {
    let operation_activity_id = parse_id(&args.id)?;
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    // An id needs no question, and LCS answers only a few of them a minute.
    let known = known_as_on_premises(context, &args)?;
    let (environment_id, is_on_premises) = if let Some(is_on_premises) = known {
        let id = names::environment_id(&signed_in, &args.environment).await?;
        (id, is_on_premises)
    } else {
        let environments = signed_in.environments().await?;
        let environment = names::environment(&environments, &args.environment)?;
        (environment.environment_id, is_on_premises(environment))
    };
    let target = target(args.commerce, None, is_on_premises);
    let tracked = Tracked {
        operation: StartedOperation {
            kind: target.kind(),
            project_id: signed_in.project,
            environment_id,
            operation_activity_id,
            commerce: target.commerce().map(str::to_owned),
        },
        record: None,
    };
    let status = signed_in.api.deployment_status(&tracked.operation).await?;
    Ok(Report::one(
        &OperationReport::started(&tracked).with_status(status),
    ))
}

/// Whether a deployment goes to an on-premises environment, as far as the command or the journal tells.
fn known_as_on_premises(
    context: &Context,
    args: &DeployStatusArgs,
) -> Result<Option<bool>, Diagnostic> {
    if args.commerce.scale_unit.is_some() || args.commerce.ecommerce.is_some() {
        return Ok(Some(false));
    }
    let id = parse_id(&args.id)?;
    let records = journal(context).records()?;
    let found = records
        .iter()
        .find(|record| record.operation_activity_id() == Some(id));
    Ok(found.map(|record| {
        matches!(
            record.request.kind,
            OperationKind::Preparation | OperationKind::OnPremisesDeployment
        )
    }))
}
