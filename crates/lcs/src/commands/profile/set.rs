//! `lcs profile set`.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::show::NamedProfile;
use crate::{
    args::{ConnectionArgs, ProfileSetArgs},
    commands::Context,
    config::{Connection, Environment, Profile, Profiles},
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) fn run(context: &Context, args: ProfileSetArgs) -> Result<Report, Diagnostic> {
    let path = context.paths.config_file();
    let mut profiles = Profiles::read(&path)?;
    check_name(&args.name)?;
    let mut profile = profiles
        .profiles
        .get(&args.name)
        .cloned()
        .unwrap_or_default();
    change(&mut profile, args.connection, args.username);
    if let Some(flow) = args.flow {
        profile.flow = flow
            .to_possible_value()
            .map(|value| value.get_name().to_owned());
    }
    if let Some(read_only) = args.read_only {
        profile.read_only = read_only;
    }
    if args.clear_allowed_targets {
        profile.allowed_targets.clear();
    }
    for target in args.allowed_target {
        if !profile.allowed_targets.contains(&target) {
            profile.allowed_targets.push(target);
        }
    }
    check(&args.name, &profile)?;
    keep_in(&mut profiles, &args.name, &profile);
    profiles.write(&path)?;
    let current = profiles.current.as_deref() == Some(args.name.as_str());
    Ok(Report::one(&NamedProfile {
        name: args.name,
        current,
        profile,
    }))
}

/// Keeps a profile; it becomes the current one if there is none.
pub(in crate::commands) fn keep(
    context: &Context,
    name: &str,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    let path = context.paths.config_file();
    let mut profiles = Profiles::read(&path)?;
    keep_in(&mut profiles, name, profile);
    profiles.write(&path)
}

/// The first profile becomes the current one.
fn keep_in(profiles: &mut Profiles, name: &str, profile: &Profile) {
    profiles.profiles.insert(name.to_owned(), profile.clone());
    profiles.current.get_or_insert_with(|| name.to_owned());
}

/// Only what is given changes.
fn change(profile: &mut Profile, given: ConnectionArgs, username: Option<String>) {
    let set = |kept: &mut Option<String>, given: Option<String>| {
        if given.is_some() {
            *kept = given;
        }
    };
    set(&mut profile.tenant, given.tenant);
    set(&mut profile.client_id, given.client_id);
    set(&mut profile.region, given.region);
    set(&mut profile.api_url, given.api_url);
    set(&mut profile.authority, given.authority);
    set(&mut profile.resource, given.resource);
    set(&mut profile.graph_url, given.graph_url);
    set(&mut profile.project, given.project);
    set(&mut profile.username, username);
    if let Some(path) = given.ca_certificate {
        profile.ca_certificate = Some(absolute(path));
    }
}

/// A profile is used from any folder.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

fn check_name(name: &str) -> Result<(), Diagnostic> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(Diagnostic::new(
        Code::InvalidSetting,
        format!("`{name}` cannot be the name of a profile"),
    )
    .help("use letters, digits, - and _"))
}

/// What is there must be valid; what is missing may come later.
fn check(name: &str, profile: &Profile) -> Result<(), Diagnostic> {
    let settled = Connection::settle(
        &ConnectionArgs::default(),
        &Environment::default(),
        Some((name.to_owned(), profile.clone())),
    )?;
    let is_missing = |diagnostic: &Diagnostic| diagnostic.code == Code::MissingSetting;
    let problems = [
        settled.authority().err(),
        settled.client_id().err(),
        settled.resource().err(),
        settled.graph_url().err(),
        settled.project().err(),
        settled.username().err(),
        settled.flow().err(),
    ];
    match problems
        .into_iter()
        .flatten()
        .find(|diagnostic| !is_missing(diagnostic))
    {
        Some(diagnostic) => Err(diagnostic),
        None => Ok(()),
    }
}
