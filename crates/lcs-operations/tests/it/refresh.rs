//! A refresh, and what becomes of one that fails.

use std::fs;

use lcs_databases::{CopyReport, sqlite::EnvironmentFolder};
use lcs_operations::{OperationState, StepName, refresh::sanitise::Sanitised};

use crate::world::{ANNA, PRODUCTION, PROJECT, TEST, UAT, World, production_emails};

#[tokio::test(flavor = "multi_thread")]
async fn the_target_gets_a_sanitised_copy_and_the_old_database_stays_as_restore_point() {
    let world = World::new().await;
    let (source, old) = (world.content(PRODUCTION), world.content(UAT));
    let engine = world.engine();
    let id = engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;

    let operation = world.operation(id).await;
    assert_eq!(
        operation.state,
        OperationState::Completed,
        "{:?}",
        operation.journal
    );
    let new = world.content(UAT);
    assert_eq!(new["CUSTTABLE"], source["CUSTTABLE"]);
    assert_ne!(
        new["LOGISTICSELECTRONICADDRESS"],
        source["LOGISTICSELECTRONICADDRESS"]
    );
    assert_eq!(
        production_emails(&world.environment(UAT).database_path()),
        0
    );
    assert_eq!(world.content(PRODUCTION), source);

    let restore_points = world.environment(UAT).restore_points().unwrap();
    let restored = lcs_databases::sqlite::content_digest(&restore_points[0].path).unwrap();
    assert_eq!(restored, old);
    assert_eq!(world.leftovers(), Vec::<String>::new());

    let copied: CopyReport = operation.journal.output(StepName::Copy).unwrap();
    assert_eq!(copied.rows(), 6_001);
    let sanitised: Sanitised = operation.journal.output(StepName::Sanitise).unwrap();
    let emails = sanitised
        .report
        .actions
        .iter()
        .find(|a| a.table == "LOGISTICSELECTRONICADDRESS");
    assert_eq!(emails.unwrap().rows, 2_000);
}

/// Starts a refresh that must fail, and checks that nothing was lost.
pub(crate) async fn must_roll_back(world: &World, cause: &str) {
    let old = world.content(UAT);
    let engine = world.engine();
    let id = engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    let operation = world.operation(id).await;
    assert_eq!(operation.state, OperationState::RollbackCompleted);
    let failure = operation.journal.failure.unwrap();
    assert!(failure.contains(cause), "{failure}");
    assert_eq!(world.content(UAT), old);
    assert_eq!(world.leftovers(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_is_named_and_nothing_is_lost() {
    let world = World::new().await;
    let current = world.environment(PRODUCTION).current().unwrap().unwrap();
    fs::remove_file(current).unwrap();
    must_roll_back(&world, "there is no file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_no_database_is_named_and_nothing_is_lost() {
    let world = World::new().await;
    let text = world.folder.join("notes.txt");
    fs::write(
        &text,
        "not a database at all, but long enough to have a header".repeat(20),
    )
    .unwrap();
    world.environment(PRODUCTION).bind(&text).unwrap();
    must_roll_back(&world, "is not an SQLite database").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_source_is_named_and_nothing_is_lost() {
    let world = World::new().await;
    let path = world.environment(PRODUCTION).database_path();
    let holder = rusqlite::Connection::open(path).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    must_roll_back(&world, "is locked by another program").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refreshes_may_read_one_source_at_a_time() {
    let world = World::new().await;
    let engine = world.engine();
    let one = engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    let two = engine
        .start_refresh(PROJECT, PRODUCTION, TEST, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    for id in [one, two] {
        assert_eq!(world.operation(id).await.state, OperationState::Completed);
    }
    assert_eq!(world.content(UAT), world.content(TEST));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_file_is_read_where_it_lies_and_never_moved() {
    let world = World::new().await;
    let own = world.folder.join("own.sqlite");
    fs::copy(world.environment(TEST).current().unwrap().unwrap(), &own).unwrap();
    let before = fs::read(&own).unwrap();
    let production: EnvironmentFolder = world.environment(PRODUCTION);
    production.bind(&own).unwrap();
    let engine = world.engine();
    let id = engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    assert_eq!(world.operation(id).await.state, OperationState::Completed);
    assert_eq!(fs::read(&own).unwrap(), before);
    assert_eq!(
        world.content(UAT)["CUSTTABLE"],
        world.content(PRODUCTION)["CUSTTABLE"]
    );
}
