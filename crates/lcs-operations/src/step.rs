//! What a step is, and what it works with.
//!
//! A step may be run twice and then must have done what once does: after a crash nobody knows how
//! far it came. Its documentation says what an observer sees if the machine dies inside it.

use std::{path::PathBuf, sync::Arc};

use lcs_artifacts::{ArtifactError, ArtifactStore};
use lcs_databases::sqlite::{
    CopyError, EnvironmentFolder, OpenError, PlaceError, SanitiseError, VerifyError,
};
use lcs_projects::Environment;
use lcs_types::{Cancellation, EnvironmentId, OperationActivityId, Progress};
use serde::{Deserialize, Serialize};

use crate::{model::Operation, observer::OperationObserver};

/// The steps that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Looks whether everything needed is there.
    Validate,
    /// Copies a consistent snapshot of the source.
    Copy,
    /// Removes from the copy what must not travel.
    Sanitise,
    /// Checks the copy.
    Verify,
    /// Puts the copy into use.
    Swap,
    /// Writes the `.bacpac`.
    Write,
    /// Reads the `.bacpac` back.
    ReadBack,
    /// Gives the `.bacpac` its name.
    Publish,
    /// Writes the content of a package.
    Unpack,
    /// Puts that content into use.
    Install,
    /// Removes what is no longer needed.
    Finish,
}

impl StepName {
    /// The word for displays and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Copy => "copy",
            Self::Sanitise => "sanitise",
            Self::Verify => "verify",
            Self::Swap => "swap",
            Self::Write => "write",
            Self::ReadBack => "read back",
            Self::Publish => "publish",
            Self::Unpack => "unpack",
            Self::Install => "install",
            Self::Finish => "finish",
        }
    }
}

impl std::fmt::Display for StepName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A step of an operation: its name and what it does, on a thread that may block.
#[derive(Clone, Copy)]
pub struct Step {
    /// Its name, unique in its operation.
    pub name: StepName,
    /// Does it; what it yields stands in the journal.
    pub run: fn(&StepContext) -> Result<serde_json::Value, StepFailure>,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Step").field(&self.name).finish()
    }
}

/// What a step works with.
#[derive(Debug)]
pub struct StepContext {
    /// The operation, with the outputs of earlier steps.
    pub operation: Operation,
    /// The environment that is read: the source of a refresh, the environment of an export.
    pub source: Environment,
    /// The environment that is changed; the same as `source` for an export.
    pub target: Environment,
    /// Where the environments' folders lie.
    pub environments: PathBuf,
    /// Where backups lie.
    pub artifacts: ArtifactStore,
    /// When the step began.
    pub now: jiff::Timestamp,
    /// What a user adds to the published sanitisation rules, TOML.
    pub user_rules: Option<Arc<str>>,
    /// Asks the step to stop.
    pub cancellation: Cancellation,
    /// Hears of progress.
    pub observer: Arc<dyn OperationObserver>,
    /// The step's own name.
    pub step: StepName,
}

impl StepContext {
    /// The folder of the environment that is read.
    pub fn source_folder(&self) -> EnvironmentFolder {
        folder(&self.environments, self.source.id)
    }

    /// The folder of the environment that is changed.
    pub fn target_folder(&self) -> EnvironmentFolder {
        folder(&self.environments, self.target.id)
    }

    /// The id of the operation.
    pub const fn id(&self) -> OperationActivityId {
        self.operation.id
    }

    /// The output of an earlier step.
    ///
    /// # Errors
    ///
    /// [`StepFailure::Journal`] when it is not there.
    pub fn output<T: serde::de::DeserializeOwned>(&self, step: StepName) -> Result<T, StepFailure> {
        self.operation
            .journal
            .output(step)
            .ok_or(StepFailure::Journal { step })
    }
}

/// The folder of an environment.
pub fn folder(environments: &std::path::Path, environment: EnvironmentId) -> EnvironmentFolder {
    EnvironmentFolder::new(environments.join(environment.to_string()))
}

impl Progress for StepContext {
    fn advanced(&self, _what: &str, done: u64, total: u64) {
        self.observer
            .advanced(self.operation.id, self.step, done, total);
    }
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepFailure {
    /// The environment has no database.
    #[error("the environment `{environment}` has no database")]
    NoDatabase {
        /// Its name.
        environment: String,
    },
    /// The database that is read cannot be opened.
    #[error("the database of `{environment}` cannot be read")]
    Open {
        /// The environment's name.
        environment: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// A database cannot be inspected.
    #[error("a database cannot be inspected")]
    Inspect(#[source] lcs_databases::sqlite::ReadError),
    /// The snapshot failed.
    #[error("the snapshot failed")]
    Copy(#[source] CopyError),
    /// The user's own rules are wrong.
    #[error("the sanitisation rules cannot be used")]
    Rules(#[source] lcs_sanitise::RuleError),
    /// Sanitising failed.
    #[error("sanitising the copy failed")]
    Sanitise(#[source] SanitiseError),
    /// The copy is not what it must be.
    #[error("the copy did not pass verification")]
    Verify(#[source] VerifyError),
    /// The files of an environment cannot be moved.
    #[error("the files of an environment cannot be moved")]
    Place(#[source] PlaceError),
    /// The `.bacpac` cannot be written.
    #[error("the export cannot be written")]
    Write(#[source] crate::export::WriteFailure),
    /// The `.bacpac` that was written is not sound.
    #[error("the export did not pass verification: {reason}")]
    Unsound {
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the artifact store cannot be moved.
    #[error("the export cannot be stored")]
    Artifact(#[source] ArtifactError),
    /// The package is gone, or is not what was validated.
    #[error("the package cannot be deployed")]
    Package(#[source] lcs_packages::Unsound),
    /// The package cannot be unpacked.
    #[error("the package cannot be unpacked")]
    Unpack(#[source] lcs_packages::UnpackError),
    /// The unpacked package cannot be put into use.
    #[error("the package cannot be installed at `{path}`")]
    Install {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The journal lacks what an earlier step wrote.
    #[error("the journal has no record of the step `{step}`")]
    Journal {
        /// The step.
        step: StepName,
    },
    /// A step's output cannot be written down.
    #[error("a step's result cannot be written down")]
    Output(#[source] serde_json::Error),
    /// The process is shutting down; the operation is taken up again at the next start.
    #[error("the operation was interrupted")]
    Interrupted,
    /// The step panicked.
    #[error("the step ended unexpectedly; this is a bug")]
    Panicked,
    /// An environment of the operation is gone.
    #[error("an environment of the operation no longer exists")]
    EnvironmentGone,
}

impl StepFailure {
    /// The failure with its causes, for a person.
    pub fn in_words(&self) -> String {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words.push_str(": ");
            words.push_str(&error.to_string());
            cause = error.source();
        }
        words
    }
}

/// Writes a step's result down.
///
/// # Errors
///
/// [`StepFailure::Output`] when it is no JSON.
pub fn recorded(output: impl Serialize) -> Result<serde_json::Value, StepFailure> {
    serde_json::to_value(output).map_err(StepFailure::Output)
}
