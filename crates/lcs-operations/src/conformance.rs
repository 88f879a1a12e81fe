//! What every [`OperationJournal`] must do, as tests over the port. An adapter runs all of them
//! with [`journal_conformance!`](crate::journal_conformance).

#![expect(clippy::missing_panics_doc, reason = "a test that fails panics")]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lcs_projects::{
    Backup, Environment, EnvironmentType, Infrastructure, Lifecycle, NewProject, Power, PowerState,
    Project, ProjectStore, UserKey,
};
use lcs_types::{
    AssetId, BackupName, EnvironmentId, OperationActivityId, ProjectId, TenantId, UserId,
};

use crate::{
    journal::{OperationJournal, StartOutcome},
    model::{Journal, Operation, OperationEvent, OperationKind, OperationState},
    step::StepName,
};

/// Makes one test of each rule. `$open` is an async function without arguments that yields a new
/// store which implements [`OperationJournal`] and [`ProjectStore`], and whatever must live as long
/// as it.
#[macro_export]
macro_rules! journal_conformance {
    ($open:path) => {
        $crate::journal_conformance!(@each $open:
            a_started_operation_is_found_as_it_was_recorded,
            of_many_starts_at_once_exactly_one_starts,
            whoever_is_replaced_is_busy_and_whoever_is_read_may_be_read_again,
            the_fourth_start_within_a_day_is_refused,
            what_is_saved_comes_back_and_an_end_is_final,
            a_backup_is_listed_with_the_end_of_its_export_or_not_at_all,
            a_history_belongs_to_one_environment_and_begins_with_the_newest,
        );
    };
    (@each $open:path: $($rule:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let (store, _alive) = $open().await;
                $crate::conformance::$rule(store).await;
            }
        )*
    };
}

const PROJECT: ProjectId = ProjectId(1);
const PRODUCTION: EnvironmentId = EnvironmentId::from_u128(1);
const UAT: EnvironmentId = EnvironmentId::from_u128(2);
const TEST: EnvironmentId = EnvironmentId::from_u128(3);

/// What was recorded is found, in its project alone, and has not ended.
pub async fn a_started_operation_is_found_as_it_was_recorded<S>(store: S)
where
    S: OperationJournal + ProjectStore,
{
    add_project(&store).await;
    for (number, kind) in [(1, refresh(PRODUCTION, UAT)), (2, export(TEST))] {
        let new = operation(number, kind, 0);
        assert_eq!(start(&store, &new).await, StartOutcome::Started);
        let found = store.find(PROJECT, new.id).await.expect("find");
        assert_eq!(found, Some(new.clone()));
        let elsewhere = store.find(ProjectId(2), new.id).await.expect("find");
        assert_eq!(elsewhere, None);
    }
    let unfinished = store.unfinished().await.expect("unfinished");
    assert_eq!(unfinished.len(), 2);
}

/// The checks and the record are one step, whoever else starts at that moment.
pub async fn of_many_starts_at_once_exactly_one_starts<S>(store: S)
where
    S: OperationJournal + ProjectStore + 'static,
{
    add_project(&store).await;
    let store = Arc::new(store);
    let mut starts = tokio::task::JoinSet::new();
    for number in 1..=8 {
        let store = store.clone();
        let source = if number % 2 == 0 { PRODUCTION } else { TEST };
        let new = operation(number, refresh(source, UAT), 0);
        starts.spawn(async move { store.start(&new).await.expect("start") });
    }
    let outcomes = starts.join_all().await;
    let started = outcomes
        .iter()
        .filter(|outcome| **outcome == StartOutcome::Started)
        .count();
    assert_eq!(started, 1, "{outcomes:?}");
    let unfinished = store.unfinished().await.expect("unfinished");
    let busy = StartOutcome::Busy {
        environment: UAT,
        operation: unfinished[0].id,
    };
    let refused = outcomes.iter().filter(|outcome| **outcome == busy).count();
    assert_eq!(refused, 7, "{outcomes:?}");
}

