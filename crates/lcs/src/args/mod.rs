//! The command line as clap reads it. Only shapes: what they mean is settled in `config`, what they
//! do in `commands`.

mod asset;
mod bacpac;
mod connection;
mod db;
mod deploy;
mod doctor;
mod env;
mod local;
mod op;
mod sandbox;
mod setup;
mod sign_in;
mod transfer;

use std::io::IsTerminal as _;

use clap::{Args, Parser, Subcommand};

pub(crate) use asset::{
    AssetCommand, AssetDeleteArgs, AssetDownloadArgs, AssetListArgs, AssetShowArgs,
    AssetUploadArgs, AssetWaitArgs,
};
pub(crate) use bacpac::BacpacCommand;
pub(crate) use connection::ConnectionArgs;
pub(crate) use db::{
    BackupsArgs, DbCommand, DownloadArgs, ExportArgs, RefreshArgs, StatusArgs, WaitArgs,
    WaitingArgs,
};
pub(crate) use deploy::{
    CommerceArgs, DeployCommand, DeployFinalizeArgs, DeployStartArgs, DeployStatusArgs,
};
pub(crate) use doctor::DoctorArgs;
pub(crate) use env::{
    EnvCommand, EnvHistoryArgs, EnvListArgs, EnvShowArgs, EnvStartArgs, EnvStopArgs,
    RsatCertificateArgs,
};
pub(crate) use local::{
    KeysCommand, LocalCommand, LocalDirectoryArgs, QuickstartArgs, ResealArgs, ResetArgs, ServeArgs,
};
pub(crate) use op::{OpCommand, OpListArgs, OpResumeArgs, OpShowArgs, OpWaitArgs};
pub(crate) use sandbox::{SandboxArgs, SandboxNetwork};
pub(crate) use setup::{EmitForm, SetupArgs};
pub(crate) use sign_in::{
    LoginArgs, LogoutArgs, ProfileCommand, ProfileDetectArgs, ProfileSetArgs, ProfileShowArgs,
    SignInArgs, TokenArgs, TokenFormat, WhoamiArgs,
};

use crate::{
    config::Environment,
    output::{ErrorForm, Output, OutputFormat, Terminals},
};

const GROUPS: &str = "\
Start here:
  quickstart   Tell the whole story on a local cloud
  setup        Register an application for LCS, with permission and consent
  doctor       Check everything from the network to the project role
Sign in:
  login        Sign in and keep the session
  logout       Forget the session
  whoami       Show who is signed in
  token        Print a valid access token
  profile      Keep named settings
Move databases:
  db           List, refresh, export, download databases
  op           Look after the operations that were started here
  env          Look at environments, start and stop them
  asset        Look after the asset library
  deploy       Deploy packages of the asset library
  bacpac       Look into .bacpac files
Local cloud:
  serve        Run a local instance of Lifecycle Services
  local        Administer the local cloud
  sandbox      Run a program that finds the local cloud at Microsoft's names
For packagers:
  completions  Print a shell's completions
  man          Print the manual page, or write all of them";

/// Where the flags of every command stand in its help.
const GLOBAL: &str = "Global options";

/// Move Dynamics 365 finance and operations databases
#[derive(Debug, Parser)]
#[command(
    name = "lcs",
    version,
    disable_help_subcommand = false,
    subcommand_required = true,
    arg_required_else_help = true,
    help_template = format!("{{about}}\n\n{{usage-heading}} {{usage}}\n\n{GROUPS}\n\nOptions:\n{{options}}{{after-help}}"),
    after_help = "Examples:\n  lcs quickstart\n  lcs login --device-code\n  lcs db refresh --source Contoso-PROD --target Contoso-UAT --wait\n\nEach command has its own: lcs help COMMAND, or lcs COMMAND --help.",
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
pub(crate) struct GlobalArgs {
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = GLOBAL,
        help = "Use this profile [env: LCS_PROFILE]"
    )]
    pub(crate) profile: Option<String>,
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORM",
        hide_possible_values = true,
        help_heading = GLOBAL,
        help = "Print table (on a terminal), json (elsewhere), yaml or tsv [env: LCS_OUTPUT]"
    )]
    pub(crate) output: Option<OutputFormat>,
    /// Say only what is asked for, and errors
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// Log more; repeat for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = GLOBAL)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Quickstart(QuickstartArgs),
    Setup(Box<SetupArgs>),
    Doctor(Box<DoctorArgs>),
    Login(LoginArgs),
    Logout(LogoutArgs),
    Whoami(WhoamiArgs),
    Token(TokenArgs),
    /// Keep named settings
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs profile list\n  lcs profile set uat --tenant contoso.com --client-id 11111111-1111-4111-8111-111111111111 --region eu --project 1234567"
    )]
    Profile(ProfileCommand),
    /// List, refresh, export, download databases
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs db backups\n  lcs db refresh --source Contoso-PROD --target Contoso-UAT --wait"
    )]
    Db(DbCommand),
    /// Look after the operations that were started here
    #[command(subcommand, after_help = "Examples:\n  lcs op list\n  lcs op resume")]
    Op(OpCommand),
    /// Look after the asset library
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs asset list\n  lcs asset show release-42"
    )]
    Asset(AssetCommand),
    /// Deploy packages of the asset library
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs deploy start --environment Contoso-UAT --asset release-42 --name release-42 --yes --wait"
    )]
    Deploy(DeployCommand),
    /// Look at environments, start and stop them
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs env list\n  lcs env show Contoso-UAT"
    )]
    Env(EnvCommand),
    /// Look into .bacpac files
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs bacpac info uat.bacpac\n  lcs bacpac verify uat.bacpac"
    )]
    Bacpac(BacpacCommand),
    Serve(ServeArgs),
    /// Administer the local cloud
    #[command(
        subcommand,
        after_help = "Examples:\n  lcs local credentials\n  lcs local status\n  lcs local reset --yes"
    )]
    Local(LocalCommand),
    Sandbox(SandboxArgs),
    /// Print a shell's completions
    #[command(
        after_help = "Examples:\n  lcs completions bash > ~/.local/share/bash-completion/completions/lcs\n  lcs completions fish > ~/.config/fish/completions/lcs.fish"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write all of them
    #[command(after_help = "Examples:\n  lcs man\n  lcs man --to ./man1")]
    Man {
        /// Write a page for every command into this folder
        #[arg(long, value_name = "FOLDER")]
        to: Option<std::path::PathBuf>,
    },
}

