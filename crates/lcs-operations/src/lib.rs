//! Durable operations: journal, runner, recovery; refresh and export.
//!
//! - [`model`] – an operation, its states and the one function that moves between them
//! - [`journal`] – the port through which operations are kept; `conformance` (feature `testing`)
//!   is its behaviour as tests
//! - [`refresh`], [`export`], [`deploy`] – the lists of steps, one file per step
//! - [`step`] – what a step is and what it works with
//! - [`recovery`] – what becomes of an operation whose process died
//! - [`engine`] – starts operations, runs them in the background, takes them up again
//! - [`library`] – checks uploaded assets in the background
//! - [`progress`] – what each operation is doing now
//! - [`observer`] – hears what happens, for displays and tests
//!
//! Which operations are allowed is decided in `lcs-projects`; how a database is copied, sanitised
//! and swapped, in `lcs-databases` and `lcs-sanitise`.

#[cfg(feature = "testing")]
pub mod conformance;
pub mod deploy;
pub mod engine;
pub mod export;
pub mod journal;
pub mod library;
pub mod model;
pub mod observer;
pub mod progress;
pub mod recovery;
pub mod refresh;
mod runner;
pub mod step;

pub use engine::{Engine, EngineSettings, StartError};
pub use journal::{OperationJournal, StartOutcome};
pub use library::AssetValidation;
pub use model::{DeploymentSubject, IllegalTransition, Operation, OperationKind, OperationState};
pub use observer::{NoObserver, OperationObserver};
pub use progress::OperationProgress;
pub use step::{StepFailure, StepName};