/// Two may read one environment; nobody may touch one that is replaced or exported, and nobody
/// may replace or export one that is read.
pub async fn whoever_is_replaced_is_busy_and_whoever_is_read_may_be_read_again<S>(store: S)
where
    S: OperationJournal + ProjectStore,
{
    add_project(&store).await;
    let first = operation(1, refresh(PRODUCTION, UAT), 0);
    assert_eq!(start(&store, &first).await, StartOutcome::Started);
    let busy = |environment| StartOutcome::Busy {
        environment,
        operation: first.id,
    };
    let cases = [
        (refresh(TEST, UAT), busy(UAT)),
        (refresh(UAT, TEST), busy(UAT)),
        (export(UAT), busy(UAT)),
        (export(PRODUCTION), busy(PRODUCTION)),
        (refresh(TEST, PRODUCTION), busy(PRODUCTION)),
        (refresh(PRODUCTION, TEST), StartOutcome::Started),
    ];
    for (number, (kind, wanted)) in (2..).zip(cases) {
        let new = operation(number, kind, 0);
        assert_eq!(start(&store, &new).await, wanted, "{:?}", new.kind);
    }
}

/// Starts are counted for each environment, refused ones and those of yesterday not.
pub async fn the_fourth_start_within_a_day_is_refused<S>(store: S)
where
    S: OperationJournal + ProjectStore,
{
    add_project(&store).await;
    let kinds = [refresh(PRODUCTION, UAT), export(UAT), refresh(TEST, UAT)];
    for (number, kind) in (1..).zip(kinds) {
        let new = operation(number, kind, i64::from(number));
        assert_eq!(start(&store, &new).await, StartOutcome::Started);
        end(&store, new).await;
    }
    let limit = StartOutcome::LimitReached {
        window_start: at(1),
    };
    for (number, hour) in [(4, 4), (5, 24)] {
        let new = operation(number, refresh(PRODUCTION, UAT), hour);
        assert_eq!(start(&store, &new).await, limit, "hour {hour}");
    }
    let elsewhere = operation(6, refresh(UAT, TEST), 24);
    assert_eq!(start(&store, &elsewhere).await, StartOutcome::Started);
    end(&store, elsewhere).await;
    let next_day = operation(7, refresh(PRODUCTION, UAT), 25);
    assert_eq!(start(&store, &next_day).await, StartOutcome::Started);
}

/// State, attempts and journal are kept as written; an operation that has ended changes no more.
pub async fn what_is_saved_comes_back_and_an_end_is_final<S>(store: S)
where
    S: OperationJournal + ProjectStore,
{
    add_project(&store).await;
    let mut kept = operation(1, refresh(PRODUCTION, UAT), 0);
    start(&store, &kept).await;
    kept.state = next(&kept, OperationEvent::Begin);
    kept.attempts = 2;
    kept.journal.begin(StepName::Copy, at(1));
    let output = serde_json::json!({ "bytes": 1, "name": "Ä" });
    kept.journal.finish(at(2), output);
    kept.journal.begin(StepName::Sanitise, at(3));
    store.save(&kept).await.expect("save");
    let found = store.find(PROJECT, kept.id).await.expect("find");
    assert_eq!(found, Some(kept.clone()));

    let ended = end(&store, kept).await;
    let unfinished = store.unfinished().await.expect("unfinished");
    assert_eq!(unfinished, Vec::new());
    let mut changed = ended.clone();
    changed.attempts += 1;
    assert!(store.save(&changed).await.is_err());
    let found = store.find(PROJECT, ended.id).await.expect("find");
    assert_eq!(found, Some(ended));

    let unknown = operation(9, export(TEST), 0);
    assert!(store.save(&unknown).await.is_err());
}

/// The end of an export and its backup are written together.
pub async fn a_backup_is_listed_with_the_end_of_its_export_or_not_at_all<S>(store: S)
where
    S: OperationJournal + ProjectStore,
{
    add_project(&store).await;
    let mut first = operation(1, export(UAT), 0);
    start(&store, &first).await;
    assert_eq!(store.backups(PROJECT).await.expect("backups"), Vec::new());
    first.state = OperationState::Completed;
    first.ended_at = Some(at(1));
    let backup = backup_of(&first, "one");
    store.publish(&first, &backup).await.expect("publish");
    let listed = store.backups(PROJECT).await.expect("backups");
    assert_eq!(listed.as_slice(), std::slice::from_ref(&backup));
    // Twice is refused, and changes nothing.
    let again = store.publish(&first, &backup_of(&first, "two")).await;
    assert!(again.is_err());

    // A backup that cannot be recorded leaves its export as it was.
    let mut second = operation(2, export(UAT), 2);
    start(&store, &second).await;
    second.state = OperationState::Completed;
    second.ended_at = Some(at(3));
    assert!(
        store
            .publish(&second, &backup_of(&second, "one"))
            .await
            .is_err()
    );
    let unfinished = store.unfinished().await.expect("unfinished");
    assert_eq!(unfinished.len(), 1);
    assert_eq!(unfinished[0].state, OperationState::NotStarted);
    assert_eq!(store.backups(PROJECT).await.expect("backups").len(), 1);

    let newer = backup_of(&second, "two");
    store.publish(&second, &newer).await.expect("publish");
    let listed = store.backups(PROJECT).await.expect("backups");
    assert_eq!(listed[0], newer);
    assert_eq!(listed.len(), 2);
}