/// How this call prints.
pub(crate) fn output(global: &GlobalArgs, environment: &Environment) -> Output {
    let terminals = Terminals {
        stdin: std::io::stdin().is_terminal(),
        stdout: std::io::stdout().is_terminal(),
        stderr: std::io::stderr().is_terminal(),
        colour: environment.takes_colour,
    };
    let asked = global.output.or(environment.output);
    Output {
        format: asked.unwrap_or(OutputFormat::default_for(terminals)),
        errors: if asked == Some(OutputFormat::Json) {
            ErrorForm::Json
        } else {
            ErrorForm::Text
        },
        terminals,
        quiet: global.quiet,
    }
}

/// Whether a call that could not be parsed asked for JSON.
pub(crate) fn asks_for_json(
    arguments: impl Iterator<Item = std::ffi::OsString>,
    environment: &Environment,
) -> bool {
    let arguments: Vec<String> = arguments
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let asked = arguments
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, argument)| match argument.as_str() {
            "-o" | "--output" => arguments.get(index + 1).cloned(),
            other => ["--output=", "-o=", "-o"]
                .iter()
                .find_map(|prefix| other.strip_prefix(prefix).map(str::to_owned)),
        });
    asked.map_or(environment.output == Some(OutputFormat::Json), |form| {
        form == "json"
    })
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    fn walk(command: &clap::Command, path: &str, visit: &mut dyn FnMut(&clap::Command, &str)) {
        visit(command, path);
        for each in command
            .get_subcommands()
            .filter(|each| each.get_name() != "help")
        {
            walk(each, &format!("{path} {}", each.get_name()), visit);
        }
    }

    #[test]
    fn json_is_recognised_in_a_call_that_does_not_parse() {
        let asks = |text: &str| {
            let arguments = text.split(' ').map(std::ffi::OsString::from);
            asks_for_json(arguments, &Environment::default())
        };
        for text in [
            "lcs -o json x",
            "lcs x --output json",
            "lcs --output=json",
            "lcs -ojson",
        ] {
            assert!(asks(text), "{text}");
        }
        for text in ["lcs x", "lcs -o table x", "lcs x -o"] {
            assert!(!asks(text), "{text}");
        }
    }

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_short_line_and_examples_that_parse() {
        let mut root = Cli::command();
        root.build();
        walk(&root, "lcs", &mut |command, path| {
            let about = command
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                !about.is_empty() && about.len() < 70 && !about.ends_with('.'),
                "{path}: {about}"
            );
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let examples: Vec<&str> = help
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with("lcs "))
                .collect();
            assert!(!examples.is_empty(), "{path} has no example");
            for example in examples {
                let words = example
                    .split_whitespace()
                    .take_while(|word| !["<", ">"].contains(word));
                let parsed = Cli::try_parse_from(words);
                assert!(parsed.is_ok(), "{path}: {example}: {}", parsed.unwrap_err());
            }
        });
    }

    #[test]
    fn a_password_is_never_a_flag() {
        let mut root = Cli::command();
        root.build();
        walk(&root, "lcs", &mut |command, path| {
            for argument in command.get_arguments() {
                let is_flag = argument.get_id().as_str() == "password";
                assert!(!is_flag, "{path} takes a password as a flag");
            }
        });
    }

    #[test]
    fn every_command_stands_in_the_groups() {
        for command in Cli::command().get_subcommands() {
            let about = command.get_about().expect("every command has a line");
            let line = format!("\n  {:<13}{about}\n", command.get_name());
            assert!(
                format!("{GROUPS}\n").contains(&line),
                "{} is in no group, or with other words",
                command.get_name()
            );
        }
    }
}
