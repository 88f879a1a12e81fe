//! How long work reports what it has done, and how it is asked to stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Hears what a piece of long work has done so far.
pub trait Progress: Send + Sync {
    /// `done` of `total` units (bytes, pages or rows, as `what` says); called often.
    fn advanced(&self, what: &str, done: u64, total: u64);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn advanced(&self, _what: &str, _done: u64, _total: u64) {}
}

/// Asks a piece of long work to stop at its next opportunity; clones share the request.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Asks for the stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the stop was asked for.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
