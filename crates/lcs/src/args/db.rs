//! `db`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ConnectionArgs, transfer::RateArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    Backups(BackupsArgs),
    Refresh(RefreshArgs),
    Export(ExportArgs),
    Status(StatusArgs),
    Wait(WaitArgs),
    Download(DownloadArgs),
}

/// List the database backups of the project
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs db backups\n  lcs db backups -o json")]
pub(crate) struct BackupsArgs {
    /// Include the signed URLs; whoever has one can download
    #[arg(long)]
    pub(crate) show_urls: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How long to wait.
#[derive(Debug, Clone, Args)]
pub(crate) struct WaitingArgs {
    /// Wait until the operation has ended
    #[arg(long)]
    pub(crate) wait: bool,
    /// Give up waiting after so many seconds
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    pub(crate) timeout: Option<u64>,
}

/// Replace a sandbox's database by a copy of another
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs db refresh --source Contoso-PROD --target Contoso-UAT --plan\n  lcs db refresh --source Contoso-PROD --target Contoso-UAT --yes --wait"
)]
pub(crate) struct RefreshArgs {
    /// The environment to copy, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) source: String,
    /// The environment whose database is replaced, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) target: String,
    /// Show what would happen and change nothing
    #[arg(long, conflicts_with_all = ["yes", "wait"])]
    pub(crate) plan: bool,
    /// Do not ask, unless the target is a production environment
    #[arg(long)]
    pub(crate) yes: bool,
    /// Replace the database of this production environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) confirm_production: Option<String>,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Export a sandbox's database to the asset library
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs db export --environment Contoso-UAT --name uat-2026-03-01 --wait"
)]
pub(crate) struct ExportArgs {
    /// The environment, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    /// The name of the backup, without extension
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Show what would happen and change nothing
    #[arg(long, conflicts_with = "wait")]
    pub(crate) plan: bool,
    /// Accepted for scripts; an export destroys nothing and never asks
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show the status of an operation
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs db status 11111111-1111-4111-8111-111111111111 --environment Contoso-UAT"
)]
pub(crate) struct StatusArgs {
    /// The operation activity id
    pub(crate) id: String,
    /// The target of the refresh, or the exported environment, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Wait until an operation has ended
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs db wait\n  lcs db wait 11111111-1111-4111-8111-111111111111 --environment Contoso-UAT --timeout 7200"
)]
pub(crate) struct WaitArgs {
    /// The operation activity id; the last one started with this profile when absent
    #[arg(requires = "environment")]
    pub(crate) id: Option<String>,
    /// The target of the refresh, or the exported environment, by name or id
    #[arg(long, value_name = "ENVIRONMENT", requires = "id")]
    pub(crate) environment: Option<String>,
    /// Give up waiting after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Download a database backup and check it
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs db download --latest\n  lcs db download uat-2026-03-01 --to ./uat.bacpac --limit-rate 10M"
)]
pub(crate) struct DownloadArgs {
    /// The backup, by name or id
    #[arg(required_unless_present = "latest")]
    pub(crate) backup: Option<String>,
    /// The newest backup
    #[arg(long, conflicts_with = "backup")]
    pub(crate) latest: bool,
    /// A file or folder; this folder when absent
    #[arg(long, value_name = "PATH")]
    pub(crate) to: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) rate: RateArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
