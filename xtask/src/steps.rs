//! The list of what the gate does, and running it.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::prerequisites::{self, Need};
use crate::process::Invocation;
use crate::terminal::{duration_text, heading, say};
use crate::{end_to_end, layers};

/// One step of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The sources are formatted.
    Format,
    /// Clippy finds nothing.
    Lint,
    /// Crates depend only on what they may.
    Layers,
    /// Unit and integration tests.
    Tests,
    /// The examples in the documentation run.
    Doctests,
    /// The documentation builds without a warning.
    Documentation,
    /// Scripts of outsiders against the built binary.
    EndToEnd,
}

/// Whether a failed step ends the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepGoing {
    /// Go on with the next step.
    Yes,
    /// Stop.
    No,
}

impl Step {
    /// Every step, in the order of the gate: what is fast and fails often comes first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Format,
        Self::Lint,
        Self::Layers,
        Self::Tests,
        Self::Doctests,
        Self::Documentation,
        Self::EndToEnd,
    ];

    /// The step's name in headings and in the table at the end.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Layers => "layers",
            Self::Tests => "tests",
            Self::Doctests => "doctests",
            Self::Documentation => "documentation",
            Self::EndToEnd => "end to end",
        }
    }

    /// What the step needs on the machine.
    pub(crate) const fn needs(self) -> &'static [Need] {
        match self {
            Self::Format => &[Need::Formatter],
            Self::Lint => &[Need::Compiler, Need::Linter],
            Self::Layers => &[],
            Self::Tests => &[Need::Compiler, Need::TestRunner],
            Self::Doctests | Self::Documentation => &[Need::Compiler],
            Self::EndToEnd => &[
                Need::Compiler,
                Need::Python,
                Need::Node,
                Need::KeyStore,
                Need::Browser,
            ],
        }
    }

    /// The command that is the step, where it is one command.
    fn invocation(self) -> Option<Invocation> {
        Some(match self {
            Self::Format => Invocation::of("cargo fmt --all --check"),
            Self::Lint => {
                Invocation::of("cargo clippy --workspace --all-targets --locked -- -D warnings")
            }
            // A gate compares snapshots, it never writes them.
            Self::Tests => Invocation::of("cargo nextest run --workspace --locked")
                .variable("INSTA_UPDATE", "no"),
            Self::Doctests => Invocation::of("cargo test --doc --workspace --locked"),
            Self::Documentation => Invocation::of("cargo doc --workspace --no-deps --locked")
                .variable("RUSTDOCFLAGS", "-D warnings"),
            Self::Layers | Self::EndToEnd => return None,
        })
    }

    /// How to run the step alone.
    fn line(self) -> String {
        match (self, self.invocation()) {
            (_, Some(invocation)) => invocation.line(),
            (Self::EndToEnd, None) => "cargo xtask e2e".to_owned(),
            (_, None) => format!("cargo xtask {}", self.name()),
        }
    }

    fn run(self) -> Result<()> {
        match (self, self.invocation()) {
            (_, Some(invocation)) => invocation.run(),
            (Self::EndToEnd, None) => end_to_end::run(),
            (_, None) => layers::run(),
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed(Duration),
    Failed(Duration),
    NotRun,
}

/// Provides what the steps need, runs them, prints the table; says whether all have passed.
///
/// # Errors
///
/// When something that the steps need is missing and cannot be installed.
pub(crate) fn run(steps: &[Step], keep_going: KeepGoing) -> Result<bool> {
    prerequisites::provide(steps.iter().flat_map(|step| step.needs()).copied())?;
    let outcomes = run_all(steps, keep_going, |step| {
        heading(&format!("{}: {}", step.name(), step.line()));
        let start = Instant::now();
        let result = step.run();
        let duration = start.elapsed();
        match result {
            Ok(()) => Outcome::Passed(duration),
            Err(error) => {
                say(&format!("error: {error:#}"));
                Outcome::Failed(duration)
            }
        }
    });
    heading("summary");
    for line in table(&outcomes) {
        say(&line);
    }
    Ok(outcomes
        .iter()
        .all(|(_, outcome)| matches!(outcome, Outcome::Passed(_))))
}

fn run_all(
    steps: &[Step],
    keep_going: KeepGoing,
    mut run_one: impl FnMut(Step) -> Outcome,
) -> Vec<(Step, Outcome)> {
    let mut outcomes = Vec::new();
    let mut is_stopped = false;
    for step in steps {
        let outcome = if is_stopped {
            Outcome::NotRun
        } else {
            run_one(*step)
        };
        is_stopped |= matches!(outcome, Outcome::Failed(_)) && keep_going == KeepGoing::No;
        outcomes.push((*step, outcome));
    }
    outcomes
}

/// One line a step, then how to repeat what has failed.
fn table(outcomes: &[(Step, Outcome)]) -> Vec<String> {
    let mut lines: Vec<String> = outcomes
        .iter()
        .map(|(step, outcome)| {
            let (word, duration) = match outcome {
                Outcome::Passed(duration) => ("passed", duration_text(*duration)),
                Outcome::Failed(duration) => ("FAILED", duration_text(*duration)),
                Outcome::NotRun => ("not run", String::new()),
            };
            format!("  {:<14} {word:<8} {duration:>12}", step.name())
                .trim_end()
                .to_owned()
        })
        .collect();
    for (step, outcome) in outcomes {
        if matches!(outcome, Outcome::Failed(_)) {
            lines.push(format!("run `{}` to see it alone", step.line()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn outcomes(keep_going: KeepGoing) -> Vec<(Step, Outcome)> {
        run_all(
            &[Step::Format, Step::Lint, Step::Layers],
            keep_going,
            |step| {
                if step == Step::Lint {
                    Outcome::Failed(SECOND)
                } else {
                    Outcome::Passed(SECOND)
                }
            },
        )
    }

    #[test]
    fn the_first_failure_ends_the_run() {
        let ends: Vec<_> = outcomes(KeepGoing::No)
            .into_iter()
            .map(|(_, end)| end)
            .collect();
        assert_eq!(
            ends,
            [
                Outcome::Passed(SECOND),
                Outcome::Failed(SECOND),
                Outcome::NotRun
            ]
        );
    }

    #[test]
    fn keeping_going_runs_what_comes_after_a_failure() {
        let ends: Vec<_> = outcomes(KeepGoing::Yes)
            .into_iter()
            .map(|(_, end)| end)
            .collect();
        assert_eq!(
            ends,
            [
                Outcome::Passed(SECOND),
                Outcome::Failed(SECOND),
                Outcome::Passed(SECOND)
            ]
        );
    }

    #[test]
    fn the_table_shows_every_step_and_how_to_repeat_what_failed() {
        assert_eq!(
            table(&outcomes(KeepGoing::No)),
            [
                "  format         passed          1.0 s",
                "  lint           FAILED          1.0 s",
                "  layers         not run",
                "run `cargo clippy --workspace --all-targets --locked -- -D warnings` to see it \
                 alone",
            ]
        );
    }

    #[test]
    fn the_gate_has_every_step_once_and_the_slowest_last() {
        let lines: Vec<String> = Step::ALL.iter().map(|step| step.line()).collect();
        assert_eq!(
            lines,
            [
                "cargo fmt --all --check",
                "cargo clippy --workspace --all-targets --locked -- -D warnings",
                "cargo xtask layers",
                "INSTA_UPDATE=no cargo nextest run --workspace --locked",
                "cargo test --doc --workspace --locked",
                "RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked",
                "cargo xtask e2e",
            ]
        );
    }
}
