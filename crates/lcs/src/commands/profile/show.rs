//! `lcs profile show`.

use serde::Serialize;

use crate::{
    args::ProfileShowArgs,
    commands::Context,
    config::{Profile, Profiles},
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

/// A profile with its name.
#[derive(Debug, Serialize)]
pub(super) struct NamedProfile {
    pub(super) name: String,
    pub(super) current: bool,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

impl Shown for NamedProfile {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("Current", "current"),
        ("Tenant", "tenant"),
        ("Client id", "client_id"),
        ("Region", "region"),
        ("API", "api_url"),
        ("Authority", "authority"),
        ("Resource", "resource"),
        ("Microsoft Graph", "graph_url"),
        ("Project", "project"),
        ("User", "username"),
        ("Flow", "flow"),
        ("CA certificate", "ca_certificate"),
        ("Read only", "read_only"),
        ("Allowed targets", "allowed_targets"),
    ];
}

pub(super) fn run(context: &Context, args: ProfileShowArgs) -> Result<Report, Diagnostic> {
    let profiles = Profiles::read(&context.paths.config_file())?;
    let asked = args.name.or_else(|| context.profile.clone());
    let (name, profile) = profiles.chosen(asked.as_deref())?.ok_or_else(|| {
        Diagnostic::new(Code::UnknownProfile, "there is no current profile")
            .help("make one: lcs profile set NAME …, or choose one: lcs profile use NAME")
    })?;
    let current = profiles.current.as_deref() == Some(name.as_str());
    Ok(Report::one(&NamedProfile {
        name,
        current,
        profile,
    }))
}
