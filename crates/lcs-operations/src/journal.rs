//! The port through which operations are kept.

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_projects::{Backup, StoreError};
use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};

use crate::model::Operation;

/// What came of the wish to start an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartOutcome {
    /// It is recorded and will run, whatever happens to this process.
    Started,
    /// An environment that it needs is busy.
    Busy {
        /// Which environment.
        environment: EnvironmentId,
        /// With what.
        operation: OperationActivityId,
    },
    /// Its environment's limit of starts is reached.
    LimitReached {
        /// The first start that counts.
        window_start: Timestamp,
    },
}

/// Keeps operations. Every method is atomic and durable when it returns.
#[async_trait]
pub trait OperationJournal: Send + Sync + std::fmt::Debug {
    /// Records a new operation, unless an environment is busy or the limit of starts is reached;
    /// both are checked in the same transaction, so two callers cannot both start.
    ///
    /// An environment is busy for everybody while its database is being replaced or exported, and
    /// busy for a replacement or export while it is being read.
    async fn start(&self, new: &Operation) -> Result<StartOutcome, StoreError>;

    /// Writes state and journal of an operation.
    async fn save(&self, operation: &Operation) -> Result<(), StoreError>;

    /// Writes the end of an export and its backup, both or neither.
    async fn publish(&self, operation: &Operation, backup: &Backup) -> Result<(), StoreError>;

    /// The operation with this id in this project.
    async fn find(
        &self,
        project: ProjectId,
        id: OperationActivityId,
    ) -> Result<Option<Operation>, StoreError>;

    /// Operations that have not ended, oldest first.
    async fn unfinished(&self) -> Result<Vec<Operation>, StoreError>;

    /// The operations of an environment, newest first.
    async fn history(&self, environment: EnvironmentId) -> Result<Vec<Operation>, StoreError>;
}
