//! `env`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ConnectionArgs, db::WaitingArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum EnvCommand {
    List(EnvListArgs),
    Show(EnvShowArgs),
    History(EnvHistoryArgs),
    Start(EnvStartArgs),
    Stop(EnvStopArgs),
    RsatCertificate(RsatCertificateArgs),
}

/// List the environments of the project
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs env list\n  lcs env list -o json")]
pub(crate) struct EnvListArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show all that LCS says of an environment
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs env show Contoso-UAT")]
pub(crate) struct EnvShowArgs {
    /// The environment, by name or id
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show what an environment went through, newest first
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs env history Contoso-UAT\n  lcs env history Contoso-UAT --recent"
)]
pub(crate) struct EnvHistoryArgs {
    /// The environment, by name or id
    pub(crate) environment: String,
    /// Ask for the first page alone; LCS answers few questions a minute
    #[arg(long)]
    pub(crate) recent: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Start a cloud-hosted environment
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs env start Contoso-DEV\n  lcs env start Contoso-DEV --wait --timeout 1800"
)]
pub(crate) struct EnvStartArgs {
    /// The environment, by name or id
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Stop a cloud-hosted environment
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs env stop Contoso-DEV --wait")]
pub(crate) struct EnvStopArgs {
    /// The environment, by name or id
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Download an environment's certificate for RSAT
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs env rsat-certificate Contoso-UAT --password-file rsat.password\n  lcs env rsat-certificate Contoso-UAT --to ./certificates --password-file rsat.password"
)]
pub(crate) struct RsatCertificateArgs {
    /// The environment, by name or id
    pub(crate) environment: String,
    /// Write the password of the .pfx into this new file; it is new with every call
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: PathBuf,
    /// The folder for the zip; this one when absent
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
