//! `quickstart`, `serve`, `local`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};

/// How many rows a sample database has when nothing else is said.
pub(super) const SAMPLE_ROWS: u64 = 50_000;

/// Tell the whole story on a local cloud
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs quickstart\n  lcs quickstart --data-dir ./cloud --rows 200000\n  lcs quickstart --source my.sqlite --data-dir ./my-cloud"
)]
pub(crate) struct QuickstartArgs {
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Where the local cloud is kept [env: LCS_DATA_DIR]"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// How many rows a sample database has, roughly
    #[arg(long, value_name = "NUMBER", default_value_t = SAMPLE_ROWS, value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    pub(crate) rows: u64,
    /// An SQLite database of your own as the production environment; it is only read
    #[arg(long, value_name = "FILE")]
    pub(crate) source: Option<PathBuf>,
}

/// Run a local instance of Lifecycle Services
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs serve\n  lcs serve --listen 127.0.0.1:0 --data-dir ./cloud --ready-file ready.json\n  lcs serve --config my-cloud.toml --data-dir ./my-cloud"
)]
pub(crate) struct ServeArgs {
    /// What the cloud consists of, at its first start (docs/reference/local-cloud.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where connections are accepted; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// Another name of this machine by which clients reach it; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) host_name: Vec<String>,
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Where everything is kept [env: LCS_DATA_DIR]"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Write what machines need to know here when connections are accepted; removed at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// How many rows a sample database has, roughly
    #[arg(long, value_name = "NUMBER", default_value_t = SAMPLE_ROWS, value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    pub(crate) rows: u64,
    /// An SQLite database of your own as the production environment; it is only read
    #[arg(long, value_name = "FILE")]
    pub(crate) source: Option<PathBuf>,
    /// Sanitisation rules of your own, besides the published ones (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LocalCommand {
    /// Show the users and their passwords
    #[command(after_help = "Examples:\n  lcs local credentials\n  lcs local credentials -o json")]
    Credentials(LocalDirectoryArgs),
    /// Show whether it runs, and where everything is
    #[command(after_help = "Examples:\n  lcs local status")]
    Status(LocalDirectoryArgs),
    /// See and rotate the keys that sign tokens, while it does not run
    #[command(subcommand, after_help = "Examples:\n  lcs local keys list")]
    Keys(KeysCommand),
    Reset(ResetArgs),
}

/// What to do about the signing keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the signing keys, newest first
    #[command(after_help = "Examples:\n  lcs local keys list")]
    List(LocalDirectoryArgs),
    /// Let the next key sign from now on; earlier tokens stay valid
    #[command(after_help = "Examples:\n  lcs local keys rotate")]
    Rotate(LocalDirectoryArgs),
    /// Change the key that seals signing keys and second factors on disk
    #[command(
        after_help = "Examples:\n  lcs local keys reseal\n  lcs local keys reseal --new-key FILE\n\n\
                      The old key is found as at the start (LCS_KEY_ENCRYPTION_KEY_FILE, or the data \
                      directory's own)."
    )]
    Reseal(ResealArgs),
}

/// How to seal anew.
#[derive(Debug, Args)]
pub(crate) struct ResealArgs {
    #[command(flatten)]
    pub(crate) directory: LocalDirectoryArgs,
    #[arg(
        long,
        value_name = "FILE",
        help = "The new key, in a file of your own; else one is made in the data directory"
    )]
    pub(crate) new_key: Option<PathBuf>,
}

/// The data directory of a local cloud.
#[derive(Debug, Args)]
pub(crate) struct LocalDirectoryArgs {
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Where the local cloud is kept [env: LCS_DATA_DIR]"
    )]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Remove the local cloud with all its databases
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs local reset\n  lcs local reset --yes")]
pub(crate) struct ResetArgs {
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Where the local cloud is kept [env: LCS_DATA_DIR]"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}
