//! `sandbox`.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

use super::local::SAMPLE_ROWS;

/// Run a program that finds the local cloud at Microsoft's names
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs sandbox -- python3 refresh.py\n  lcs sandbox --network pass --data-dir ./cloud -- pwsh ./refresh.ps1\n  lcs sandbox -- curl https://login.microsoftonline.com/common/discovery/instance"
)]
pub(crate) struct SandboxArgs {
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Where the local cloud is kept [env: LCS_DATA_DIR]"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// What the cloud consists of, at its first start (docs/reference/local-cloud.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How many rows a sample database has, roughly
    #[arg(long, value_name = "NUMBER", default_value_t = SAMPLE_ROWS, value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    pub(crate) rows: u64,
    /// What becomes of connections to any other host
    #[arg(long, value_name = "RULE", default_value = "refuse")]
    pub(crate) network: SandboxNetwork,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    pub(crate) program: Vec<OsString>,
}

/// What becomes of connections that the local cloud does not answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SandboxNetwork {
    /// They are refused
    Refuse,
    /// They go where they ask to
    Pass,
}
