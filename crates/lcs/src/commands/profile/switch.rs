//! `lcs profile use`.

use crate::{commands::Context, config::Profiles, diagnostic::Diagnostic, output::Report};

pub(super) fn run(context: &Context, name: &str) -> Result<Report, Diagnostic> {
    let path = context.paths.config_file();
    let mut profiles = Profiles::read(&path)?;
    profiles.chosen(Some(name))?;
    profiles.current = Some(name.to_owned());
    profiles.write(&path)?;
    context.output.note(&format!("current profile: {name}"));
    Ok(Report::Nothing)
}
