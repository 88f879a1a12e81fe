//! Waiting for an operation, in paused time.

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use lcs_client::{
    ApiError, NoObserver, OperationKind, StartedOperation, StatusSource, WaitObserver, WaitOptions,
    WaitOutcome, wait_for,
};
use lcs_wire::lcs::{Envelope, FetchStatus, OperationStatus};
use tokio::time::Instant;

use crate::server::{OPERATION, PROJECT, TARGET};

/// Plays statuses, repeating the last; `None` is an outage.
struct Script {
    start: Instant,
    answers: Mutex<VecDeque<Option<&'static str>>>,
    polls: Mutex<Vec<u64>>,
}

impl Script {
    fn new(answers: &[Option<&'static str>]) -> Self {
        Self {
            start: Instant::now(),
            answers: Mutex::new(answers.iter().copied().collect()),
            polls: Mutex::default(),
        }
    }

    fn polls(&self) -> Vec<u64> {
        self.polls.lock().unwrap().clone()
    }
}

impl StatusSource for Script {
    async fn status(&self, operation: &StartedOperation) -> Result<FetchStatus, ApiError> {
        self.polls
            .lock()
            .unwrap()
            .push(self.start.elapsed().as_secs());
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 {
            answers.pop_front().unwrap()
        } else {
            answers[0]
        };
        next.map(|word| FetchStatus {
            envelope: Envelope::success(operation.operation_activity_id),
            project_id: operation.project_id.0,
            environment_id: operation.environment_id,
            activity_id: operation.operation_activity_id,
            completion_date: None,
            operation_status: OperationStatus::from(word),
        })
        .ok_or(ApiError::Unexpected {
            status: 503,
            message: None,
            activity_id: None,
        })
    }
}

fn operation() -> StartedOperation {
    StartedOperation {
        kind: OperationKind::Refresh,
        project_id: PROJECT,
        environment_id: TARGET,
        operation_activity_id: OPERATION.parse().unwrap(),
        commerce: None,
    }
}

fn within(seconds: u64) -> WaitOptions {
    WaitOptions {
        timeout: Some(Duration::from_secs(seconds)),
        ..WaitOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn polls_are_quick_at_first_and_a_minute_apart_in_the_end() {
    let mut answers = vec![Some("InProgress"); 15];
    answers.push(Some("Completed"));
    let script = Script::new(&answers);
    let outcome = wait_for(&script, &operation(), WaitOptions::default(), &NoObserver)
        .await
        .unwrap();
    assert!(matches!(outcome, WaitOutcome::Succeeded(_)));
    let polls = script.polls();
    assert_eq!(polls[..5], [0, 1, 2, 4, 8]);
    let pauses: Vec<_> = polls.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        pauses.windows(2).all(|pair| pair[0] <= pair[1] + 1),
        "{pauses:?}"
    );
    assert_eq!(pauses[pauses.len() - 3..], [60, 60, 60]);
}

#[tokio::test(start_paused = true)]
async fn each_end_is_told_from_the_others() {
    type Check = fn(&WaitOutcome) -> bool;
    let cases: [(&str, Check); 6] = [
        ("Completed", |end| matches!(end, WaitOutcome::Succeeded(_))),
        ("SignedOff", |end| matches!(end, WaitOutcome::Succeeded(_))),
        ("Failed", |end| matches!(end, WaitOutcome::Failed(_))),
        ("Aborted", |end| matches!(end, WaitOutcome::Failed(_))),
        ("RollbackFailed", |end| {
            matches!(end, WaitOutcome::Failed(_))
        }),
        ("RollbackCompleted", |end| {
            matches!(end, WaitOutcome::RolledBack(_))
        }),
    ];
    for (word, check) in cases {
        let script = Script::new(&[Some("NotStarted"), Some("RollbackInProgress"), Some(word)]);
        let outcome = wait_for(&script, &operation(), within(3600), &NoObserver)
            .await
            .unwrap();
        assert!(check(&outcome), "{word}: {outcome:?}");
        assert_eq!(script.polls().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_keeps_the_polling_going_until_the_time_is_up() {
    let script = Script::new(&[Some("Frobnicating")]);
    let outcome = wait_for(&script, &operation(), within(10), &NoObserver)
        .await
        .unwrap();
    let WaitOutcome::TimedOut { last: Some(last) } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(last.operation_status.as_str(), "Frobnicating");
    assert_eq!(
        script.polls().last(),
        Some(&10),
        "looks once more at the end"
    );
}

#[tokio::test(start_paused = true)]
async fn outages_are_outlasted_and_reported_to_the_observer() {
    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);
    impl WaitObserver for Heard {
        fn observed(&self, status: &FetchStatus, _elapsed: Duration, _next: Duration) {
            let text = status.operation_status.to_string();
            self.0.lock().unwrap().push(text);
        }

        fn troubled(&self, error: &ApiError, _elapsed: Duration, _next: Duration) {
            self.0.lock().unwrap().push(error.to_string());
        }
    }
    let heard = Heard::default();
    let script = Script::new(&[Some("InProgress"), None, None, Some("Completed")]);
    let outcome = wait_for(&script, &operation(), WaitOptions::default(), &heard)
        .await
        .unwrap();
    assert!(matches!(outcome, WaitOutcome::Succeeded(_)));
    let trouble = "LCS answered with status 503";
    assert_eq!(
        *heard.0.lock().unwrap(),
        ["InProgress", trouble, trouble, "Completed"]
    );
}

/// Takes no question for a minute.
struct Throttling(Script);

impl StatusSource for Throttling {
    async fn status(&self, operation: &StartedOperation) -> Result<FetchStatus, ApiError> {
        let _ = self.0.status(operation).await;
        Err(ApiError::Throttled {
            retry_after: Some(Duration::from_mins(1)),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_throttled_asks_when_told_to_and_not_beyond_the_time_that_is_left() {
    let throttling = Throttling(Script::new(&[Some("InProgress")]));
    let outcome = wait_for(&throttling, &operation(), within(150), &NoObserver).await;
    assert_eq!(outcome.unwrap(), WaitOutcome::TimedOut { last: None });
    assert_eq!(throttling.0.polls(), [0, 60, 120]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_without_end_is_given_up() {
    let script = Script::new(&[None]);
    let error = wait_for(&script, &operation(), WaitOptions::default(), &NoObserver)
        .await
        .unwrap_err();
    assert!(error.is_transient());
    let polls = script.polls();
    let hours = polls.last().unwrap() / 3600;
    assert_eq!(hours, 6, "a night's outage is outlasted");
}
