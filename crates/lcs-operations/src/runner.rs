//! Runs the steps of one operation and writes the journal before and after each.

use std::sync::Arc;

use lcs_artifacts::Checksums;
use lcs_projects::{Backup, Environment, ProjectStore, StoreError};
use lcs_types::{Cancellation, Clock, Randomness};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::{
    deploy,
    engine::EngineSettings,
    export,
    journal::OperationJournal,
    model::{
        DeploymentSubject, IllegalTransition, Operation, OperationEvent, OperationKind,
        OperationState,
    },
    observer::OperationObserver as _,
    progress::ProgressBoard,
    refresh,
    step::{Step, StepContext, StepFailure, StepName},
};

/// What all operations share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) journal: Arc<dyn OperationJournal>,
    pub(crate) projects: Arc<dyn ProjectStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) observer: Arc<ProgressBoard>,
    pub(crate) settings: EngineSettings,
    pub(crate) cancellation: Cancellation,
    pub(crate) slots: Semaphore,
    pub(crate) tasks: TaskTracker,
}

/// The steps of an operation.
pub(crate) const fn steps(kind: &OperationKind) -> &'static [Step] {
    match kind {
        OperationKind::Refresh { .. } => refresh::STEPS,
        OperationKind::Export { .. } => export::STEPS,
        OperationKind::Deploy {
            subject: DeploymentSubject::Prepared { .. },
            ..
        } => deploy::STEPS_OF_PREPARED,
        OperationKind::Deploy { .. } => deploy::STEPS,
    }
}

