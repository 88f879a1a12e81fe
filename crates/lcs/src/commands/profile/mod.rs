//! `lcs profile …`: named settings in `config.toml`.

mod detect;
mod list;
mod remove;
mod set;
mod show;
mod switch;

use super::Context;
use crate::{args::ProfileCommand, diagnostic::Diagnostic, output::Report};

pub(super) use set::keep;

pub(super) async fn run(context: &Context, command: ProfileCommand) -> Result<Report, Diagnostic> {
    match command {
        ProfileCommand::List => list::run(context),
        ProfileCommand::Show(args) => show::run(context, args),
        ProfileCommand::Set(args) => set::run(context, *args),
        ProfileCommand::Use(args) => switch::run(context, &args.name),
        ProfileCommand::Detect(args) => detect::run(context, *args).await,
        ProfileCommand::Remove(args) => remove::run(context, &args.name),
    }
}
