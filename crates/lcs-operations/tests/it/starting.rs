//! What may be started: rules, busy environments, three starts in 24 hours.

use jiff::SignedDuration;
use lcs_operations::StartError;
use lcs_projects::RuleRefusal;
use lcs_types::EnvironmentId;

use crate::world::{ANNA, PRODUCTION, PROJECT, TEST, UAT, World};

fn refusal<T: std::fmt::Debug>(outcome: Result<T, StartError>) -> RuleRefusal {
    match outcome.unwrap_err() {
        StartError::Refused(refusal) => refusal,
        StartError::Store(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn rules_refuse_before_anything_is_recorded() {
    let world = World::new().await;
    let engine = world.engine();
    let unknown = EnvironmentId::from_u128(99);
    let refused = refusal(engine.start_refresh(PROJECT, unknown, UAT, ANNA).await);
    assert!(matches!(refused, RuleRefusal::UnknownEnvironment { .. }));
    let refused = refusal(engine.start_refresh(PROJECT, UAT, UAT, ANNA).await);
    assert_eq!(refused, RuleRefusal::SameEnvironment);
    let refused = refusal(engine.start_refresh(PROJECT, UAT, PRODUCTION, ANNA).await);
    assert!(matches!(refused, RuleRefusal::ProductionTarget { .. }));
    let name = "x".parse().unwrap();
    let refused = refusal(engine.start_export(PROJECT, PRODUCTION, name, ANNA).await);
    assert!(matches!(refused, RuleRefusal::ExportOfProduction { .. }));
    assert_eq!(engine.recover().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_starts_at_once_exactly_one_starts() {
    let world = World::new().await;
    let engine = world.engine();
    let (one, two) = tokio::join!(
        engine.start_refresh(PROJECT, PRODUCTION, UAT, ANNA),
        engine.start_refresh(PROJECT, TEST, UAT, ANNA),
    );
    let (started, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    started.unwrap();
    assert!(matches!(
        refusal(refused),
        RuleRefusal::Busy {
            environment: UAT,
            ..
        }
    ));
    engine.wait_until_idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_that_is_replaced_cannot_be_a_source() {
    let world = World::new().await;
    let engine = world.engine();
    engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    let refused = refusal(engine.start_refresh(PROJECT, UAT, TEST, ANNA).await);
    assert!(matches!(
        refused,
        RuleRefusal::Busy {
            environment: UAT,
            ..
        }
    ));
    engine.wait_until_idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fourth_start_within_a_day_is_refused_and_a_day_later_allowed() {
    let world = World::new().await;
    let engine = world.engine();
    for _ in 0..3 {
        engine
            .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
            .await
            .unwrap();
        engine.wait_until_idle().await;
        world.clock.advance(SignedDuration::from_hours(1));
    }
    let refused = refusal(engine.start_refresh(PROJECT, PRODUCTION, UAT, ANNA).await);
    assert_eq!(
        refused.to_string(),
        "Maximum allowed API operations are 3 from 2026-03-01T10:00:00.0000000"
    );
    // Another environment has a limit of its own.
    engine
        .start_refresh(PROJECT, PRODUCTION, TEST, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    world.clock.advance(SignedDuration::from_hours(21));
    engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
}
