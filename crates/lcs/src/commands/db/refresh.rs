//! `lcs db refresh`: replaces a sandbox's database.

use lcs_client::{OperationKind, journal::Request};
use lcs_wire::lcs::EnvironmentDetail;

use super::plan;
use crate::{
    args::RefreshArgs,
    commands::{
        Context, names,
        operation::{OperationReport, conclude, request, start},
        signed_in,
    },
    diagnostic::{Code, Diagnostic},
    output::{Report, prompt},
};

pub(super) async fn run(context: &Context, args: RefreshArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection)
        .await?
        .within(args.waiting.timeout);
    let environments = signed_in.environments().await?;
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
        return plan::refresh(context, &signed_in, source, target).await;
    }
    connection.may_change_environment(&target.environment_name, target.environment_id)?;
    confirm(context, &args, source, target)?;
    let asked = Request {
        source: Some(source.environment_name.clone()),
        ..request(&connection, &signed_in, OperationKind::Refresh, target)?
    };
    let send = signed_in.api.refresh(
        signed_in.project,
        source.environment_id,
        target.environment_id,
    );
    let tracked = start(context, &signed_in, asked, send).await?;
    let report = OperationReport {
        source: Some(source.environment_name.clone()),
        target: Some(target.environment_name.clone()),
        ..OperationReport::started(&tracked)
    };
    let next = "started; wait for it with: lcs op wait";
    conclude(context, &signed_in, &tracked, &args.waiting, report, next).await
}

/// It destroys the target's data, so a person types the target's name and a script says `--yes`.
fn confirm(
    context: &Context,
    args: &RefreshArgs,
    source: &EnvironmentDetail,
    target: &EnvironmentDetail,
) -> Result<(), Diagnostic> {
    let name = &target.environment_name;
    let is_production = plan::is_production(target);
    let is_named = args
        .confirm_production
        .as_ref()
        .is_some_and(|typed| typed.eq_ignore_ascii_case(name));
    if is_named || (args.yes && !is_production) {
        return Ok(());
    }
    let question = format!(
        "The database of {name} is replaced by a copy of {}. Type {name} to go on:",
        source.environment_name
    );
    match prompt::typed(&context.output, &question, name)? {
        Some(true) => Ok(()),
        Some(false) => Err(Diagnostic::new(Code::Declined, "nothing was done")),
        None if is_production => Err(Diagnostic::new(
            Code::ConfirmationNeeded,
            format!("{name} is a production environment, and there is nobody to ask"),
        )
        .help(format!(
            "say that you mean it: --confirm-production {name}; or look first: --plan"
        ))),
        None => Err(Diagnostic::new(
            Code::ConfirmationNeeded,
            format!("the database of {name} would be replaced, and there is nobody to ask"),
        )
        .help("say that you mean it: --yes; or look first: --plan")),
    }
}
