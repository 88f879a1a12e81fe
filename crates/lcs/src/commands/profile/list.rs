//! `lcs profile list`.

use serde::Serialize;

use super::show::NamedProfile;
use crate::{
    commands::Context,
    config::Profiles,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

/// The same object as that of `show`, in fewer columns.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Listed(NamedProfile);

impl Shown for Listed {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("Current", "current"),
        ("Tenant", "tenant"),
        ("Region", "region"),
        ("API", "api_url"),
        ("Project", "project"),
    ];
}

pub(super) fn run(context: &Context) -> Result<Report, Diagnostic> {
    let Profiles { current, profiles } = Profiles::read(&context.paths.config_file())?;
    let listed: Vec<Listed> = profiles
        .into_iter()
        .map(|(name, profile)| {
            let is_current = current.as_deref() == Some(name.as_str());
            Listed(NamedProfile {
                name,
                current: is_current,
                profile,
            })
        })
        .collect();
    Ok(Report::list(
        &listed,
        "There are no profiles. Make one: lcs profile set NAME …",
    ))
}
