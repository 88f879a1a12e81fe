//! What the engine is doing: a line that is drawn over on a terminal, one line a step elsewhere.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use lcs_cloud::{OperationObserver, OperationState, StepName};
use lcs_types::OperationActivityId;

/// Shows the steps of the operation that works.
#[derive(Debug)]
pub(super) struct StepDisplay {
    bar: ProgressBar,
    seen: Mutex<Vec<StepName>>,
}

impl StepDisplay {
    pub(super) fn new(is_live: bool) -> Self {
        let bar = if is_live {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("     {msg:<10} {wide_bar} {percent:>3} %")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        Self {
            bar,
            seen: Mutex::new(Vec::new()),
        }
    }

    /// The steps since the last call, for the story.
    pub(super) fn take_steps(&self) -> Vec<StepName> {
        self.bar.set_message("");
        self.bar.finish_and_clear();
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl OperationObserver for StepDisplay {
    fn step_begins(&self, _: OperationActivityId, step: StepName) {
        self.bar.reset();
        self.bar.set_message(step.as_str());
        self.bar.set_position(0);
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(step);
    }

    fn advanced(&self, _: OperationActivityId, _: StepName, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    fn step_done(&self, _: OperationActivityId, _: StepName) {}

    fn state_changed(&self, _: OperationActivityId, _: OperationState) {}
}
