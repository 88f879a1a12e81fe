//! `lcs man`.

use clap::CommandFactory as _;

use crate::{
    args::Cli,
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) fn run() -> Result<Report, Diagnostic> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    Ok(Report::Text(String::from_utf8_lossy(&page).into_owned()))
}
