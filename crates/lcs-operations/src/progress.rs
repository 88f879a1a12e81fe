//! What each operation is doing now, for displays. Kept in memory only: the journal knows what was
//! done, and nobody needs to know after a restart how far a step had come.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lcs_types::OperationActivityId;

use crate::{model::OperationState, observer::OperationObserver, step::StepName};

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationProgress {
    /// The step that works.
    pub step: StepName,
    /// How much of it is done; bytes, rows or files, as the step has them.
    pub done: u64,
    /// How much there is; 0 while that is unknown.
    pub total: u64,
}

/// Writes down what it hears, and passes it on.
#[derive(Debug)]
pub(crate) struct ProgressBoard {
    next: Arc<dyn OperationObserver>,
    current: Mutex<HashMap<OperationActivityId, OperationProgress>>,
}

impl ProgressBoard {
    pub(crate) fn new(next: Arc<dyn OperationObserver>) -> Self {
        Self {
            next,
            current: Mutex::default(),
        }
    }

    pub(crate) fn progress(&self, operation: OperationActivityId) -> Option<OperationProgress> {
        self.current().get(&operation).copied()
    }

    /// A panic elsewhere cannot leave half an entry behind, so a poisoned lock is as good.
    fn current(&self) -> MutexGuard<'_, HashMap<OperationActivityId, OperationProgress>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, operation: OperationActivityId, step: StepName, done: u64, total: u64) {
        let progress = OperationProgress { step, done, total };
        self.current().insert(operation, progress);
    }
}

impl OperationObserver for ProgressBoard {
    fn step_begins(&self, operation: OperationActivityId, step: StepName) {
        self.note(operation, step, 0, 0);
        self.next.step_begins(operation, step);
    }

    fn advanced(&self, operation: OperationActivityId, step: StepName, done: u64, total: u64) {
        self.note(operation, step, done, total);
        self.next.advanced(operation, step, done, total);
    }

    fn step_done(&self, operation: OperationActivityId, step: StepName) {
        self.next.step_done(operation, step);
    }

    fn state_changed(&self, operation: OperationActivityId, state: OperationState) {
        if state.is_ended() {
            self.current().remove(&operation);
        }
        self.next.state_changed(operation, state);
    }
}
