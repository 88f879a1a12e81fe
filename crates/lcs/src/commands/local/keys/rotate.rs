//! `lcs local keys rotate`: as the local cloud does by itself when a key is old enough.

use lcs_cloud::signing_keys;

use crate::{args::LocalDirectoryArgs, commands::Context, diagnostic::Diagnostic, output::Report};

pub(super) async fn run(
    context: &Context,
    args: &LocalDirectoryArgs,
) -> Result<Report, Diagnostic> {
    let options = super::options(context, args);
    super::report(&options, signing_keys::rotate(&options).await?)
}
