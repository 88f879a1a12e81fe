//! `lcs local keys reseal`: another key seals the signing keys and the secrets of authenticator apps.

use lcs_cloud::reseal::{Resealed, reseal};

use crate::{
    args::ResealArgs,
    commands::{Context, local::no_local_cloud},
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

impl Shown for Resealed {
    const COLUMNS: &'static [Column] = &[
        ("Key file", "key_file"),
        ("Found by itself", "is_found_by_itself"),
    ];
}

pub(super) async fn run(context: &Context, args: &ResealArgs) -> Result<Report, Diagnostic> {
    let options = super::options(context, &args.directory);
    let resealed = reseal(&options, args.new_key.as_deref()).await?;
    let resealed = resealed.ok_or_else(|| no_local_cloud(&options.data_directory))?;
    if !resealed.is_found_by_itself {
        let file = resealed.key_file.display();
        context.output.note(&format!(
            "from now on start with: LCS_KEY_ENCRYPTION_KEY_FILE={file} lcs serve"
        ));
    } else if let Some(file) = &options.key_encryption_key {
        context.output.note(&format!(
            "from now on start without LCS_KEY_ENCRYPTION_KEY_FILE={}",
            file.display()
        ));
    }
    Ok(Report::one(&resealed))
}
