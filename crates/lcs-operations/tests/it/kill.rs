//! A process that works on an operation is really killed, at every point; another one takes up
//! what it left.
//!
//! The test starts its own binary again as the process that dies. That child stops at a point and
//! says so on its standard output; the parent sends SIGKILL, looks at the files, recovers, and
//! looks again.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use jiff::Timestamp;
use lcs_artifacts::ArtifactKey;
use lcs_operations::{
    DeploymentSubject, Engine, OperationJournal as _, OperationObserver, OperationState, StepName,
    deploy, export, refresh, step::Step,
};
use lcs_projects::{Asset, AssetState, ProjectStore as _};
use lcs_types::{AssetId, OperationActivityId};
use lcs_wire::lcs::AssetFileType;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::world::{ANNA, Content, PRODUCTION, PROJECT, UAT, World, production_emails};

const FOLDER: &str = "LCS_TEST_KILL_FOLDER";
const POINT: &str = "LCS_TEST_KILL_POINT";
const STOPPED: &str = "stopped at the point";

/// Where the child stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    Begins(StepName),
    Inside(StepName),
    Done(StepName),
    State(OperationState),
}

/// Before and after every step there is, and inside those that can be stopped there.
fn points(steps: &[Step], inside: &[StepName]) -> Vec<Point> {
    let around = steps
        .iter()
        .flat_map(|step| [Point::Begins(step.name), Point::Done(step.name)]);
    let inside = inside.iter().map(|step| Point::Inside(*step));
    around.chain(inside).collect()
}

/// Stops for ever at its point.
#[derive(Debug)]
struct Stop(String);

impl Stop {
    fn at(&self, point: Point) {
        if self.0 == format!("{point:?}") {
            // Not `println!`, which the test harness captures.
            let mut out = std::io::stdout().lock();
            std::io::Write::write_all(&mut out, format!("{STOPPED}\n").as_bytes()).unwrap();
            std::io::Write::flush(&mut out).unwrap();
            loop {
                std::thread::park();
            }
        }
    }
}

impl OperationObserver for Stop {
    fn step_begins(&self, _: OperationActivityId, step: StepName) {
        self.at(Point::Begins(step));
    }
    fn advanced(&self, _: OperationActivityId, step: StepName, _: u64, _: u64) {
        self.at(Point::Inside(step));
    }
    fn step_done(&self, _: OperationActivityId, step: StepName) {
        self.at(Point::Done(step));
    }
    fn state_changed(&self, _: OperationActivityId, state: OperationState) {
        self.at(Point::State(state));
    }
}

/// The process that dies. Without the variables it is no test and does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the parent speaks to its child"
    )]
    let (Ok(folder), Ok(point)) = (std::env::var(FOLDER), std::env::var(POINT)) else {
        return;
    };
    let world = World::open(Path::new(&folder)).await;
    let (kind, point) = point.split_once(' ').unwrap();
    let rules = (kind == "failing").then(|| Arc::from("this is no TOML"));
    let engine = world.engine_with_rules(Arc::new(Stop(point.to_owned())), rules);
    match kind {
        "refresh" | "failing" => engine
            .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
            .await
            .unwrap(),
        "export" => engine
            .start_export(PROJECT, UAT, "x".parse().unwrap(), ANNA)
            .await
            .unwrap(),
        "deploy" => deploy_extension(&world, &engine, houston()).await,
        "prepared" => {
            let history = world.store.history(UAT).await.unwrap();
            engine.start_prepared(&history[0], ANNA).await.unwrap()
        }
        _ => panic!("{kind}"),
    };
    engine.wait_until_idle().await;
    panic!("the point {point} was never reached");
}

fn start_child(folder: &Path, point: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(POINT, point)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let stopped = lines
        .map_while(Result::ok)
        .any(|line| line.contains(STOPPED));
    assert!(
        stopped,
        "the child ended without reaching {point}: {:?}",
        child.wait()
    );
    child
}

/// A world in a folder of its own, whose store is closed so that the child can open it.
async fn abandoned_world() -> (tempfile::TempDir, PathBuf, Content, Content) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().to_owned();
    let world = World::open(&folder).await;
    world.populate().await;
    let (source, target) = (world.content(PRODUCTION), world.content(UAT));
    world.store.close().await;
    (temporary, folder, source, target)
}

