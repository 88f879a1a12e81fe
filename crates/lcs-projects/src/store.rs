//! The port through which projects are kept.

use async_trait::async_trait;
use lcs_types::{EnvironmentId, ProjectId, TenantId, UserId};

use crate::model::{Backup, Environment, Member, Power, Project};

/// The store failed; never the caller's fault.
#[derive(Debug, thiserror::Error)]
#[error("could not {action}")]
pub struct StoreError {
    /// What was tried.
    pub action: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    /// A failure of this action.
    pub fn new(
        action: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            action,
            source: source.into(),
        }
    }
}

/// A project with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// The project.
    pub project: Project,
    /// Its members.
    pub members: Vec<Member>,
    /// Its environments.
    pub environments: Vec<Environment>,
}

/// Keeps projects. Every method is atomic; absence is `Ok(None)` or an empty list.
///
/// Backups are written where exports end, in one transaction with the end of the operation; see
/// the journal of `lcs-operations`.
#[async_trait]
pub trait ProjectStore: Send + Sync + std::fmt::Debug {
    /// Adds a project with its members and environments; one that exists is left as it is.
    async fn create_project(&self, new: &NewProject) -> Result<(), StoreError>;

    /// The project with this number.
    async fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError>;

    /// A user's place in a project.
    async fn member(
        &self,
        project: ProjectId,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Member>, StoreError>;

    /// The environments of a project, in the order in which they were added.
    async fn environments(&self, project: ProjectId) -> Result<Vec<Environment>, StoreError>;

    /// One environment of a project.
    async fn environment(
        &self,
        project: ProjectId,
        id: EnvironmentId,
    ) -> Result<Option<Environment>, StoreError>;

    /// Writes the power state of an environment; `false` when it was not in the expected one any
    /// more, so that of two who start or stop it at once one does.
    async fn set_power(
        &self,
        project: ProjectId,
        id: EnvironmentId,
        from: Power,
        to: Power,
    ) -> Result<bool, StoreError>;

    /// The backups of a project, newest first.
    async fn backups(&self, project: ProjectId) -> Result<Vec<Backup>, StoreError>;
}
