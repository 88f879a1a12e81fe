//! What was asked for on the command line.

use anyhow::{Context as _, Result, bail};

use crate::fuzz::Fuzzing;
use crate::steps::{KeepGoing, Step};

/// The text of `cargo xtask help`.
pub(crate) const HELP: &str = "\
Development tasks

Usage: cargo xtask <TASK> [--keep-going]
       cargo xtask fuzz [--seconds <N>] [TARGET]...
       cargo xtask bench [transfers] [OPTION]...

Tasks:
  test    Run the whole gate: everything below, the tests, doctests and documentation
  lint    Check the format and run clippy with warnings as errors
  layers  Check which crate depends on which
  e2e     Build the binary and run the end-to-end scripts against it
  docs    Write the generated pages of docs/, which the tests compare
  fuzz    Try readers of foreign bytes with bytes of a fuzzer's making, each target in turn
  bench   Measure what docs/performance.md tells; options go to the benchmark (--help, --json)
  help    Print this text

Options:
  --keep-going   Go on with the next step when one has failed
  --seconds <N>  How long each fuzz target runs; 60 when not said

What a task needs and does not find it installs, and says so: system packages with apt-get
(as root or with sudo), cargo-nextest and cargo-fuzz with cargo, Python packages in the target
folder.";

/// A task with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print the help.
    Help,
    /// Write the generated pages.
    Docs,
    /// Run the benchmarks with these options.
    Bench(Vec<String>),
    /// Run fuzz targets.
    Fuzz(Fuzzing),
    /// Run these steps in this order.
    Run {
        /// The steps.
        steps: Vec<Step>,
        /// Whether a failed step ends the run.
        keep_going: KeepGoing,
    },
}

/// Reads the arguments after `cargo xtask`.
///
/// # Errors
///
/// When there is no task of that name, or an option that it does not know.
pub(crate) fn parse(arguments: &[String]) -> Result<Task> {
    let Some((name, options)) = arguments.split_first() else {
        return Ok(Task::Help);
    };
    let steps = match name.as_str() {
        "test" => Step::ALL.to_vec(),
        "lint" => vec![Step::Format, Step::Lint],
        "layers" => vec![Step::Layers],
        "e2e" => vec![Step::EndToEnd],
        "docs" if options.is_empty() => return Ok(Task::Docs),
        "docs" => bail!("the task `docs` has no option"),
        "fuzz" => return fuzzing(options),
        "bench" => return Ok(Task::Bench(options.to_vec())),
        "help" | "--help" | "-h" => return Ok(Task::Help),
        other => bail!("there is no task `{other}`"),
    };
    let mut keep_going = KeepGoing::No;
    for option in options {
        match option.as_str() {
            "--keep-going" => keep_going = KeepGoing::Yes,
            "--help" | "-h" => return Ok(Task::Help),
            other => bail!("the task `{name}` has no option `{other}`"),
        }
    }
    Ok(Task::Run { steps, keep_going })
}

fn fuzzing(options: &[String]) -> Result<Task> {
    let mut fuzzing = Fuzzing::default();
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "--seconds" => {
                let seconds = options.next().context("`--seconds` needs a number")?;
                fuzzing.seconds = seconds
                    .parse()
                    .ok()
                    .filter(|seconds| *seconds > 0)
                    .with_context(|| format!("`{seconds}` is no number of seconds"))?;
            }
            "--help" | "-h" => return Ok(Task::Help),
            other if other.starts_with('-') => bail!("the task `fuzz` has no option `{other}`"),
            target => fuzzing.targets.push(target.to_owned()),
        }
    }
    Ok(Task::Fuzz(fuzzing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn test_is_every_step_and_stops_at_the_first_failure() {
        let expected = Task::Run {
            steps: Step::ALL.to_vec(),
            keep_going: KeepGoing::No,
        };
        assert_eq!(parsed("test").unwrap(), expected);
    }

    #[test]
    fn keep_going_is_an_option_of_every_task_that_runs_steps() {
        for name in ["test", "lint", "layers", "e2e"] {
            let Task::Run { keep_going, .. } = parsed(&format!("{name} --keep-going")).unwrap()
            else {
                panic!("{name} runs steps");
            };
            assert_eq!(keep_going, KeepGoing::Yes);
        }
    }

    #[test]
    fn every_task_of_the_help_is_known() {
        let tasks = HELP.split("Tasks:\n").nth(1).unwrap();
        let tasks = tasks.split("\n\n").next().unwrap();
        assert_eq!(tasks.lines().count(), 8);
        for line in tasks.lines() {
            let name = line.split_whitespace().next().unwrap();
            assert!(parsed(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn fuzzing_takes_a_time_and_targets() {
        let expected = |seconds, targets: &[&str]| {
            let targets = targets.iter().map(|target| (*target).to_owned()).collect();
            Task::Fuzz(Fuzzing { seconds, targets })
        };
        assert_eq!(parsed("fuzz").unwrap(), expected(60, &[]));
        let some = parsed("fuzz graph_filter --seconds 5 token_form").unwrap();
        assert_eq!(some, expected(5, &["graph_filter", "token_form"]));
        for wrong in [
            "fuzz --seconds",
            "fuzz --seconds 0",
            "fuzz --seconds x",
            "fuzz -x",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_task_or_option_is_refused_by_name() {
        let error = parsed("tset").unwrap_err();
        assert_eq!(error.to_string(), "there is no task `tset`");
        let error = parsed("test --fast").unwrap_err();
        assert_eq!(error.to_string(), "the task `test` has no option `--fast`");
    }
}