/// Why work on an operation ended before the operation did.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    /// A step failed: roll back.
    #[error(transparent)]
    Step(#[from] StepFailure),
    /// The journal cannot be written: leave everything for the next start.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal is contradictory: leave everything.
    #[error(transparent)]
    Transition(#[from] IllegalTransition),
}

/// Works on an operation from a step on, until it has ended or this process is shutting down.
pub(crate) async fn work(shared: Arc<Shared>, mut operation: Operation, from: StepName) {
    let Ok(_slot) = shared.slots.acquire().await else {
        return;
    };
    if shared.cancellation.is_cancelled() {
        return;
    }
    let id = operation.id;
    match advance(&shared, &mut operation, from).await {
        Ok(()) => tracing::info!(operation.activity_id = %id, "operation completed"),
        Err(WorkError::Step(StepFailure::Interrupted)) => {
            tracing::info!(operation.activity_id = %id, "operation interrupted, to be continued");
            put_aside(&shared, operation).await;
        }
        Err(WorkError::Step(failure)) => {
            tracing::warn!(operation.activity_id = %id, error = failure.in_words(), "operation failed");
            roll_back(&shared, operation, Some(failure.in_words())).await;
        }
        Err(error) => {
            tracing::error!(operation.activity_id = %id, %error, "could not go on with the operation");
        }
    }
}

/// Takes back what an operation did.
pub(crate) async fn give_up(shared: Arc<Shared>, operation: Operation, reason: Option<String>) {
    let Ok(_slot) = shared.slots.acquire().await else {
        return;
    };
    roll_back(&shared, operation, reason).await;
}

/// A process that was asked to stop did not die over the operation, so its attempt does not count
/// towards those after which it is given up.
async fn put_aside(shared: &Shared, mut operation: Operation) {
    operation.attempts = operation.attempts.saturating_sub(1);
    if let Err(error) = shared.journal.save(&operation).await {
        tracing::warn!(
            operation.activity_id = %operation.id, %error,
            "could not record that the operation was put aside"
        );
    }
}

async fn advance(
    shared: &Arc<Shared>,
    operation: &mut Operation,
    from: StepName,
) -> Result<(), WorkError> {
    operation.attempts += 1;
    change(shared, operation, OperationEvent::Begin).await?;
    let remaining = steps(&operation.kind)
        .iter()
        .skip_while(|step| step.name != from);
    for step in remaining {
        if shared.cancellation.is_cancelled() {
            return Err(StepFailure::Interrupted.into());
        }
        operation.journal.begin(step.name, shared.clock.now());
        shared.journal.save(operation).await?;
        shared.observer.step_begins(operation.id, step.name);
        let context = context(shared, operation, step.name).await?;
        let run = step.run;
        let output = blocking(move || run(&context)).await?;
        shared.observer.step_done(operation.id, step.name);
        operation.journal.finish(shared.clock.now(), output);
        shared.journal.save(operation).await?;
    }
    complete(shared, operation).await
}

/// The end of an export and its backup are one write.
async fn complete(shared: &Shared, operation: &mut Operation) -> Result<(), WorkError> {
    let now = shared.clock.now();
    operation.state = operation.state.next(OperationEvent::Complete)?;
    operation.ended_at = Some(now);
    match &operation.kind {
        OperationKind::Refresh { .. } | OperationKind::Deploy { .. } => {
            shared.journal.save(operation).await?;
        }
        OperationKind::Export {
            environment,
            backup_name,
        } => {
            let checksums: Checksums =
                operation
                    .journal
                    .output(StepName::Publish)
                    .ok_or(StepFailure::Journal {
                        step: StepName::Publish,
                    })?;
            let backup = Backup {
                id: export::publish::asset(operation.id),
                project: operation.project,
                name: backup_name.clone(),
                artifact: export::publish::key(operation.id).to_string(),
                size_bytes: checksums.size_bytes,
                md5: checksums.md5,
                sha256: checksums.sha256,
                created_at: now,
                environment: *environment,
                operation: operation.id,
            };
            shared.journal.publish(operation, &backup).await?;
        }
    }
    shared.observer.state_changed(operation.id, operation.state);
    Ok(())
}

async fn roll_back(shared: &Arc<Shared>, mut operation: Operation, reason: Option<String>) {
    if operation.journal.failure.is_none() {
        operation.journal.failure = reason;
    }
    if let Err(error) = try_roll_back(shared, &mut operation).await {
        tracing::error!(
            operation.activity_id = %operation.id, %error,
            "could not record the rollback; it is repeated at the next start"
        );
    }
}

async fn try_roll_back(shared: &Arc<Shared>, operation: &mut Operation) -> Result<(), WorkError> {
    change(shared, operation, OperationEvent::Fail).await?;
    let outcome = take_back(shared, operation).await;
    operation.ended_at = Some(shared.clock.now());
    match outcome {
        Ok(()) => change(shared, operation, OperationEvent::RolledBack).await,
        Err(WorkError::Step(failure)) => {
            let words = failure.in_words();
            tracing::error!(operation.activity_id = %operation.id, error = words, "rollback failed");
            let cause = operation.journal.failure.take().unwrap_or_default();
            operation.journal.failure = Some(format!("{cause}; the rollback failed: {words}"));
            change(shared, operation, OperationEvent::RollbackFailed).await
        }
        Err(error) => Err(error),
    }
}

async fn take_back(shared: &Arc<Shared>, operation: &Operation) -> Result<(), WorkError> {
    let context = context(shared, operation, StepName::Finish).await?;
    let undo = match operation.kind {
        OperationKind::Refresh { .. } => refresh::roll_back,
        OperationKind::Export { .. } => export::roll_back,
        OperationKind::Deploy { .. } => deploy::roll_back,
    };
    blocking(move || undo(&context)).await?;
    Ok(())
}

async fn change(
    shared: &Shared,
    operation: &mut Operation,
    event: OperationEvent,
) -> Result<(), WorkError> {
    let state: OperationState = operation.state.next(event)?;
    operation.state = state;
    shared.journal.save(operation).await?;
    shared.observer.state_changed(operation.id, state);
    Ok(())
}

async fn context(
    shared: &Arc<Shared>,
    operation: &Operation,
    step: StepName,
) -> Result<StepContext, WorkError> {
    let target_id = operation.kind.environment();
    let source_id = operation.kind.source().unwrap_or(target_id);
    let find = async |id| -> Result<Environment, WorkError> {
        let environment = shared.projects.environment(operation.project, id).await?;
        Ok(environment.ok_or(StepFailure::EnvironmentGone)?)
    };
    Ok(StepContext {
        operation: operation.clone(),
        source: find(source_id).await?,
        target: find(target_id).await?,
        environments: shared.settings.environments.clone(),
        artifacts: shared.settings.artifacts.clone(),
        now: shared.clock.now(),
        user_rules: shared.settings.user_rules.clone(),
        cancellation: shared.cancellation.clone(),
        observer: shared.observer.clone(),
        step,
    })
}

/// Runs on a thread that may block. A panic there is our bug and rolls the operation back.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StepFailure> + Send + 'static,
) -> Result<T, StepFailure> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(StepFailure::Panicked))
}
