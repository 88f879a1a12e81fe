//! `lcs local keys list`.

use lcs_cloud::signing_keys;

use crate::{args::LocalDirectoryArgs, commands::Context, diagnostic::Diagnostic, output::Report};

pub(super) async fn run(
    context: &Context,
    args: &LocalDirectoryArgs,
) -> Result<Report, Diagnostic> {
    let options = super::options(context, args);
    super::report(&options, signing_keys::list(&options).await?)
}
