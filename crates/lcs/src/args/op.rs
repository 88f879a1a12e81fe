//! `op`.

use clap::{Args, Subcommand};

use super::ConnectionArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum OpCommand {
    List(OpListArgs),
    Show(OpShowArgs),
    Wait(OpWaitArgs),
    Resume(OpResumeArgs),
}

/// List the operations that were started here, newest first
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs op list\n  lcs op list --running -o json")]
pub(crate) struct OpListArgs {
    /// Only those whose end is not known
    #[arg(long)]
    pub(crate) running: bool,
}

/// Show what the journal knows of an operation
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs op show 7")]
pub(crate) struct OpShowArgs {
    /// Its number in the journal, or its operation activity id
    pub(crate) id: String,
}

/// Wait until an operation has ended
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs op wait\n  lcs op wait 7 --timeout 7200")]
pub(crate) struct OpWaitArgs {
    /// Its number or operation activity id; the profile's last one when absent
    pub(crate) id: Option<String>,
    /// Give up waiting after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Find out what became of operations, and wait for those that run
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs op resume\n  lcs op resume 7\n  lcs op resume 7 --activity-id 11111111-1111-4111-8111-111111111111"
)]
pub(crate) struct OpResumeArgs {
    /// Its number or operation activity id; all that are unfinished when absent
    pub(crate) id: Option<String>,
    /// The operation in the environment's history that a person recognised
    #[arg(long, value_name = "ID", requires = "id")]
    pub(crate) activity_id: Option<String>,
    /// Give up waiting for each after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
