//! A caller who hangs up in the middle of a start does not leave an operation behind that nobody
//! works on.

use std::sync::Arc;

use async_trait::async_trait;
use lcs_operations::{NoObserver, Operation, OperationJournal, OperationState, StartOutcome};
use lcs_projects::{Backup, StoreError};
use lcs_store_sqlite::SqliteStore;
use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};
use tokio::sync::Semaphore;

use crate::world::{ANNA, PRODUCTION, PROJECT, UAT, World};

/// The real journal, whose answer to a start takes as long as the test wants.
#[derive(Debug)]
struct SlowAnswer {
    store: SqliteStore,
    recorded: Semaphore,
    answer: Semaphore,
}

#[async_trait]
impl OperationJournal for SlowAnswer {
    async fn start(&self, new: &Operation) -> Result<StartOutcome, StoreError> {
        let outcome = self.store.start(new).await;
        self.recorded.add_permits(1);
        self.answer.acquire().await.unwrap().forget();
        outcome
    }

    async fn save(&self, operation: &Operation) -> Result<(), StoreError> {
        self.store.save(operation).await
    }

    async fn publish(&self, operation: &Operation, backup: &Backup) -> Result<(), StoreError> {
        self.store.publish(operation, backup).await
    }

    async fn find(
        &self,
        project: ProjectId,
        id: OperationActivityId,
    ) -> Result<Option<Operation>, StoreError> {
        self.store.find(project, id).await
    }

    async fn unfinished(&self) -> Result<Vec<Operation>, StoreError> {
        self.store.unfinished().await
    }

    async fn history(&self, environment: EnvironmentId) -> Result<Vec<Operation>, StoreError> {
        self.store.history(environment).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_was_recorded_is_run_though_its_caller_hung_up() {
    let world = World::new().await;
    let journal = Arc::new(SlowAnswer {
        store: world.store.clone(),
        recorded: Semaphore::new(0),
        answer: Semaphore::new(0),
    });
    let engine = world.engine_over(journal.clone(), Arc::new(NoObserver), None);
    let caller = {
        let engine = engine.clone();
        tokio::spawn(async move {
            let _ = engine.start_refresh(PROJECT, PRODUCTION, UAT, ANNA).await;
        })
    };
    journal.recorded.acquire().await.unwrap().forget();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    journal.answer.add_permits(1);
    engine.wait_until_idle().await;
    let history = world.store.history(UAT).await.unwrap();
    assert_eq!(history[0].state, OperationState::Completed);
}
