//! Completion in the shell: words of the command line, and the names of profiles, environments, assets,
//! backups and operations. Names come from files of this machine; nobody is asked and nobody signs in
//! while a key is pressed.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::{
    CompleteEnv,
    engine::{ArgValueCandidates, CompletionCandidate},
};
use lcs_client::journal::Journal;

use crate::{
    args::{Cli, ConnectionArgs},
    config::{Connection, Environment, KnownNames, Named, Paths, Profiles},
};

/// The variable by which the shell asks; the engine's own name for it is everybody's.
pub(crate) const VARIABLE: &str = "LCS_COMPLETE";

/// Answers the shell and ends the process, if it is the shell that asks.
pub(crate) fn answer_the_shell() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// The command line with the names that its arguments take.
fn command() -> Command {
    Cli::command()
        .mut_arg("profile", |arg| named(arg, profiles))
        .mut_subcommands(|noun| {
            let name = noun.get_name().to_owned();
            noun.mut_subcommands(|verb| verb.mut_args(|arg| with_names(&name, arg)))
        })
}

fn with_names(noun: &str, arg: Arg) -> Arg {
    match (noun, arg.get_id().as_str()) {
        ("db" | "env" | "deploy", "environment" | "source" | "target")
        | ("profile", "allowed_target") => named(arg, || of(Named::Environments)),
        ("asset" | "deploy", "asset") => named(arg, || of(Named::Assets)),
        ("db", "backup") => named(arg, || of(Named::Backups)),
        ("profile", "name") => named(arg, profiles),
        ("op", "id") => named(arg, operations),
        _ => arg,
    }
}

fn named(arg: Arg, names: fn() -> Vec<CompletionCandidate>) -> Arg {
    arg.add(ArgValueCandidates::new(names))
}

fn of(what: Named) -> Vec<CompletionCandidate> {
    known(what).unwrap_or_default()
}

fn known(what: Named) -> Option<Vec<CompletionCandidate>> {
    let environment = Environment::read();
    let paths = Paths::of(&environment).ok()?;
    let profiles = Profiles::read(&paths.config_file()).ok()?;
    let chosen = typed_profile(std::env::args_os()).or_else(|| environment.profile.clone());
    let profile = profiles.chosen(chosen.as_deref()).ok()?;
    let flags = ConnectionArgs::default();
    let connection = Connection::settle(&flags, &environment, profile).ok()?;
    let (api, project) = (connection.api_url().ok()?, connection.project().ok()?);
    let names = KnownNames::read(&paths.known_names(), &api, project).of(what);
    Some(
        names
            .map(|known| CompletionCandidate::new(known.name).help(Some(known.about.into())))
            .collect(),
    )
}

/// The words of the line that is completed are arguments of this process. Other flags that say which
/// project is meant are not looked at.
fn typed_profile(words: impl Iterator<Item = OsString>) -> Option<String> {
    let mut words = words.filter_map(|word| word.into_string().ok());
    let mut typed = words.find(|word| word == "--profile" || word.starts_with("--profile="))?;
    if typed == "--profile" {
        return words.next();
    }
    Some(typed.split_off("--profile=".len()))
}

fn profiles() -> Vec<CompletionCandidate> {
    let names = || -> Option<Vec<CompletionCandidate>> {
        let paths = Paths::of(&Environment::read()).ok()?;
        let profiles = Profiles::read(&paths.config_file()).ok()?;
        let names = profiles.profiles.into_keys();
        Some(names.map(CompletionCandidate::new).collect())
    };
    names().unwrap_or_default()
}

fn operations() -> Vec<CompletionCandidate> {
    let numbers = || -> Option<Vec<CompletionCandidate>> {
        let paths = Paths::of(&Environment::read()).ok()?;
        let records = Journal::new(paths.operations()).records().ok()?;
        let candidate = |record: lcs_client::journal::Record| {
            let about = format!("{} of {}", record.request.kind, record.request.environment);
            CompletionCandidate::new(record.id.to_string()).help(Some(about.into()))
        };
        Some(records.into_iter().rev().map(candidate).collect())
    };
    numbers().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_that_was_typed_counts() {
        let words = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            typed_profile(words.into_iter())
        };
        let typed = words("lcs -- lcs --profile uat env show ");
        assert_eq!(typed.as_deref(), Some("uat"));
        let typed = words("lcs -- lcs env show --profile=uat ");
        assert_eq!(typed.as_deref(), Some("uat"));
        assert_eq!(words("lcs -- lcs env show "), None);
        assert_eq!(words("lcs -- lcs --profile"), None);
    }
}
