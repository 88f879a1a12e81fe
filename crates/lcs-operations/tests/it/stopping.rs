//! A process that is asked to stop puts its operations aside; the next one goes on with them.

use std::sync::{Arc, Mutex, mpsc};

use lcs_operations::{OperationObserver, OperationState, StepName, recovery::MOST_ATTEMPTS};
use lcs_types::OperationActivityId;
use tokio::sync::mpsc as channel;

use crate::world::{ANNA, PRODUCTION, PROJECT, UAT, World};

/// Holds the copy up in its middle until it is released.
#[derive(Debug)]
struct Gate {
    arrived: channel::UnboundedSender<OperationActivityId>,
    release: Mutex<mpsc::Receiver<()>>,
}

impl OperationObserver for Gate {
    fn step_begins(&self, _: OperationActivityId, _: StepName) {}
    fn advanced(&self, operation: OperationActivityId, step: StepName, _: u64, _: u64) {
        if step == StepName::Copy {
            // Nobody listens any more once the gate has been opened.
            let _ = self.arrived.send(operation);
            let _ = self.release.lock().unwrap().recv();
        }
    }
    fn step_done(&self, _: OperationActivityId, _: StepName) {}
    fn state_changed(&self, _: OperationActivityId, _: OperationState) {}
}

fn gate() -> (
    Arc<Gate>,
    channel::UnboundedReceiver<OperationActivityId>,
    mpsc::Sender<()>,
) {
    let (arrived, arrivals) = channel::unbounded_channel();
    let (opener, release) = mpsc::channel();
    let release = Mutex::new(release);
    (Arc::new(Gate { arrived, release }), arrivals, opener)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_survives_more_orderly_stops_than_deaths() {
    let world = World::new().await;
    world.enlarge(PRODUCTION);
    let old = world.content(UAT);
    let mut started = None;
    for _ in 0..=MOST_ATTEMPTS {
        let (gate, mut arrivals, opener) = gate();
        let engine = world.observed_engine(gate);
        if started.is_none() {
            let id = engine.start_refresh(PROJECT, PRODUCTION, UAT, ANNA).await;
            started = Some(id.unwrap());
        } else {
            assert_eq!(engine.recover().await.unwrap(), 1);
        }
        assert_eq!(arrivals.recv().await, started);
        // The stop is asked for when the first of the two is polled, before the gate opens.
        tokio::join!(engine.shut_down(), async { drop(opener) });
        let operation = world.operation(started.unwrap()).await;
        assert_eq!(operation.state, OperationState::InProgress);
        assert_eq!(world.content(UAT), old);
        assert_eq!(world.leftovers(), Vec::<String>::new());
    }
    let engine = world.engine();
    engine.recover().await.unwrap();
    engine.wait_until_idle().await;
    let operation = world.operation(started.unwrap()).await;
    assert_eq!(operation.state, OperationState::Completed);
    assert_eq!(operation.attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_shown_while_an_operation_works_and_no_longer() {
    let world = World::new().await;
    let (gate, mut arrivals, opener) = gate();
    let engine = world.observed_engine(gate);
    let id = engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    arrivals.recv().await;
    let progress = engine.progress(id).unwrap();
    assert_eq!(progress.step, StepName::Copy);
    assert!(0 < progress.done && progress.done <= progress.total);
    drop(opener);
    engine.wait_until_idle().await;
    assert_eq!(engine.progress(id), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_whose_files_cannot_be_looked_at_keeps_no_other_one_waiting() {
    let world = World::new().await;
    let (gate, mut arrivals, opener) = gate();
    let engine = world.observed_engine(gate);
    let blocked = engine.start_refresh(PROJECT, PRODUCTION, UAT, ANNA).await;
    arrivals.recv().await;
    tokio::join!(engine.shut_down(), async { drop(opener) });
    // Somebody has put a file where the link to the database stands.
    let name = world.environment(UAT).database_path();
    let target = std::fs::read_link(&name).unwrap();
    std::fs::remove_file(&name).unwrap();
    std::fs::write(&name, "not ours").unwrap();

    let engine = world.engine();
    assert_eq!(engine.recover().await.unwrap(), 0);
    let other = engine
        .start_refresh(PROJECT, PRODUCTION, crate::world::TEST, ANNA)
        .await;
    engine.wait_until_idle().await;
    let (blocked, other) = (blocked.unwrap(), other.unwrap());
    assert_eq!(
        world.operation(other).await.state,
        OperationState::Completed
    );
    assert_eq!(
        world.operation(blocked).await.state,
        OperationState::InProgress
    );

    std::fs::remove_file(&name).unwrap();
    std::os::unix::fs::symlink(target, &name).unwrap();
    let engine = world.engine();
    assert_eq!(engine.recover().await.unwrap(), 1);
    engine.wait_until_idle().await;
    assert_eq!(
        world.operation(blocked).await.state,
        OperationState::Completed
    );
}
