//! `lcs db …`: the Database Movement API.

mod backups;
mod download;
mod export;
mod left_out;
mod plan;
mod refresh;
mod status;
mod wait;

use super::Context;
use crate::{args::DbCommand, diagnostic::Diagnostic, output::Report};

pub(super) async fn run(context: &Context, command: DbCommand) -> Result<Report, Diagnostic> {
    match command {
        DbCommand::Backups(args) => backups::run(context, args).await,
        DbCommand::Refresh(args) => refresh::run(context, args).await,
        DbCommand::Export(args) => export::run(context, args).await,
        DbCommand::Status(args) => status::run(context, args).await,
        DbCommand::Wait(args) => wait::run(context, args).await,
        DbCommand::Download(args) => download::run(context, args).await,
    }
}
