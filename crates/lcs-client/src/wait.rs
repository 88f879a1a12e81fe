//! Waiting for an operation of hours: quick at first, then patient, through renewals and outages.

use std::{future::Future, time::Duration};

use lcs_wire::lcs::{FetchStatus, OperationOutcome, OperationStatus};
use tokio::time::{Instant, sleep};

use crate::{
    error::ApiError,
    lcs::{LcsApi, OperationKind, StartedOperation},
};

/// How long LCS may be out of reach before waiting is given up: a night's outage is no reason to
/// leave an operation of hours.
const LONGEST_OUTAGE: Duration = Duration::from_hours(6);

/// How to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitOptions {
    /// When to give up; `None` waits as long as it takes.
    pub timeout: Option<Duration>,
    /// The pause after the first poll; each further one is half as long again.
    pub first_delay: Duration,
    /// The longest pause.
    pub longest_delay: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            timeout: None,
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_mins(1),
        }
    }
}

/// Tells how far an operation is.
pub trait StatusSource: Send + Sync {
    /// Asks once. Tokens are renewed on the way if need be.
    fn status(
        &self,
        operation: &StartedOperation,
    ) -> impl Future<Output = Result<FetchStatus, ApiError>> + Send;
}

impl StatusSource for LcsApi {
    async fn status(&self, operation: &StartedOperation) -> Result<FetchStatus, ApiError> {
        match operation.kind {
            OperationKind::Refresh | OperationKind::Export => {
                self.fetch_status(
                    operation.project_id,
                    operation.environment_id,
                    operation.operation_activity_id,
                )
                .await
            }
            OperationKind::Deployment
            | OperationKind::Preparation
            | OperationKind::OnPremisesDeployment
            | OperationKind::ScaleUnitDeployment
            | OperationKind::ECommerceDeployment => self.deployment_status(operation).await,
        }
    }
}

/// Hears how the waiting goes.
pub trait WaitObserver: Send + Sync {
    /// LCS answered; it is asked again after `next` if the operation still runs.
    fn observed(&self, status: &FetchStatus, elapsed: Duration, next: Duration);

    /// LCS could not be asked; that may pass, and it is asked again after `next`.
    fn troubled(&self, error: &ApiError, elapsed: Duration, next: Duration);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl WaitObserver for NoObserver {
    fn observed(&self, _status: &FetchStatus, _elapsed: Duration, _next: Duration) {}

    fn troubled(&self, _error: &ApiError, _elapsed: Duration, _next: Duration) {}
}

/// How the waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitOutcome {
    /// The operation did what was asked.
    Succeeded(FetchStatus),
    /// The operation failed; what it leaves behind is for a person to look at.
    Failed(FetchStatus),
    /// The operation failed and was undone: the target is as it was before.
    RolledBack(FetchStatus),
    /// The time is up; the operation goes on without us.
    TimedOut {
        /// The last that was heard.
        last: Option<FetchStatus>,
    },
}

/// Polls until the operation has ended, the time is up, or LCS will not answer any more.
///
/// A status that is not known keeps the polling going, as the API may get new ones at any time.
/// Dropping the future stops the waiting and not the operation.
///
/// # Errors
///
/// The [`ApiError`] of a poll, unless it may pass by itself; then only after six hours of it.
pub async fn wait_for<S: StatusSource>(
    source: &S,
    operation: &StartedOperation,
    options: WaitOptions,
    observer: &dyn WaitObserver,
) -> Result<WaitOutcome, ApiError> {
    let start = Instant::now();
    let mut delay = options.first_delay;
    let mut last_answer = start;
    let mut last = None;
    loop {
        // The last pause is cut, so that the time is used up and not exceeded.
        let left = options
            .timeout
            .map(|timeout| timeout.saturating_sub(start.elapsed()));
        let mut next = left.map_or(delay, |left| delay.min(left));
        match source.status(operation).await {
            Ok(status) => {
                last_answer = Instant::now();
                observer.observed(&status, start.elapsed(), next);
                if let Some(outcome) = ended(operation.kind, &status) {
                    return Ok(outcome);
                }
                last = Some(status);
            }
            Err(error) if error.is_transient() && last_answer.elapsed() < LONGEST_OUTAGE => {
                // To ask before LCS takes the question again would only prolong the throttling.
                if let ApiError::Throttled {
                    retry_after: Some(asked),
                } = error
                {
                    next = next.max(asked);
                }
                observer.troubled(&error, start.elapsed(), next);
            }
            Err(error) => return Err(error),
        }
        if left.is_some_and(|left| left.is_zero() || left < next) {
            return Ok(WaitOutcome::TimedOut { last });
        }
        sleep(next).await;
        delay = (delay * 3 / 2).min(options.longest_delay);
    }
}

fn ended(kind: OperationKind, status: &FetchStatus) -> Option<WaitOutcome> {
    // Where it is not all that was asked for, the deployment follows.
    let is_prepared = status.operation_status.as_str() == "PreparationSucceeded";
    if kind == OperationKind::Preparation && is_prepared {
        return Some(WaitOutcome::Succeeded(status.clone()));
    }
    match status.operation_status.outcome() {
        OperationOutcome::Running | OperationOutcome::Unknown => None,
        OperationOutcome::Succeeded => Some(WaitOutcome::Succeeded(status.clone())),
        OperationOutcome::Failed => {
            let is_undone = status.operation_status == OperationStatus::RollbackCompleted;
            Some(if is_undone {
                WaitOutcome::RolledBack(status.clone())
            } else {
                WaitOutcome::Failed(status.clone())
            })
        }
    }
}
