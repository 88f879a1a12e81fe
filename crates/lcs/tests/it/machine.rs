//! A machine of its own for each test: no configuration, no state, no variables of the tester's.

use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

pub(crate) struct Machine {
    folder: tempfile::TempDir,
}

/// What a call of the binary left.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Standard error as the one JSON object that an error is.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same outcome, which must be a success.
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.exit, 0, "{self:?}");
        self
    }

    /// The same outcome, which must have failed with this exit code.
    pub(crate) fn failed(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{self:?}");
        self
    }
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("lcs").unwrap();
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LCS_CONFIG_DIR", self.path("config"))
            .env("LCS_STATE_DIR", self.path("state"))
            .current_dir(self.folder.path())
            .args(arguments);
        command
    }

    /// Starts the binary and leaves it running, to be killed.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> std::process::Child {
        std::process::Command::new(assert_cmd::cargo::cargo_bin("lcs"))
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LCS_CONFIG_DIR", self.path("config"))
            .env("LCS_STATE_DIR", self.path("state"))
            .current_dir(self.folder.path())
            .args(arguments)
            .spawn()
            .unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        Self::finish(&mut self.command(arguments))
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        Self::finish(self.command(arguments).write_stdin(input))
    }

    pub(crate) fn finish(command: &mut Command) -> Outcome {
        let output = command.output().unwrap();
        Outcome {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
