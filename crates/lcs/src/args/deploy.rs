//! `deploy`.

use clap::{Args, Subcommand};

use super::{ConnectionArgs, db::WaitingArgs, op::OpWaitArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum DeployCommand {
    Start(DeployStartArgs),
    Finalize(DeployFinalizeArgs),
    Status(DeployStatusArgs),
    /// Wait until a deployment has ended
    #[command(after_help = "Examples:\n  lcs deploy wait\n  lcs deploy wait 7 --timeout 7200")]
    Wait(OpWaitArgs),
}

/// Where a package goes, beside the environment.
#[derive(Debug, Args)]
pub(crate) struct CommerceArgs {
    /// Deploy to this Commerce Scale Unit
    #[arg(long, value_name = "NAME", conflicts_with = "ecommerce")]
    pub(crate) scale_unit: Option<String>,
    /// Deploy to this e-commerce environment
    #[arg(long, value_name = "ID")]
    pub(crate) ecommerce: Option<String>,
}

/// Deploy a package of the asset library
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs deploy start --environment Contoso-UAT --asset release-42 --name release-42 --yes --wait\n  lcs deploy start --environment Contoso-UAT --asset csu-7 --scale-unit CSU-1 --yes"
)]
pub(crate) struct DeployStartArgs {
    /// The environment, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    /// The package, by name or id
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: String,
    /// The name of the update in the environment's history
    #[arg(long, value_name = "NAME", required_unless_present_any = ["scale_unit", "ecommerce"])]
    pub(crate) name: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) commerce: CommerceArgs,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Deploy what was prepared for an on-premises environment
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs deploy finalize --environment Contoso-LOCAL --yes --wait\n  lcs deploy finalize --environment Contoso-LOCAL --preparation 11111111-1111-4111-8111-111111111111 --yes"
)]
pub(crate) struct DeployFinalizeArgs {
    /// The on-premises environment, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    /// The operation activity id of its preparation; the last one of the journal when absent
    #[arg(long, value_name = "ID")]
    pub(crate) preparation: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) waiting: WaitingArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show the status of a deployment
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs deploy status 11111111-1111-4111-8111-111111111111 --environment Contoso-UAT"
)]
pub(crate) struct DeployStatusArgs {
    /// The operation activity id
    pub(crate) id: String,
    /// The environment, by name or id
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) commerce: CommerceArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
