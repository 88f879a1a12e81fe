//! Work that keeps a processor busy for long: hashing passwords, making RSA keys.
//!
//! It runs beside the async workers, so that requests which only need a moment do not wait for it,
//! and only as much at a time as there are processors: more would not be faster, and each password
//! that is hashed holds 19 MiB.

use std::{sync::Arc, thread};

use tokio::sync::Semaphore;

use crate::error::DirectoryFailure;

/// The right to compute, shared by all who do.
#[derive(Debug, Clone)]
pub(crate) struct Computations(Arc<Semaphore>);

impl Computations {
    /// As many at a time as there are processors.
    pub(crate) fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(processors)))
    }

    /// Waits for its turn and runs to its end, also when the caller has gone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DirectoryFailure> {
        let permit = Arc::clone(&self.0).acquire_owned().await;
        let permit = permit.map_err(|_| DirectoryFailure::Interrupted)?;
        let running = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        running.await.map_err(|_| DirectoryFailure::Interrupted)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_more_run_at_a_time_than_there_are_processors() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let computations = Computations(Arc::new(Semaphore::new(2)));
        let started: Vec<_> = (0..16)
            .map(|number| {
                let (computations, running, most) = (
                    computations.clone(),
                    Arc::clone(&running),
                    Arc::clone(&most),
                );
                tokio::spawn(async move {
                    let work = move || {
                        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        thread::yield_now();
                        running.fetch_sub(1, Ordering::SeqCst);
                        number
                    };
                    computations.run(work).await
                })
            })
            .collect();
        for (number, task) in started.into_iter().enumerate() {
            assert_eq!(task.await.unwrap().unwrap(), number);
        }
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn work_that_panics_is_a_failure_and_gives_its_turn_back() {
        let computations = Computations(Arc::new(Semaphore::new(1)));
        let failed = computations.run(|| -> u8 { panic!("as a test") }).await;
        assert!(matches!(failed, Err(DirectoryFailure::Interrupted)));
        assert_eq!(computations.run(|| 1).await.unwrap(), 1);
    }
}
