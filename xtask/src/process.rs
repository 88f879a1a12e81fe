//! Running other programs in the root of the workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// A program with its arguments and what it adds to the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invocation {
    program: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Invocation {
    /// A program and its arguments, written as on a command line, parted by single blanks.
    pub(crate) fn of(line: &str) -> Self {
        let (program, arguments) = line.split_once(' ').unwrap_or((line, ""));
        Self::program(program).arguments(arguments)
    }

    /// A program whose path may hold blanks.
    pub(crate) fn program(program: impl AsRef<Path>) -> Self {
        Self {
            program: program.as_ref().to_string_lossy().into_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Adds arguments, parted by single blanks.
    pub(crate) fn arguments(mut self, arguments: &str) -> Self {
        let words = arguments.split(' ').filter(|word| !word.is_empty());
        self.arguments.extend(words.map(str::to_owned));
        self
    }

    /// Adds an argument, which may hold blanks.
    pub(crate) fn argument(mut self, argument: impl AsRef<Path>) -> Self {
        let argument = argument.as_ref().to_string_lossy().into_owned();
        self.arguments.push(argument);
        self
    }

    /// Adds an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        let value = value.as_ref().to_string_lossy().into_owned();
        self.environment.push((name.to_owned(), value));
        self
    }

    /// The command as one would type it.
    pub(crate) fn line(&self) -> String {
        let quoted = |word: &String| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.clone()
            }
        };
        let variables = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={}", quoted(value)));
        let words = [&self.program].into_iter().chain(&self.arguments);
        variables
            .chain(words.map(quoted))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Runs it to its end, its output going where ours goes.
    ///
    /// # Errors
    ///
    /// When it cannot be started or does not end with success.
    pub(crate) fn run(&self) -> Result<()> {
        let status = self
            .command()
            .status()
            .with_context(|| format!("could not start `{}`", self.program))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.line());
        }
        Ok(())
    }

    /// Runs it and takes what it writes to its standard output.
    ///
    /// # Errors
    ///
    /// When it cannot be started, does not end with success or writes no UTF-8.
    pub(crate) fn output(&self) -> Result<String> {
        let output = self
            .command()
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("could not start `{}`", self.program))?;
        if !output.status.success() {
            bail!("`{}` failed ({})", self.line(), output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` wrote something that is no text", self.line()))
    }

    /// Whether it can be started and ends with success; says nothing.
    pub(crate) fn works(&self) -> bool {
        self.quiet_status().is_ok_and(|status| status.success())
    }

    /// Whether it can be started, however it ends; says nothing.
    pub(crate) fn starts(&self) -> bool {
        self.quiet_status().is_ok()
    }

    fn quiet_status(&self) -> std::io::Result<ExitStatus> {
        self.command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(root());
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_one_would_type_it() {
        let invocation = Invocation::of("cargo doc --no-deps")
            .argument("a path")
            .variable("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            invocation.line(),
            "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'a path'"
        );
    }

    #[test]
    fn a_program_that_is_not_there_does_not_work_and_is_named() {
        let missing = Invocation::of("no-such-program-anywhere --version");
        assert!(!missing.works() && !missing.starts());
        let error = missing.run().unwrap_err();
        assert_eq!(
            error.to_string(),
            "could not start `no-such-program-anywhere`"
        );
    }

    #[test]
    fn a_program_that_fails_is_an_error_with_its_line() {
        let fails = Invocation::of("cargo no-such-command");
        assert!(fails.starts() && !fails.works());
        let error = fails.run().unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`cargo no-such-command` failed")
        );
    }
}
