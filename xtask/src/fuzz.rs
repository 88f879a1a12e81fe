//! Running fuzz targets. What they check is in `crates/lcs-fuzz`, their programs are in `fuzz/`.
//!
//! The corpus that is committed is only read: what a fuzzer finds interesting is kept under the
//! target folder, what breaks a rule under `fuzz/artifacts/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::graph;
use crate::prerequisites::{self, Need};
use crate::process::{Invocation, root};
use crate::terminal::{heading, say};

/// What is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fuzzing {
    /// How long each target runs.
    pub(crate) seconds: u32,
    /// The targets; none means all.
    pub(crate) targets: Vec<String>,
}

impl Default for Fuzzing {
    fn default() -> Self {
        Self {
            seconds: 60,
            targets: Vec::new(),
        }
    }
}

/// Runs the targets one after the other; says whether all ran to their end and broke no rule.
///
/// # Errors
///
/// When there is no such target, or the fuzzer is missing and cannot be installed.
pub(crate) fn run(fuzzing: &Fuzzing) -> Result<bool> {
    let known = targets()?;
    let targets = chosen(&fuzzing.targets, &known)?;
    prerequisites::provide([Need::Compiler, Need::Fuzzer].into_iter())?;
    let folder = graph::target_directory()?.join("fuzz");
    let mut failed = Vec::new();
    for target in targets {
        let found = folder.join("corpus").join(target);
        fs::create_dir_all(&found)
            .with_context(|| format!("could not create `{}`", found.display()))?;
        let invocation = invocation(target, fuzzing.seconds, &folder, &found);
        heading(&invocation.line());
        if let Err(error) = invocation.run() {
            say(&format!("error: {error:#}"));
            failed.push(target);
        }
    }
    heading("summary");
    if failed.is_empty() {
        say("no rule was broken");
    } else {
        say(&format!("failed: {}", failed.join(", ")));
        say(
            "help: a file in fuzz/artifacts/ breaks a rule; mend that, and put it into fuzz/corpus/",
        );
    }
    Ok(failed.is_empty())
}

/// Without a sanitizer: our own code is free of `unsafe`, and the C libraries are built without
/// instrumentation anyway. So the stable compiler will do.
fn invocation(target: &str, seconds: u32, folder: &Path, found: &Path) -> Invocation {
    Invocation::of("cargo fuzz run --sanitizer none --target-dir")
        .argument(folder)
        .argument(target)
        // New finds go into the first corpus.
        .argument(found)
        .argument(format!("fuzz/corpus/{target}"))
        .arguments("-- -timeout=10 -print_final_stats=1")
        .argument(format!("-max_total_time={seconds}"))
}

/// The names of all targets, sorted.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("could not read `{}`", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry
            .context("could not read the list of fuzz targets")?
            .path();
        if let Some(name) = path.file_stem() {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn chosen<'names>(wanted: &'names [String], known: &'names [String]) -> Result<Vec<&'names str>> {
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        bail!(
            "there is no fuzz target `{unknown}`\nhelp: there are {}",
            known.join(", ")
        );
    }
    let names = if wanted.is_empty() { known } else { wanted };
    Ok(names.iter().map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_targets_are_meant_when_none_is_named_and_unknown_ones_are_refused() {
        let known = targets().unwrap();
        assert_eq!(chosen(&[], &known).unwrap(), known);
        let one = [known[0].clone()];
        assert_eq!(chosen(&one, &known).unwrap(), [known[0].as_str()]);
        let unknown = ["nothing".to_owned()];
        let error = chosen(&unknown, &known).unwrap_err().to_string();
        assert!(error.contains("`nothing`") && error.contains(&known[0]));
    }

    #[test]
    fn the_committed_corpus_is_only_read() {
        let line = invocation("t", 5, Path::new("/f"), Path::new("/f/corpus/t")).line();
        assert_eq!(
            line,
            "cargo fuzz run --sanitizer none --target-dir /f t /f/corpus/t fuzz/corpus/t -- \
             -timeout=10 -print_final_stats=1 -max_total_time=5"
        );
    }
}
