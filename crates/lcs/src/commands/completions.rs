//! `lcs completions`: the script that makes a shell ask `lcs` itself what fits.

use clap_complete::{Shell, env::Shells};

use crate::{
    completion::VARIABLE,
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) fn run(shell: Shell) -> Result<Report, Diagnostic> {
    let name = shell.to_string();
    let shells = Shells::builtins();
    let completer = shells.completer(&name).ok_or_else(|| {
        Diagnostic::new(Code::Usage, format!("there are no completions for {name}"))
    })?;
    let mut script = Vec::new();
    completer
        .write_registration(VARIABLE, "lcs", "lcs", "lcs", &mut script)
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    Ok(Report::Text(String::from_utf8_lossy(&script).into_owned()))
}
