//! `asset`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lcs_wire::lcs::AssetFileType;

use super::{ConnectionArgs, db::WaitingArgs, transfer::RateArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum AssetCommand {
    List(AssetListArgs),
    Show(AssetShowArgs),
    Upload(AssetUploadArgs),
    Download(AssetDownloadArgs),
    Delete(AssetDeleteArgs),
    Wait(AssetWaitArgs),
}

/// The type of an asset.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct AssetTypeArgs {
    /// The type, by name or number: model, data-package, nuget-package, …
    #[arg(
        long = "type",
        value_name = "TYPE",
        default_value = "software-deployable-package"
    )]
    pub(crate) file_type: AssetFileType,
}

/// List the assets of a type
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs asset list\n  lcs asset list --type data-package\n  lcs asset list --shared --type downloadable-vhd"
)]
pub(crate) struct AssetListArgs {
    #[command(flatten)]
    pub(crate) of: AssetTypeArgs,
    /// Those of the shared library instead of the project's
    #[arg(long)]
    pub(crate) shared: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show an asset
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs asset show release-42")]
pub(crate) struct AssetShowArgs {
    /// The asset, by name or id
    pub(crate) asset: String,
    #[command(flatten)]
    pub(crate) of: AssetTypeArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Upload a file to the project's asset library
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs asset upload Release42.zip --name release-42 --wait\n  lcs asset upload customers.zip --type data-package --name customers\n  lcs asset upload Release42.zip --name release-42 --limit-rate 10M"
)]
pub(crate) struct AssetUploadArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// The name of the asset
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// What it is, for people
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) of: AssetTypeArgs,
    #[command(flatten)]
    pub(crate) rate: RateArgs,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Download an asset and check it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs asset download release-42 --to ./packages")]
pub(crate) struct AssetDownloadArgs {
    /// The asset, by name or id
    pub(crate) asset: String,
    /// A file or folder; this folder when absent
    #[arg(long, value_name = "PATH")]
    pub(crate) to: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) rate: RateArgs,
    #[command(flatten)]
    pub(crate) of: AssetTypeArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Delete an asset of the project
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs asset delete release-42 --yes")]
pub(crate) struct AssetDeleteArgs {
    /// The asset, by name or id
    pub(crate) asset: String,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) of: AssetTypeArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Wait until an asset is validated
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs asset wait release-42 --timeout 1800")]
pub(crate) struct AssetWaitArgs {
    /// The asset, by name or id
    pub(crate) asset: String,
    /// Give up waiting after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) of: AssetTypeArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
