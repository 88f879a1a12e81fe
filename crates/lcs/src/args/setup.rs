//! `setup`.

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, SignInArgs};

/// Register an application for LCS, with permission and consent
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs setup --tenant contoso.com --plan\n  lcs setup --tenant contoso.com --device-code\n  lcs setup --tenant contoso.com --azure-cli --yes\n  lcs setup --tenant contoso.com --emit azure-cli\n  lcs setup --undo\n\nSteps 1 to 3 of Microsoft's article, through Microsoft Graph: an application registration, the\ndelegated permission of LCS with an administrator's consent, and the public client switch. What\nis in place is left as it is. Without the rights of an administrator it does what the user may\nand says what is left for an administrator."
)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct SetupArgs {
    /// The name of the application registration
    #[arg(long, value_name = "NAME", default_value = "LCS toolkit")]
    pub(crate) display_name: String,
    /// Show what would be changed, and change nothing
    #[arg(long, conflicts_with = "emit")]
    pub(crate) plan: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Take back what the set-up of this name did on this machine, and nothing else
    #[arg(long, conflicts_with = "emit")]
    pub(crate) undo: bool,
    /// Print the same steps for those who may not run them here
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) emit: Option<EmitForm>,
    /// Do not keep tenant and application in a profile
    #[arg(long)]
    pub(crate) no_profile: bool,
    /// Use the Azure CLI's own sign-in (az login)
    #[arg(long, conflicts_with_all = ["username", "device_code", "graph_client_id"])]
    pub(crate) azure_cli: bool,
    /// Sign in to Microsoft Graph as this application instead of Microsoft Graph Command Line Tools
    #[arg(long, value_name = "GUID")]
    pub(crate) graph_client_id: Option<String>,
    #[command(flatten)]
    pub(crate) flow: SignInArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// In which form the steps are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EmitForm {
    /// A script for the Azure CLI
    AzureCli,
    /// A Terraform configuration
    Terraform,
    /// The clicks in the portal
    Portal,
}
