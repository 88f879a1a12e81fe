//! In which form a result is printed.

use super::Terminals;

/// A form of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OutputFormat {
    /// Columns for people
    Table,
    /// JSON: an array for lists, an object for single things
    Json,
    /// YAML, the same content as JSON
    Yaml,
    /// Values separated by tabs, with a line of names
    Tsv,
}

impl OutputFormat {
    /// What is printed when nobody chose: a table for people, JSON for programs.
    pub(crate) const fn default_for(terminals: Terminals) -> Self {
        if terminals.stdout {
            Self::Table
        } else {
            Self::Json
        }
    }
}