/// What a refresh that nobody disturbs makes.
async fn undisturbed_result() -> Content {
    let world = World::new().await;
    let engine = world.engine();
    engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    world.content(UAT)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_refresh_leaves_the_target_whole_and_completes_after_the_restart() {
    let new = undisturbed_result().await;
    for point in points(refresh::STEPS, &[StepName::Copy, StepName::Swap]) {
        let (_temporary, folder, source, old) = abandoned_world().await;
        let mut child = start_child(&folder, &format!("refresh {point:?}"));
        child.kill().unwrap();
        child.wait().unwrap();

        let world = World::open(&folder).await;
        let found = world.content(UAT);
        assert!(
            found == old || found == new,
            "{point:?}: the target is neither old nor new"
        );
        let name = world.environment(UAT).database_path();
        assert_eq!(
            production_emails(&name),
            0,
            "{point:?}: unsanitised data at the target's name"
        );
        assert_eq!(
            world.content(PRODUCTION),
            source,
            "{point:?}: the source changed"
        );

        let unfinished = world.store.unfinished().await.unwrap();
        assert_eq!(unfinished.len(), 1, "{point:?}");
        let engine = world.engine();
        assert_eq!(engine.recover().await.unwrap(), 1);
        engine.wait_until_idle().await;
        let operation = world.operation(unfinished[0].id).await;
        assert_eq!(
            operation.state,
            OperationState::Completed,
            "{point:?}: {:?}",
            operation.journal
        );
        assert_eq!(operation.attempts, 2, "{point:?}");
        assert_eq!(world.content(UAT), new, "{point:?}");
        assert_eq!(world.content(PRODUCTION), source, "{point:?}");
        assert_eq!(world.leftovers(), Vec::<String>::new(), "{point:?}");
        assert_eq!(
            world.store.history(UAT).await.unwrap().len(),
            1,
            "{point:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_export_lists_nothing_until_it_is_complete() {
    let inside = [StepName::Copy, StepName::Write, StepName::Publish];
    for point in points(export::STEPS, &inside) {
        let (_temporary, folder, _, target) = abandoned_world().await;
        let mut child = start_child(&folder, &format!("export {point:?}"));
        child.kill().unwrap();
        child.wait().unwrap();

        let world = World::open(&folder).await;
        assert!(
            world.store.backups(PROJECT).await.unwrap().is_empty(),
            "{point:?}"
        );
        let engine = world.engine();
        assert_eq!(engine.recover().await.unwrap(), 1, "{point:?}");
        engine.wait_until_idle().await;
        let backups = world.store.backups(PROJECT).await.unwrap();
        assert_eq!(backups.len(), 1, "{point:?}");
        let path = world
            .artifacts()
            .path_of(&backups[0].artifact.parse().unwrap());
        let report = lcs_bacpac::verify(std::fs::File::open(path).unwrap()).unwrap();
        assert!(report.is_sound(), "{point:?}");
        assert_eq!(world.content(UAT), target, "{point:?}");
        assert_eq!(world.leftovers(), Vec::<String>::new(), "{point:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_killed_is_rolled_back_after_the_restart() {
    let (_temporary, folder, _, old) = abandoned_world().await;
    let point = Point::State(OperationState::RollbackInProgress);
    let mut child = start_child(&folder, &format!("failing {point:?}"));
    child.kill().unwrap();
    child.wait().unwrap();
    let world = World::open(&folder).await;
    assert_eq!(world.content(UAT), old);
    let id = world.store.unfinished().await.unwrap()[0].id;
    let engine = world.engine();
    engine.recover().await.unwrap();
    engine.wait_until_idle().await;
    let operation = world.operation(id).await;
    assert_eq!(operation.state, OperationState::RollbackCompleted);
    let failure = operation.journal.failure.unwrap();
    assert!(failure.contains("sanitisation rules"), "{failure}");
    assert_eq!(world.content(UAT), old);
    assert_eq!(world.leftovers(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_kills_three_processes_is_rolled_back() {
    let (_temporary, folder, _, old) = abandoned_world().await;
    let mut child = start_child(
        &folder,
        &format!("refresh {:?}", Point::Done(StepName::Copy)),
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let world = World::open(&folder).await;
    let mut operation = world.store.unfinished().await.unwrap().remove(0);
    operation.attempts = 3;
    world.store.save(&operation).await.unwrap();
    let engine = world.engine();
    engine.recover().await.unwrap();
    engine.wait_until_idle().await;
    let operation = world.operation(operation.id).await;
    assert_eq!(operation.state, OperationState::RollbackCompleted);
    assert!(
        operation
            .journal
            .failure
            .unwrap()
            .contains("died several times")
    );
    assert_eq!(world.content(UAT), old);
    assert_eq!(world.leftovers(), Vec::<String>::new());
}

/// An extension for a Commerce Scale Unit, whose file [`put_extension`] makes.
fn extension() -> Asset {
    let id = AssetId::from_u128(42);
    let file_type = AssetFileType::CommerceCloudScaleUnitExtension;
    Asset {
        id,
        project: Some(PROJECT),
        name: "Houston 2".to_owned(),
        file_name: "houston.zip".to_owned(),
        description: None,
        file_type,
        artifact: ArtifactKey::asset(file_type.number(), id).to_string(),
        state: AssetState::Valid,
        size_bytes: None,
        created_at: Timestamp::UNIX_EPOCH,
        modified_at: Timestamp::UNIX_EPOCH,
        created_by: None,
    }
}

fn houston() -> DeploymentSubject {
    DeploymentSubject::ScaleUnit {
        scale_unit: "Houston".to_owned(),
    }
}

async fn deploy_extension(
    world: &World,
    engine: &Engine,
    subject: DeploymentSubject,
) -> OperationActivityId {
    let environments = world.store.environments(PROJECT).await.unwrap();
    let uat = environments.iter().find(|each| each.id == UAT).unwrap();
    engine
        .start_deployment(uat, &extension(), "Houston".to_owned(), subject, ANNA)
        .await
        .unwrap()
}

fn put_extension(world: &World) {
    let path = world
        .artifacts()
        .path_of(&extension().artifact.parse().unwrap());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, content) in [("version", "new"), ("bin/contoso.dll", "x")] {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut writer, content.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_deployment_leaves_the_old_package_or_the_new_one_and_completes() {
    for point in points(deploy::STEPS, &[StepName::Unpack]) {
        let (_temporary, folder, _, _) = abandoned_world().await;
        let installed = folder
            .join("environments")
            .join(UAT.to_string())
            .join("packages/scale-units/Houston");
        std::fs::create_dir_all(&installed).unwrap();
        std::fs::write(installed.join("version"), "old").unwrap();
        let world = World::open(&folder).await;
        put_extension(&world);
        world.store.close().await;
        let mut child = start_child(&folder, &format!("deploy {point:?}"));
        child.kill().unwrap();
        child.wait().unwrap();

        let version = || std::fs::read_to_string(installed.join("version")).unwrap();
        let found = version();
        assert!(found == "old" || found == "new", "{point:?}: {found}");
        let world = World::open(&folder).await;
        let engine = world.engine();
        assert_eq!(engine.recover().await.unwrap(), 1, "{point:?}");
        engine.wait_until_idle().await;
        assert_eq!(version(), "new", "{point:?}");
        assert!(installed.join("bin/contoso.dll").is_file());
        let history = world.store.history(UAT).await.unwrap();
        assert_eq!(history[0].state, OperationState::Completed, "{point:?}");
        let packages = installed.ancestors().nth(2).unwrap();
        let hidden = std::fs::read_dir(packages)
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_string_lossy().starts_with('.')
            })
            .count();
        assert_eq!(hidden, 0, "{point:?}: something was left behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_rotted_is_not_deployed_and_what_was_there_stays() {
    let world = World::new().await;
    put_extension(&world);
    let path = world
        .artifacts()
        .path_of(&extension().artifact.parse().unwrap());
    std::fs::write(path, "rotten").unwrap();
    let engine = world.engine();
    deploy_extension(&world, &engine, houston()).await;
    engine.wait_until_idle().await;
    let history = world.store.history(UAT).await.unwrap();
    assert_eq!(history[0].state, OperationState::RollbackCompleted);
    let why = history[0].journal.failure.as_deref().unwrap();
    assert!(why.contains("no zip archive"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_deployment_of_what_was_prepared_completes() {
    for point in points(deploy::STEPS_OF_PREPARED, &[]) {
        let (_temporary, folder, _, _) = abandoned_world().await;
        let world = World::open(&folder).await;
        put_extension(&world);
        let engine = world.engine();
        deploy_extension(&world, &engine, DeploymentSubject::Preparation).await;
        engine.wait_until_idle().await;
        world.store.close().await;
        let packages = folder
            .join("environments")
            .join(UAT.to_string())
            .join("packages");
        assert!(packages.join("prepared/version").is_file());
        let mut child = start_child(&folder, &format!("prepared {point:?}"));
        child.kill().unwrap();
        child.wait().unwrap();

        let world = World::open(&folder).await;
        let engine = world.engine();
        assert_eq!(engine.recover().await.unwrap(), 1, "{point:?}");
        engine.wait_until_idle().await;
        let installed = packages
            .join("environment")
            .join(extension().id.to_string());
        assert!(installed.join("bin/contoso.dll").is_file(), "{point:?}");
        assert!(!packages.join("prepared").exists(), "{point:?}");
        let history = world.store.history(UAT).await.unwrap();
        assert_eq!(history[0].state, OperationState::Completed, "{point:?}");
    }
}
