//! Hears what happens to operations, for displays and tests.

use lcs_types::OperationActivityId;

use crate::{model::OperationState, step::StepName};

/// Hears of steps and states. Called from the worker, between the journal's writes; whoever takes
/// long here holds the operation up.
pub trait OperationObserver: Send + Sync + std::fmt::Debug {
    /// The journal says that the step begins; nothing of it was done yet.
    fn step_begins(&self, operation: OperationActivityId, step: StepName);

    /// A step has done some of its work.
    fn advanced(&self, operation: OperationActivityId, step: StepName, done: u64, total: u64);

    /// The step is done, and the journal does not say so yet.
    fn step_done(&self, operation: OperationActivityId, step: StepName);

    /// The journal has the new state.
    fn state_changed(&self, operation: OperationActivityId, state: OperationState);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl OperationObserver for NoObserver {
    fn step_begins(&self, _: OperationActivityId, _: StepName) {}
    fn advanced(&self, _: OperationActivityId, _: StepName, _: u64, _: u64) {}
    fn step_done(&self, _: OperationActivityId, _: StepName) {}
    fn state_changed(&self, _: OperationActivityId, _: OperationState) {}
}