/// The target's operations, not those that only read the environment.
pub async fn a_history_belongs_to_one_environment_and_begins_with_the_newest<S>(store: S)
where
    S: OperationJournal + ProjectStore,
{
    add_project(&store).await;
    let kinds = [refresh(PRODUCTION, UAT), refresh(UAT, TEST), export(UAT)];
    let mut ids = Vec::new();
    for (number, kind) in (1..).zip(kinds) {
        let new = operation(number, kind, i64::from(number));
        assert_eq!(start(&store, &new).await, StartOutcome::Started);
        ids.push(new.id);
        end(&store, new).await;
    }
    let history = store.history(UAT).await.expect("history");
    let found: Vec<_> = history.iter().map(|operation| operation.id).collect();
    assert_eq!(found, [ids[2], ids[0]]);
}

async fn start(store: &impl OperationJournal, new: &Operation) -> StartOutcome {
    store.start(new).await.expect("start")
}

async fn end(store: &impl OperationJournal, mut operation: Operation) -> Operation {
    operation.state = next(&operation, OperationEvent::Begin);
    operation.state = next(&operation, OperationEvent::Complete);
    operation.ended_at = Some(operation.started_at);
    store.save(&operation).await.expect("save");
    operation
}

fn next(operation: &Operation, event: OperationEvent) -> OperationState {
    operation.state.next(event).expect("a legal event")
}

async fn add_project(store: &impl ProjectStore) {
    let project = Project {
        id: PROJECT,
        name: "Contoso".to_owned(),
        organization_id: 1,
    };
    let new = NewProject {
        project,
        members: Vec::new(),
        environments: [PRODUCTION, UAT, TEST].map(environment).into(),
    };
    store.create_project(&new).await.expect("create a project");
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn refresh(source: EnvironmentId, target: EnvironmentId) -> OperationKind {
    OperationKind::Refresh { source, target }
}

fn export(environment: EnvironmentId) -> OperationKind {
    OperationKind::Export {
        environment,
        backup_name: backup_name(),
    }
}

fn backup_name() -> BackupName {
    "nightly".parse().expect("a backup name")
}

fn operation(number: u32, kind: OperationKind, hour: i64) -> Operation {
    Operation {
        id: OperationActivityId::from_u128(number.into()),
        project: PROJECT,
        kind,
        started_by: UserKey {
            tenant: TenantId::from_u128(1),
            user: UserId::from_u128(1),
        },
        started_at: at(hour),
        state: OperationState::NotStarted,
        ended_at: None,
        attempts: 0,
        journal: Journal::default(),
    }
}

fn backup_of(operation: &Operation, artifact: &str) -> Backup {
    Backup {
        id: AssetId::from(*operation.id.as_uuid()),
        project: PROJECT,
        name: backup_name(),
        artifact: artifact.to_owned(),
        size_bytes: 1 << 40,
        md5: [1; 16],
        sha256: [2; 32],
        created_at: operation.started_at,
        environment: operation.kind.environment(),
        operation: operation.id,
    }
}

fn environment(id: EnvironmentId) -> Environment {
    Environment {
        id,
        project: PROJECT,
        name: id.to_string(),
        environment_type: EnvironmentType::Sandbox,
        infrastructure: Infrastructure::SelfService,
        product: String::new(),
        base_url: String::new(),
        topology_display_name: String::new(),
        application_build: String::new(),
        application_release: String::new(),
        platform_release: String::new(),
        platform_version: String::new(),
        deployed_on: Timestamp::UNIX_EPOCH,
        cloud_location: String::new(),
        disaster_recovery_location: String::new(),
        administrator: String::new(),
        lifecycle: Lifecycle::Active,
        power: Power {
            state: PowerState::Running,
            since: Timestamp::UNIX_EPOCH,
        },
        is_live: true,
        financial_reporting: None,
        database_capacity_bytes: None,
        database_backup_location: None,
    }
}
