//! `lcs completions`.

use clap::CommandFactory as _;

use crate::{args::Cli, output::Report};

pub(super) fn run(shell: clap_complete::Shell) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lcs", &mut script);
    Report::Text(String::from_utf8_lossy(&script).into_owned())
}
