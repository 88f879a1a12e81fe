//! An operation, its states and the one function that moves between them.

use jiff::Timestamp;
use lcs_artifacts::ArtifactKey;
use lcs_projects::UserKey;
use lcs_types::{AssetId, BackupName, EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::{AssetFileType, OperationStatus};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::step::StepName;

/// One run of a refresh, an export or a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id, which clients poll.
    pub id: OperationActivityId,
    /// The project.
    pub project: ProjectId,
    /// What it does.
    pub kind: OperationKind,
    /// Who started it.
    pub started_by: UserKey,
    /// When it was started; what the limit counts.
    pub started_at: Timestamp,
    /// How far it is.
    pub state: OperationState,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How many processes have worked on it.
    pub attempts: u32,
    /// What was done so far.
    pub journal: Journal,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OperationKind {
    /// Replaces the database of `target` by a sanitised copy of that of `source`.
    Refresh {
        /// Whose database is copied.
        source: EnvironmentId,
        /// Whose database is replaced.
        target: EnvironmentId,
    },
    /// Writes a sanitised copy of the environment's database as a `.bacpac`.
    Export {
        /// Whose database is exported.
        environment: EnvironmentId,
        /// The name of the backup.
        backup_name: BackupName,
    },
    /// Unpacks a package into an environment.
    Deploy {
        /// Where it is deployed.
        environment: EnvironmentId,
        /// The package.
        asset: AssetId,
        /// The name of its file in the artifact store.
        artifact: ArtifactKey,
        /// What it is.
        file_type: AssetFileType,
        /// The name of this deployment, `updateName`.
        name: String,
        /// What of the environment takes it.
        subject: DeploymentSubject,
    },
}

/// What of an environment takes a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub enum DeploymentSubject {
    /// Finance and operations itself.
    Environment,
    /// A Commerce Scale Unit.
    ScaleUnit {
        /// Its name.
        scale_unit: String,
    },
    /// An e-commerce environment.
    ECommerce {
        /// Its id.
        e_commerce: String,
    },
    /// An on-premises environment, which is only brought the package.
    Preparation,
    /// An on-premises environment, which has been brought it.
    Prepared {
        /// By which operation.
        preparation: OperationActivityId,
    },
}

impl OperationKind {
    /// The environment that the operation belongs to: the one whose starts are counted, and with
    /// whose id clients poll.
    pub const fn environment(&self) -> EnvironmentId {
        match self {
            Self::Refresh { target, .. } => *target,
            Self::Export { environment, .. } | Self::Deploy { environment, .. } => *environment,
        }
    }

    /// Whether its start counts towards the three a day: the limit is that of the Database Movement
    /// API.
    pub const fn is_movement(&self) -> bool {
        match self {
            Self::Refresh { .. } | Self::Export { .. } => true,
            Self::Deploy { .. } => false,
        }
    }

    /// An environment that is read besides.
    pub const fn source(&self) -> Option<EnvironmentId> {
        match self {
            Self::Refresh { source, .. } => Some(*source),
            Self::Export { .. } | Self::Deploy { .. } => None,
        }
    }
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OperationState {
    /// Recorded, not begun.
    NotStarted,
    /// A step is under way, or was when the process died.
    InProgress,
    /// Done.
    Completed,
    /// A step failed and what was done is being taken back.
    RollbackInProgress,
    /// It failed, and everything is as before.
    RollbackCompleted,
    /// It failed, and something could not be taken back.
    RollbackFailed,
}

/// What happens to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationEvent {
    /// A worker takes it up.
    Begin,
    /// Its last step is done.
    Complete,
    /// A step failed.
    Fail,
    /// Everything was taken back.
    RolledBack,
    /// Something could not be taken back.
    RollbackFailed,
}

/// An event that cannot happen in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an operation that is {state:?} cannot {event:?}")]
pub struct IllegalTransition {
    /// The state.
    pub state: OperationState,
    /// The event.
    pub event: OperationEvent,
}

