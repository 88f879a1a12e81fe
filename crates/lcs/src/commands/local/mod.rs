//! `lcs local …` and `lcs quickstart`: the local cloud from the command line.

mod credentials;
mod keys;
mod reset;
mod status;

use super::{Context, profile, quickstart, signed_in, token_cache};
use crate::{
    args::{LocalCommand, QuickstartArgs},
    config::Profile,
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) async fn run(context: &Context, command: LocalCommand) -> Result<Report, Diagnostic> {
    match command {
        LocalCommand::Credentials(args) => credentials::run(context, &args),
        LocalCommand::Status(args) => status::run(context, &args),
        LocalCommand::Keys(command) => keys::run(context, command).await,
        LocalCommand::Reset(args) => reset::run(context, &args),
    }
}

pub(super) async fn quickstart(
    context: &Context,
    args: QuickstartArgs,
) -> Result<Report, Diagnostic> {
    let settings = quickstart::QuickstartSettings {
        data_directory: context.paths.data_directory(args.data_dir.as_ref()),
        key_encryption_key: context.environment.key_encryption_key_file.clone(),
        rows: args.rows,
        source: args.source,
    };
    let cache = token_cache::open(context)?;
    let keep_profile = |local: &quickstart::LocalProfile| {
        let profile = Profile {
            authority: Some(local.authority.clone()),
            api_url: Some(local.lcs_api.clone()),
            resource: Some(local.lcs_resource.clone()),
            client_id: Some(local.client_id.clone()),
            project: Some(local.project.to_string()),
            username: Some(local.username.clone()),
            ca_certificate: Some(local.ca_certificate.clone()),
            ..Profile::default()
        };
        profile::keep(context, quickstart::PROFILE, &profile)
    };
    let report = quickstart::run(&context.output, settings, cache.clone(), keep_profile).await?;
    signed_in::say_notices(context, &cache);
    Ok(report)
}

/// The error for a data directory in which no local cloud was ever started.
fn no_local_cloud(directory: &std::path::Path) -> Diagnostic {
    Diagnostic::new(
        Code::NoLocalCloud,
        format!("there is no local cloud in `{}`", directory.display()),
    )
    .help("start one: lcs serve, or lcs quickstart")
}
