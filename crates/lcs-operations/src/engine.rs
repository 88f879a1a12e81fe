//! Starts operations, runs them in the background, takes them up again after a crash.

use std::{path::PathBuf, sync::Arc};

use lcs_artifacts::ArtifactStore;
use lcs_databases::sqlite::Stage;
use lcs_projects::{Asset, Environment, ProjectStore, RuleRefusal, StoreError, UserKey, movement};
use lcs_types::{
    AssetId, BackupName, Cancellation, Clock, EnvironmentId, OperationActivityId, ProjectId,
    Randomness,
};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::{
    journal::{OperationJournal, StartOutcome},
    model::{DeploymentSubject, Journal, Operation, OperationKind, OperationState},
    observer::OperationObserver,
    progress::{OperationProgress, ProgressBoard},
    recovery::{self, Recovery},
    runner::{self, Shared},
    step::{StepFailure, folder},
};

/// What the engine is told at its start.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Where the environments' folders lie.
    pub environments: PathBuf,
    /// Where backups lie.
    pub artifacts: ArtifactStore,
    /// What a user adds to the published sanitisation rules, TOML.
    pub user_rules: Option<Arc<str>>,
    /// How many operations work at a time; the others wait as `NotStarted`.
    pub workers: usize,
}

/// Why an operation does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A rule forbids it. The caller is told the text.
    #[error(transparent)]
    Refused(#[from] RuleRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs operations. Clones share the work.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

impl Engine {
    /// An engine over these ports. Nothing runs before [`Engine::recover`] or a start.
    pub fn new(
        journal: Arc<dyn OperationJournal>,
        projects: Arc<dyn ProjectStore>,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        observer: Arc<dyn OperationObserver>,
        settings: EngineSettings,
    ) -> Self {
        let slots = Semaphore::new(settings.workers.max(1));
        let shared = Shared {
            journal,
            projects,
            clock,
            randomness,
            observer: Arc::new(ProgressBoard::new(observer)),
            settings,
            cancellation: Cancellation::default(),
            slots,
            tasks: TaskTracker::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Starts a refresh of `target` from `source`. When this returns, the operation is recorded
    /// and will end, whatever happens to this process. Whoever drops this future does not know
    /// whether it was started; if it was, it goes on.
    ///
    /// # Errors
    ///
    /// [`StartError::Refused`] when a rule forbids it, [`StartError::Store`] when nothing could be
    /// recorded.
    pub async fn start_refresh(
        &self,
        project: ProjectId,
        source: EnvironmentId,
        target: EnvironmentId,
        started_by: UserKey,
    ) -> Result<OperationActivityId, StartError> {
        let source = self.environment(project, source).await?;
        let target = self.environment(project, target).await?;
        let source_bytes = self.database_bytes(source.id).await;
        movement::check_refresh(&source, &target, source_bytes, self.shared.clock.now())?;
        let kind = OperationKind::Refresh {
            source: source.id,
            target: target.id,
        };
        self.start(project, kind, started_by).await
    }

    /// Starts an export of an environment's database, under the same terms.
    ///
    /// # Errors
    ///
    /// As [`Engine::start_refresh`].
    pub async fn start_export(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        backup_name: BackupName,
        started_by: UserKey,
    ) -> Result<OperationActivityId, StartError> {
        let environment = self.environment(project, environment).await?;
        let size_bytes = self.database_bytes(environment.id).await;
        movement::check_export(&environment, size_bytes, self.shared.clock.now())?;
        let kind = OperationKind::Export {
            environment: environment.id,
            backup_name,
        };
        self.start(project, kind, started_by).await
    }

    /// Starts the deployment of a package, whose rules the caller has checked, under the same terms
    /// but for the limit of starts.
    ///
    /// # Errors
    ///
    /// As [`Engine::start_refresh`].
    pub async fn start_deployment(
        &self,
        environment: &Environment,
        package: &Asset,
        name: String,
        subject: DeploymentSubject,
        started_by: UserKey,
    ) -> Result<OperationActivityId, StartError> {
        let artifact = package
            .artifact
            .parse()
            .map_err(|error| StoreError::new("read the name of the package's file", error))?;
        let kind = OperationKind::Deploy {
            environment: environment.id,
            asset: package.id,
            artifact,
            file_type: package.file_type,
            name,
            subject,
        };
        self.start(environment.project, kind, started_by).await
    }

    /// Starts to put in its place what a preparation brought to an on-premises environment, which
    /// the caller has found in its history ([`crate::deploy::on_premises::prepared`]).
    ///
    /// # Errors
    ///
    /// As [`Engine::start_refresh`].
    pub async fn start_prepared(
        &self,
        preparation: &Operation,
        started_by: UserKey,
    ) -> Result<OperationActivityId, StartError> {
        let mut kind = preparation.kind.clone();
        if let OperationKind::Deploy { subject, .. } = &mut kind {
            *subject = DeploymentSubject::Prepared {
                preparation: preparation.id,
            };
        }
        self.start(preparation.project, kind, started_by).await
    }

    /// The operations of an environment, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn history(&self, environment: EnvironmentId) -> Result<Vec<Operation>, StoreError> {
        self.shared.journal.history(environment).await
    }

    /// The operations of all environments that have not ended, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn unfinished(&self) -> Result<Vec<Operation>, StoreError> {
        self.shared.journal.unfinished().await
    }

    /// Whether an operation that has not ended reads this asset.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn is_deploying(&self, asset: AssetId) -> Result<bool, StoreError> {
        let unfinished = self.shared.journal.unfinished().await?;
        Ok(unfinished.iter().any(|operation| {
            matches!(operation.kind, OperationKind::Deploy { asset: deployed, .. } if deployed == asset)
        }))
    }

    /// An operation of a project.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn find(
        &self,
        project: ProjectId,
        id: OperationActivityId,
    ) -> Result<Option<Operation>, StoreError> {
        self.shared.journal.find(project, id).await
    }

    /// Takes up every operation that has not ended: it completes, or it is rolled back. Returns
    /// how many there were; they go on in the background. An operation whose files cannot be
    /// looked at stays as it is until the next start.
    ///
    /// To be called once, before the first start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn recover(&self) -> Result<usize, StoreError> {
        let unfinished = self.shared.journal.unfinished().await?;
        let settings = self.shared.settings.clone();
        let found = tokio::task::spawn_blocking(move || look(&settings, unfinished))
            .await
            .map_err(|error| StoreError::new("look at the files of operations", error))?;
        let taken_up = found.len();
        for (operation, stage) in found {
            let recovery = recovery::plan(&operation, stage);
            tracing::info!(
                operation.activity_id = %operation.id, ?stage, ?recovery,
                "taking up an operation that had not ended"
            );
            match recovery {
                Recovery::Resume { from } => {
                    self.spawn(runner::work(self.shared.clone(), operation, from));
                }
                Recovery::RollBack { reason } => self.spawn(runner::give_up(
                    self.shared.clone(),
                    operation,
                    reason.map(str::to_owned),
                )),
            }
        }
        Ok(taken_up)
    }

    /// What an operation that works in this process is doing; `None` when none with this id does.
    pub fn progress(&self, id: OperationActivityId) -> Option<OperationProgress> {
        self.shared.observer.progress(id)
    }

    /// Waits until no operation works.
    pub async fn wait_until_idle(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.shared.tasks.reopen();
    }

    /// Asks the steps to stop between two chunks of work and waits for them. What had not ended is
    /// taken up at the next start.
    pub async fn shut_down(&self) {
        self.shared.cancellation.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// The size of an environment's database; `None` where that is not known, so that the rule
    /// about sizes does not hold up an operation whose own steps would say what is wrong.
    async fn database_bytes(&self, environment: EnvironmentId) -> Option<u64> {
        let folder = folder(&self.shared.settings.environments, environment);
        let size = move || {
            let current = folder.current().ok().flatten()?;
            std::fs::metadata(current).ok().map(|file| file.len())
        };
        tokio::task::spawn_blocking(size).await.ok().flatten()
    }

    async fn environment(
        &self,
        project: ProjectId,
        id: EnvironmentId,
    ) -> Result<Environment, StartError> {
        let environment = self.shared.projects.environment(project, id).await?;
        Ok(environment.ok_or_else(|| RuleRefusal::UnknownEnvironment {
            environment: id.to_string(),
        })?)
    }

    async fn start(
        &self,
        project: ProjectId,
        kind: OperationKind,
        started_by: UserKey,
    ) -> Result<OperationActivityId, StartError> {
        let operation = Operation {
            id: OperationActivityId::random(&*self.shared.randomness),
            project,
            kind,
            started_by,
            started_at: self.shared.clock.now(),
            state: OperationState::NotStarted,
            ended_at: None,
            attempts: 0,
            journal: Journal::default(),
        };
        // In a task of its own: a caller who hangs up must not leave an operation behind that is
        // recorded and that nobody works on.
        let engine = self.clone();
        self.shared
            .tasks
            .spawn(async move { engine.record_and_run(operation).await })
            .await
            .map_err(|error| StoreError::new("start the operation", error))?
    }

    async fn record_and_run(
        &self,
        operation: Operation,
    ) -> Result<OperationActivityId, StartError> {
        match self.shared.journal.start(&operation).await? {
            StartOutcome::Started => {}
            StartOutcome::Busy {
                environment,
                operation,
            } => {
                return Err(RuleRefusal::Busy {
                    environment,
                    operation,
                }
                .into());
            }
            StartOutcome::LimitReached { window_start } => {
                return Err(RuleRefusal::LimitReached { window_start }.into());
            }
        }
        let id = operation.id;
        tracing::info!(operation.activity_id = %id, kind = ?operation.kind, "operation started");
        let first = runner::steps(&operation.kind)[0].name;
        self.spawn(runner::work(self.shared.clone(), operation, first));
        Ok(id)
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.shared.tasks.spawn(work);
    }
}

/// Removes files that no operation needs, and finds how far each unfinished one has come on disk.
fn look(settings: &EngineSettings, unfinished: Vec<Operation>) -> Vec<(Operation, Stage)> {
    let ids: Vec<_> = unfinished.iter().map(|operation| operation.id).collect();
    if let Err(error) = settings.artifacts.discard_pending(&ids) {
        tracing::warn!(%error, "could not remove files that no operation needs");
    }
    let mut found = Vec::with_capacity(unfinished.len());
    for operation in unfinished {
        let folder = folder(&settings.environments, operation.kind.environment());
        match folder.stage_of(operation.id) {
            Ok(stage) => found.push((operation, stage)),
            // A disk that is not mounted yet, say. To roll back blindly could lose what is there.
            Err(error) => tracing::error!(
                operation.activity_id = %operation.id,
                error = StepFailure::Place(error).in_words(),
                "could not look at the files of an unfinished operation"
            ),
        }
    }
    found
}
