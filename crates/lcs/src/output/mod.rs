//! The only place that prints.
//!
//! Commands return a [`Report`]; here it becomes a table, JSON, YAML or TSV on standard output.
//! Everything else – errors, notes, progress – goes to standard error. A reader that closed its
//! pipe has had enough: that is no error.
//!
//! - `format` – which form, and how it is chosen
//! - [`report`] – what commands return
//! - [`table`], [`tsv`], [`yaml`] – the forms
//! - [`progress`] – bars, spinners and status lines of long work
//! - [`prompt`] – questions, on terminals only

pub(crate) mod format;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod report;
mod table;
mod tsv;
mod yaml;

use std::io::{self, ErrorKind, Write};

use owo_colors::{OwoColorize as _, Style};

pub(crate) use format::OutputFormat;
pub(crate) use report::{Column, Report, Shown};

use crate::diagnostic::Diagnostic;

/// Which streams are terminals, and whether they take colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Terminals {
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
    /// `NO_COLOR` is not set, and the terminal is not a dumb one.
    pub(crate) colour: bool,
}

impl Terminals {
    /// Whether a person can be asked.
    pub(crate) const fn can_ask(self) -> bool {
        self.stdin && self.stderr
    }
}

/// How errors are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorForm {
    Text,
    Json,
}

/// Prints.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) format: OutputFormat,
    pub(crate) errors: ErrorForm,
    pub(crate) terminals: Terminals,
    pub(crate) quiet: bool,
}

impl Output {
    /// Prints what a command returned on standard output.
    pub(crate) fn print(&self, report: &Report) -> io::Result<()> {
        let text = match report {
            Report::Nothing | Report::Ended(_) => return Ok(()),
            Report::Judged(report, _) => return self.print(report),
            Report::Text(text) => text.clone(),
            Report::Data(data) => match self.format {
                OutputFormat::Table => table::render(data, self.colour_of(self.terminals.stdout)),
                OutputFormat::Json => data.to_json(),
                OutputFormat::Yaml => yaml::render(&data.value),
                OutputFormat::Tsv => tsv::render(&data.value),
            },
        };
        forgive_closed_pipe(write_all(&mut anstream::stdout().lock(), &text))
    }

    /// Prints an error on standard error.
    pub(crate) fn error(&self, diagnostic: &Diagnostic) -> io::Result<()> {
        let text = match self.errors {
            ErrorForm::Json => format!("{}\n", diagnostic.to_json()),
            ErrorForm::Text => self.error_text(diagnostic),
        };
        to_stderr(&text)
    }

    /// Says something that helps and that nobody depends on; silent with `-q`, and for programs,
    /// to whom an error is all that stands on standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && self.errors == ErrorForm::Text {
            announce(text);
        }
    }

    /// Warns of something that stopped nothing.
    pub(crate) fn warning(&self, text: &str) {
        let label = self.paint("warning:", Style::new().yellow().bold());
        announce(&format!("{label} {text}"));
    }

    fn error_text(&self, diagnostic: &Diagnostic) -> String {
        let label = self.paint("error:", Style::new().red().bold());
        let mut lines = vec![format!("{label} {}", diagnostic.message)];
        lines.extend(
            diagnostic
                .causes
                .iter()
                .map(|cause| format!("  caused by: {cause}")),
        );
        if let Some(help) = &diagnostic.help {
            let label = self.paint("help:", Style::new().cyan().bold());
            lines.push(format!("{label} {help}"));
        }
        if let Some(line) = diagnostic.identifiers_line() {
            lines.push(format!("      {line}"));
        }
        lines.join("\n") + "\n"
    }

    const fn colour_of(&self, is_terminal: bool) -> bool {
        is_terminal && self.terminals.colour
    }

    fn paint(&self, text: &str, style: Style) -> String {
        if self.colour_of(self.terminals.stderr) {
            text.style(style).to_string()
        } else {
            text.to_owned()
        }
    }
}

/// Says something that the user must see, on standard error, also with `-q`.
pub(crate) fn announce(text: &str) {
    // There is nowhere to report that standard error cannot be written.
    let _ = to_stderr(&format!("{text}\n"));
}

fn to_stderr(text: &str) -> io::Result<()> {
    forgive_closed_pipe(write_all(&mut anstream::stderr().lock(), text))
}

fn write_all(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn forgive_closed_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn an_error_names_what_failed_why_and_what_to_do() {
        let output = Output {
            format: OutputFormat::Table,
            errors: ErrorForm::Text,
            terminals: Terminals {
                stdin: false,
                stdout: false,
                stderr: false,
                colour: true,
            },
            quiet: false,
        };
        let mut diagnostic = Diagnostic::new(Code::Refused, "LCS declined")
            .caused_by(&io::Error::other("the target is busy"))
            .help("look: lcs env list");
        diagnostic.server.correlation_id = Some("c-1".to_owned());
        assert_eq!(
            output.error_text(&diagnostic),
            "error: LCS declined\n  caused by: the target is busy\nhelp: look: lcs env list\n      \
             correlation id c-1\n"
        );
    }
}
