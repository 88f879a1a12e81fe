//! `doctor`.

use std::path::PathBuf;

use clap::Args;

use super::ConnectionArgs;

/// Check everything from the network to the project role
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs doctor\n  lcs doctor --username svc-lcs@contoso.com --password-stdin\n  lcs doctor -o json --junit doctor.xml\n\nIt asks nobody, and changes nothing but the token cache. With a token for Microsoft Graph (from lcs setup or in\nLCS_GRAPH_TOKEN) it tells more. Exit code 0 only if everything holds."
)]
pub(crate) struct DoctorArgs {
    /// Write the checks as test results into this file, too
    #[arg(long, value_name = "PATH")]
    pub(crate) junit: Option<PathBuf>,
    /// Whose sign-in is looked at
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Read the user's password from standard input; without one the earlier sign-in is renewed
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
