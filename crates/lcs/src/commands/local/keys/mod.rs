//! `lcs local keys …`: the keys that sign the local cloud's tokens, and the one that seals them, while
//! it does not run.

mod list;
mod reseal;
mod rotate;

use std::sync::Arc;

use lcs_cloud::signing_keys::{SigningKeyFacts, SigningKeyOptions};
use lcs_types::{SystemClock, SystemRandomness};

use super::no_local_cloud;
use crate::{
    args::{KeysCommand, LocalDirectoryArgs},
    commands::Context,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

pub(super) async fn run(context: &Context, command: KeysCommand) -> Result<Report, Diagnostic> {
    match command {
        KeysCommand::List(args) => list::run(context, &args).await,
        KeysCommand::Rotate(args) => rotate::run(context, &args).await,
        KeysCommand::Reseal(args) => reseal::run(context, &args).await,
    }
}

impl Shown for SigningKeyFacts {
    const COLUMNS: &'static [Column] = &[
        ("Key id", "key_id"),
        ("State", "state"),
        ("Created", "created_at"),
        ("Active since", "active_since"),
        ("Published until", "published_until"),
    ];
}

fn options(context: &Context, args: &LocalDirectoryArgs) -> SigningKeyOptions {
    SigningKeyOptions {
        data_directory: context.paths.data_directory(args.data_dir.as_ref()),
        key_encryption_key: context.environment.key_encryption_key_file.clone(),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
    }
}

fn report(
    options: &SigningKeyOptions,
    keys: Option<Vec<SigningKeyFacts>>,
) -> Result<Report, Diagnostic> {
    let keys = keys.ok_or_else(|| no_local_cloud(&options.data_directory))?;
    Ok(Report::list(&keys, "There are no signing keys yet."))
}