impl OperationState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::NotStarted,
        Self::InProgress,
        Self::Completed,
        Self::RollbackInProgress,
        Self::RollbackCompleted,
        Self::RollbackFailed,
    ];

    /// The only door between states.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] when the event cannot happen here.
    pub const fn next(self, event: OperationEvent) -> Result<Self, IllegalTransition> {
        use OperationEvent as Event;
        match (self, event) {
            // After a crash a worker takes up what another one had begun.
            (Self::NotStarted | Self::InProgress, Event::Begin) => Ok(Self::InProgress),
            (Self::InProgress, Event::Complete) => Ok(Self::Completed),
            (Self::NotStarted | Self::InProgress | Self::RollbackInProgress, Event::Fail) => {
                Ok(Self::RollbackInProgress)
            }
            (Self::RollbackInProgress, Event::RolledBack) => Ok(Self::RollbackCompleted),
            (Self::RollbackInProgress, Event::RollbackFailed) => Ok(Self::RollbackFailed),
            (state, event) => Err(IllegalTransition { state, event }),
        }
    }

    /// Whether nothing more happens.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Completed | Self::RollbackCompleted | Self::RollbackFailed => true,
            Self::NotStarted | Self::InProgress | Self::RollbackInProgress => false,
        }
    }

    /// The word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "NotStarted",
            Self::InProgress => "InProgress",
            Self::Completed => "Completed",
            Self::RollbackInProgress => "RollbackInProgress",
            Self::RollbackCompleted => "RollbackCompleted",
            Self::RollbackFailed => "RollbackFailed",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// What the API says.
    pub const fn status(self) -> OperationStatus {
        match self {
            Self::NotStarted => OperationStatus::NotStarted,
            Self::InProgress => OperationStatus::InProgress,
            Self::Completed => OperationStatus::Completed,
            Self::RollbackInProgress => OperationStatus::RollbackInProgress,
            Self::RollbackCompleted => OperationStatus::RollbackCompleted,
            Self::RollbackFailed => OperationStatus::RollbackFailed,
        }
    }
}

/// What was done so far: written before and after each step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The steps in the order in which they were begun; a step that was begun again stands once.
    #[serde(default)]
    pub steps: Vec<StepRecord>,
    /// Why it failed, in words for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A step in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Which step.
    pub step: StepName,
    /// When it was begun last.
    pub begun_at: Timestamp,
    /// When it was done; absent while it runs, and after a crash inside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// What it found or did.
    #[serde(default)]
    pub output: serde_json::Value,
}

impl Journal {
    /// Notes that a step begins; what came after it in an earlier attempt no longer counts.
    pub fn begin(&mut self, step: StepName, now: Timestamp) {
        if let Some(index) = self.steps.iter().position(|record| record.step == step) {
            self.steps.truncate(index);
        }
        let output = serde_json::Value::Null;
        self.steps.push(StepRecord {
            step,
            begun_at: now,
            finished_at: None,
            output,
        });
    }

    /// Notes that the step which was begun last is done.
    pub fn finish(&mut self, now: Timestamp, output: serde_json::Value) {
        if let Some(record) = self.steps.last_mut() {
            record.finished_at = Some(now);
            record.output = output;
        }
    }

    /// Whether a step is done.
    pub fn is_finished(&self, step: StepName) -> bool {
        self.steps
            .iter()
            .any(|record| record.step == step && record.finished_at.is_some())
    }

    /// What a finished step found or did, if it is there and has that shape.
    pub fn output<T: DeserializeOwned>(&self, step: StepName) -> Option<T> {
        let record = self
            .steps
            .iter()
            .find(|record| record.step == step && record.finished_at.is_some())?;
        serde_json::from_value(record.output.clone()).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{OperationEvent as Event, OperationState as State, *};

    const EVENTS: [Event; 5] = [
        Event::Begin,
        Event::Complete,
        Event::Fail,
        Event::RolledBack,
        Event::RollbackFailed,
    ];

    proptest! {
        #[test]
        fn an_ended_operation_stays_as_it_is(events in prop::collection::vec(0usize..5, 0..20)) {
            let mut state = State::NotStarted;
            for index in events {
                let was_ended = state.is_ended();
                match state.next(EVENTS[index]) {
                    Ok(next) => {
                        prop_assert!(!was_ended);
                        state = next;
                    }
                    Err(refused) => prop_assert_eq!(refused.state, state),
                }
            }
        }
    }

    #[test]
    fn every_state_that_has_not_ended_can_end() {
        for state in State::ALL {
            let can_go_on = EVENTS.iter().any(|event| state.next(*event).is_ok());
            assert_eq!(can_go_on, !state.is_ended(), "{state:?}");
            assert_eq!(State::from_word(state.as_str()), Some(state));
        }
    }

    #[test]
    fn a_step_that_is_begun_again_forgets_what_came_after_it() {
        let mut journal = Journal::default();
        for step in [StepName::Validate, StepName::Copy, StepName::Sanitise] {
            journal.begin(step, Timestamp::UNIX_EPOCH);
            journal.finish(Timestamp::UNIX_EPOCH, serde_json::json!(1));
        }
        journal.begin(StepName::Copy, Timestamp::UNIX_EPOCH);
        assert!(journal.is_finished(StepName::Validate));
        assert!(!journal.is_finished(StepName::Copy));
        assert!(!journal.is_finished(StepName::Sanitise));
        assert_eq!(journal.output::<u32>(StepName::Validate), Some(1));
    }
}
