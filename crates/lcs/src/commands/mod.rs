//! The commands: functions of settled values that return a report. The path is the command.

mod asset;
mod bacpac;
mod completions;
mod db;
mod deploy;
mod doctor;
mod env;
mod fetch;
mod local;
mod login;
mod logout;
mod man;
mod names;
mod op;
mod operation;
mod polling;
mod profile;
mod quickstart;
mod sandbox;
mod serve;
mod setup;
mod sign_in;
mod signed_in;
mod token;
mod token_cache;
mod whoami;

use std::sync::{Arc, OnceLock};

use lcs_signin::TokenCache;

use crate::{
    args::{Cli, Command, ConnectionArgs},
    config::{Connection, Environment, Paths, Profiles},
    diagnostic::Diagnostic,
    output::{Output, OutputFormat, Report},
};

/// What commands work with.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) environment: Environment,
    pub(crate) paths: Paths,
    /// The profile named by flag or environment.
    profile: Option<String>,
    /// The form of output that the flag names, if it is there.
    asked_form: Option<OutputFormat>,
    /// The token cache, opened at first use: every session of a command shares it.
    cache: OnceLock<Arc<TokenCache>>,
}

impl Context {
    /// Settles where to sign in and what to call.
    ///
    /// # Errors
    ///
    /// When the profiles cannot be read, or the named one does not exist.
    pub(crate) fn connection(&self, flags: &ConnectionArgs) -> Result<Connection, Diagnostic> {
        self.connection_of(flags, self.profile.as_deref())
    }

    /// The same for what was started earlier: with the profile it was started with, unless another
    /// one is named now.
    pub(crate) fn connection_as_before(
        &self,
        flags: &ConnectionArgs,
        profile: &str,
    ) -> Result<Connection, Diagnostic> {
        let before = Some(profile).filter(|name| *name != "-");
        self.connection_of(flags, self.profile.as_deref().or(before))
    }

    fn connection_of(
        &self,
        flags: &ConnectionArgs,
        profile: Option<&str>,
    ) -> Result<Connection, Diagnostic> {
        let profiles = Profiles::read(&self.paths.config_file())?;
        let profile = profiles.chosen(profile)?;
        Connection::settle(flags, &self.environment, profile)
    }
}

/// Runs the command of a call.
///
/// # Errors
///
/// What the command answers.
pub(crate) async fn run(
    cli: Cli,
    environment: Environment,
    output: Output,
) -> Result<Report, Diagnostic> {
    let paths = Paths::of(&environment)?;
    let asked_form = cli.global.output;
    let profile = cli.global.profile.or_else(|| environment.profile.clone());
    let context = Context {
        output,
        environment,
        paths,
        profile,
        asked_form,
        cache: OnceLock::new(),
    };
    match cli.command {
        Command::Quickstart(args) => local::quickstart(&context, args).await,
        Command::Doctor(args) => doctor::run(&context, *args).await,
        Command::Setup(args) => setup::run(&context, *args).await,
        Command::Login(args) => login::run(&context, args).await,
        Command::Logout(args) => logout::run(&context, args).await,
        Command::Whoami(args) => whoami::run(&context, args).await,
        Command::Token(args) => token::run(&context, args).await,
        Command::Profile(command) => profile::run(&context, command).await,
        Command::Db(command) => db::run(&context, command).await,
        Command::Op(command) => op::run(&context, command).await,
        Command::Asset(command) => asset::run(&context, command).await,
        Command::Deploy(command) => deploy::run(&context, command).await,
        Command::Env(command) => env::run(&context, command).await,
        Command::Bacpac(command) => bacpac::run(command),
        Command::Serve(args) => serve::run(&context, args).await,
        Command::Local(command) => local::run(&context, command).await,
        Command::Sandbox(args) => sandbox::run(&context, args).await,
        Command::Completions { shell } => completions::run(shell),
        Command::Man { to } => man::run(to.as_deref()),
    }
}
