//! `lcs man`: one manual page, or all of them for packagers.

use std::path::Path;

use clap::CommandFactory as _;

use crate::{
    args::Cli,
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) fn run(to: Option<&Path>) -> Result<Report, Diagnostic> {
    let Some(folder) = to else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command())
            .render(&mut page)
            .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
        return Ok(Report::Text(String::from_utf8_lossy(&page).into_owned()));
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| Diagnostic::file("write manual pages to", folder, &error))?;
    Ok(Report::Nothing)
}
