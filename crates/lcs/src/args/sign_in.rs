//! `login`, `logout`, `whoami`, `token`, `profile`.

use clap::{Args, Subcommand, ValueEnum};
use lcs_types::Secret;

use super::ConnectionArgs;
use crate::config::Flow;

/// Sign in and keep the session
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs login\n  lcs login --device-code\n  lcs login --username svc-lcs@contoso.com --password-stdin\n  lcs login --export-session > session.txt\n\nThe password comes from standard input, LCS_PASSWORD, LCS_PASSWORD_FILE, or a prompt. It is never a flag."
)]
pub(crate) struct LoginArgs {
    /// Print the session for a pipeline's secret store, renewed; sign in first if nobody is
    #[arg(long)]
    pub(crate) export_session: bool,
    #[command(flatten)]
    pub(crate) flow: SignInArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How a person or a pipeline signs in; shared by every command that may have to.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Sign-in")]
pub(crate) struct SignInArgs {
    /// Sign in with the system's browser: what happens on a terminal when nothing else is said
    #[arg(long)]
    pub(crate) browser: bool,
    /// Sign in by entering a code in a browser, on this or another device
    #[arg(long, conflicts_with = "browser")]
    pub(crate) device_code: bool,
    /// Sign in with user name and password; not for accounts with multifactor authentication
    #[arg(long, value_name = "NAME", conflicts_with_all = ["device_code", "browser"])]
    pub(crate) username: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Listen on this port for the browser's answer, for example behind a tunnel
    #[arg(long, value_name = "PORT", conflicts_with_all = ["device_code", "username"])]
    pub(crate) port: Option<u16>,
    #[command(flatten)]
    pub(crate) without_user: WithoutUserArgs,
}

/// What other tools take for applications that sign in as themselves; refused with the reason.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct WithoutUserArgs {
    #[arg(long, hide = true)]
    pub(crate) service_principal: bool,
    #[arg(long, hide = true, value_name = "SECRET")]
    pub(crate) client_secret: Option<Secret>,
    #[arg(long, hide = true)]
    pub(crate) identity: bool,
}

/// Forget the session
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs logout\n  lcs logout --all")]
pub(crate) struct LogoutArgs {
    /// Forget every session of every profile
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show who is signed in
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs whoami\n  lcs whoami --all -o json")]
pub(crate) struct WhoamiArgs {
    /// Show every sign-in that is kept, of every profile and account
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Print a valid access token
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs token\n  lcs token --format header\n  lcs token --decode\n  lcs token --decode --stdin < token.txt"
)]
pub(crate) struct TokenArgs {
    /// Explain the claims instead of printing the token
    #[arg(long)]
    pub(crate) decode: bool,
    /// Explain the token on standard input instead of one's own; nobody needs to be signed in
    #[arg(long, requires = "decode")]
    pub(crate) stdin: bool,
    /// The form in which scripts want it
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "decode")]
    pub(crate) format: Option<TokenFormat>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How a token is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenFormat {
    /// The token alone
    Raw,
    /// An `Authorization` header
    Header,
    /// An object with its expiry
    Json,
    /// A line for a shell to evaluate
    Env,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// List the profiles
    #[command(after_help = "Examples:\n  lcs profile list")]
    List,
    Show(ProfileShowArgs),
    Set(Box<ProfileSetArgs>),
    /// Make a profile the current one
    #[command(after_help = "Examples:\n  lcs profile use local")]
    Use(ProfileNameArgs),
    Detect(Box<ProfileDetectArgs>),
    /// Remove a profile
    #[command(after_help = "Examples:\n  lcs profile remove local")]
    Remove(ProfileNameArgs),
}

/// A profile by name.
#[derive(Debug, Args)]
pub(crate) struct ProfileNameArgs {
    /// Its name
    pub(crate) name: String,
}

/// Show a profile
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lcs profile show\n  lcs profile show local")]
pub(crate) struct ProfileShowArgs {
    /// Its name; the current one when absent
    pub(crate) name: Option<String>,
}

/// Find the region that holds the project
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs profile detect --project 1234567\n  lcs profile detect --save"
)]
pub(crate) struct ProfileDetectArgs {
    /// Keep the region in the profile in use
    #[arg(long)]
    pub(crate) save: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Make or change a profile
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lcs profile set uat --tenant contoso.com --client-id 11111111-1111-4111-8111-111111111111 --region eu --project 1234567"
)]
pub(crate) struct ProfileSetArgs {
    /// Its name
    pub(crate) name: String,
    /// Who signs in
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// How they sign in
    #[arg(long, value_enum, value_name = "FLOW")]
    pub(crate) flow: Option<Flow>,
    /// Refuse every command that changes something in LCS
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) read_only: Option<bool>,
    /// Let this environment be changed, and no other; repeat for more
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) allowed_target: Vec<String>,
    /// Forget the targets that were allowed before
    #[arg(long)]
    pub(crate) clear_allowed_targets: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
