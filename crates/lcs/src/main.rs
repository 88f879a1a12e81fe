//! The `lcs` command: arguments, configuration, commands, output. It wires the crates under it and
//! holds no rules of its own.
//!
//! Flags become settings ([`config`]), commands are functions of settings ([`commands`]) that
//! return a report, and [`output`] alone prints. Every library error becomes a [`diagnostic`].

mod args;
mod commands;
mod completion;
mod config;
mod diagnostic;
mod exit;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    args::{Cli, Command},
    config::Environment,
    diagnostic::Diagnostic,
    exit::Exit,
    output::{ErrorForm, Output},
};

fn main() -> ExitCode {
    leave_no_core();
    completion::answer_the_shell();
    let environment = Environment::read();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return answer_usage(&error, &environment),
    };
    let output = args::output(&cli.global, &environment);
    start_logging(&cli, &output, &environment);
    // One provider for the whole process, before anybody makes a TLS connection.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            let diagnostic = Diagnostic::of(diagnostic::Code::Unexpected, &error);
            return fail(&output, &diagnostic);
        }
    };
    let outcome = runtime.block_on(commands::run(cli, environment, output.clone()));
    match outcome.and_then(|report| {
        output
            .print(&report)
            .map(|()| report.exit_code())
            .map_err(|error| Diagnostic::of(diagnostic::Code::File, &error))
    }) {
        Ok(code) => code,
        Err(diagnostic) => fail(&output, &diagnostic),
    }
}

/// A process that dies leaves an image of its memory where the system is set up so, and with it
/// passwords, tokens and keys.
#[cfg(unix)]
fn leave_no_core() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        ..getrlimit(Resource::Core)
    };
    // A system that does not let its limits be lowered has its own reasons.
    let _ = setrlimit(Resource::Core, none);
}

#[cfg(not(unix))]
fn leave_no_core() {}

fn fail(output: &Output, diagnostic: &Diagnostic) -> ExitCode {
    match output.error(diagnostic) {
        Ok(()) => diagnostic.exit().into(),
        Err(_) => Exit::Unexpected.into(),
    }
}

/// `--help` and `--version` are answers, everything else is a usage error, and an object for those
/// who asked for JSON.
fn answer_usage(error: &clap::Error, environment: &Environment) -> ExitCode {
    if !error.use_stderr() {
        // A reader that closed its pipe has had enough.
        let _ = error.print();
        return Exit::Done.into();
    }
    if args::asks_for_json(std::env::args_os(), environment) {
        let text = error.render().to_string();
        let message = text
            .trim_start_matches("error: ")
            .lines()
            .next()
            .unwrap_or_default();
        let diagnostic =
            Diagnostic::new(diagnostic::Code::Usage, message).help("see lcs help, or --help");
        output::announce(&diagnostic.to_json().to_string());
    } else {
        let _ = error.print();
    }
    Exit::Usage.into()
}

fn start_logging(cli: &Cli, output: &Output, environment: &Environment) {
    let is_server = matches!(cli.command, Command::Serve(_));
    let level = match cli.global.verbose {
        // For programs an error is all that stands on standard error.
        0 if output.errors == ErrorForm::Json && !is_server => "off",
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = environment
        .log
        .clone()
        .unwrap_or_else(|| format!("off,lcs={level},lcs_={level}"));
    let filter = filter
        .parse::<tracing_subscriber::EnvFilter>()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}
