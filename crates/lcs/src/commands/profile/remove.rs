//! `lcs profile remove`.

use crate::{commands::Context, config::Profiles, diagnostic::Diagnostic, output::Report};

pub(super) fn run(context: &Context, name: &str) -> Result<Report, Diagnostic> {
    let path = context.paths.config_file();
    let mut profiles = Profiles::read(&path)?;
    if profiles.profiles.remove(name).is_none() {
        return Err(profiles.unknown(name));
    }
    if profiles.current.as_deref() == Some(name) {
        profiles.current = None;
    }
    profiles.write(&path)?;
    context.output.note(&format!(
        "removed profile {name}; its session stays until: lcs logout --all"
    ));
    Ok(Report::Nothing)
}
