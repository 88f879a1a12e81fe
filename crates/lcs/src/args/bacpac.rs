//! `bacpac`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum BacpacCommand {
    /// Show what a package says of itself
    #[command(after_help = "Examples:\n  lcs bacpac info uat.bacpac")]
    Info(PackageArgs),
    /// List the tables with their parts and sizes
    #[command(after_help = "Examples:\n  lcs bacpac tables uat.bacpac")]
    Tables(PackageArgs),
    /// Read every row and check the checksum
    #[command(after_help = "Examples:\n  lcs bacpac verify uat.bacpac")]
    Verify(PackageArgs),
}

/// A package.
#[derive(Debug, Args)]
pub(crate) struct PackageArgs {
    /// The file
    pub(crate) file: PathBuf,
}
