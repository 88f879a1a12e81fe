//! The journal of operations: answers that get lost, clients that die, and profiles that are for
//! looking only.

use std::{sync::Arc, time::Duration};

use lcs_cloud::config::{EnvironmentKind, InfrastructureKind};
use lcs_testkit::{Fault, TestCloud};
use serde_json::{Value, json};

use crate::{
    machine::Machine,
    waiting::{Gate, refresh, signed_in, signed_in_through},
};

/// Lets a request pass.
const PASS: Fault = Fault::Rewritten("nothing has this text", "");

pub(crate) fn json(machine: &Machine, arguments: &[&str]) -> Value {
    machine
        .run(&[arguments, &["-o", "json"]].concat())
        .succeeded()
        .json()
}

/// What the environment went through, as LCS tells it.
fn history(machine: &Machine) -> Vec<Value> {
    let history = json(machine, &["env", "history", "Contoso-UAT"]);
    history.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_start_whose_answer_gets_lost_is_found_in_the_history_and_not_sent_again() {
    let cloud = TestCloud::start().await.unwrap();
    let gateway = cloud.gateway().unwrap();
    let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
    // The environments, then the start.
    gateway.fail_next(&[PASS, Fault::CutAfter]);
    let ended = refresh(&machine, &["--wait"]).succeeded().json();
    assert_eq!(ended["status"], "Completed");

    let history = history(&machine);
    assert_eq!(history.len(), 1, "it was started once: {history:?}");
    let id = &history[0]["operation_activity_id"];
    assert_eq!(&ended["operation_activity_id"], id);
    let journal = json(&machine, &["op", "list"]);
    assert_eq!(&journal[0]["operation_activity_id"], id);
    assert_eq!(journal[0]["state"], "ended");
    assert_eq!(json(&machine, &["op", "list", "--running"]), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_start_that_the_history_does_not_have_is_left_open_and_never_repeated() {
    let cloud = TestCloud::start().await.unwrap();
    let gateway = cloud.gateway().unwrap();
    let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
    gateway.fail_next(&[PASS, Fault::CutBefore]);
    let error = refresh(&machine, &["--wait"]).failed(8).error();
    assert_eq!(error["code"], "outcome_unknown");
    assert!(error["help"].as_str().unwrap().contains("lcs op resume 1"));

    let open = json(&machine, &["op", "list", "--running"]);
    assert_eq!(open[0]["state"], "unknown");
    assert_eq!(open[0]["source"], "Contoso-PROD");
    assert!(history(&machine).is_empty());
    let again = machine.run(&["op", "resume", "1", "-o", "json"]).failed(8);
    assert_eq!(again.error()["code"], "outcome_unknown");
    assert!(history(&machine).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_is_killed_before_it_hears_the_answer_is_resumed_from_another_shell() {
    let gate = Arc::new(Gate::default());
    let observer = gate.clone();
    let cloud = TestCloud::start_with(|options| options.observer = observer)
        .await
        .unwrap();
    let gateway = cloud.gateway().unwrap();
    let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
    gateway.fail_next(&[PASS, Fault::CutAfter]);
    let start = ["db", "refresh", "--source", "Contoso-PROD"];
    let target = ["--target", "Contoso-UAT", "--yes", "--wait"];
    let mut client = machine.spawn(&[&start[..], &target].concat());
    // The cloud has begun, and the client looks for its answer.
    while !gate.was_reached() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.kill().unwrap();
    client.wait().unwrap();
    assert_eq!(json(&machine, &["op", "show", "1"])["state"], "unknown");
    gate.open();
    let resumed = json(&machine, &["op", "resume"]);
    assert_eq!(resumed[0]["status"], "Completed", "{resumed}");
    assert_eq!(history(&machine).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_lcs_declines_is_closed_in_the_journal() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    let export = [
        "db",
        "export",
        "--environment",
        "Contoso-PROD",
        "--name",
        "x",
        "-o",
        "json",
    ];
    machine.run(&export).failed(5);
    let shown = json(&machine, &["op", "show", "1"]);
    assert_eq!(shown["state"], "refused");
    assert!(shown["message"].is_string());
    let waited = machine.run(&["op", "wait", "1", "-o", "json"]).failed(5);
    assert_eq!(waited.error()["code"], "refused");
    let plan = [&export[..], &["--plan"]].concat();
    let plan = machine.run(&plan).failed(5).json();
    assert_eq!(plan["would_start"], false);
    assert_eq!(plan["checks"][0]["verdict"], "refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_profile_says_what_may_be_changed() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    let other = [
        "profile",
        "set",
        "cloud",
        "--allowed-target",
        "Contoso-TEST",
    ];
    machine.run(&other).succeeded();
    let refused = refresh(&machine, &[]).failed(2).error();
    assert_eq!(refused["code"], "target_not_allowed");
    let this = ["profile", "set", "cloud", "--allowed-target", "contoso-uat"];
    let only = [&this[..], &["--clear-allowed-targets"]].concat();
    machine.run(&only).succeeded();
    let shown = json(&machine, &["profile", "show", "cloud"]);
    assert_eq!(shown["allowed_targets"], json!(["contoso-uat"]), "{shown}");
    machine
        .run(&["profile", "set", "cloud", "--read-only"])
        .succeeded();
    let refused = refresh(&machine, &[]).failed(2).error();
    assert_eq!(refused["code"], "read_only_profile");
    assert_eq!(json(&machine, &["op", "list"]), json!([]));
    json(&machine, &["env", "list"]);
    let change = ["profile", "set", "cloud", "--read-only", "false"];
    machine.run(&change).succeeded();
    refresh(&machine, &["--wait"]).succeeded();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_certificate_and_its_password_go_into_files_and_nowhere_else() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    let arguments = [
        "env",
        "rsat-certificate",
        "Contoso-UAT",
        "--password-file",
        "password",
    ];
    let outcome = machine.run(&arguments).succeeded();
    let password = std::fs::read_to_string(machine.path("password")).unwrap();
    assert!(!password.is_empty() && !outcome.stdout.contains(&password));
    let zip = outcome.json()["zip"].as_str().unwrap().to_owned();
    assert!(
        std::fs::read(machine.path(&zip))
            .unwrap()
            .starts_with(b"PK")
    );
    #[cfg(unix)]
    for name in ["password", &zip] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(machine.path(name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
    let again = machine.run(&[&arguments[..], &["-o", "json"]].concat());
    assert_eq!(again.failed(2).error()["code"], "file_exists");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_asset_library_is_looked_at_and_unknown_names_are_told_before_anything_starts() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    assert_eq!(json(&machine, &["asset", "list"]), json!([]));
    json(&machine, &["asset", "list", "--shared"]);
    std::fs::write(machine.path("no-package.zip"), b"this is no package").unwrap();
    let upload = ["asset", "upload", "no-package.zip", "--name", "broken"];
    let uploaded = json(&machine, &upload);
    let waited = machine.run(&["asset", "wait", "broken", "-o", "json"]);
    assert_eq!(waited.failed(5).error()["code"], "operation_failed");
    let fetched = json(
        &machine,
        &["asset", "download", "broken", "--to", "back.zip"],
    );
    assert_eq!(fetched["id"], uploaded["id"]);
    assert_eq!(
        std::fs::read(machine.path("back.zip")).unwrap(),
        b"this is no package"
    );
    let delete = machine.run(&["asset", "delete", "broken", "-o", "json"]);
    assert_eq!(delete.failed(2).error()["code"], "confirmation_needed");
    machine
        .run(&["asset", "delete", "broken", "--yes"])
        .succeeded();
    assert_eq!(json(&machine, &["asset", "list"]), json!([]));
    let unknown = machine.run(&["asset", "show", "release-42", "-o", "json"]);
    assert_eq!(unknown.failed(2).error()["code"], "unknown_asset");
    let id = "11111111-1111-4111-8111-111111111111";
    let unknown = machine.run(&["asset", "delete", id, "--yes", "-o", "json"]);
    assert_eq!(unknown.failed(5).error()["code"], "refused");
    let deploy = [
        "deploy",
        "start",
        "--environment",
        "Contoso-UAT",
        "--asset",
        id,
        "--name",
        "release-42",
        "--yes",
        "-o",
        "json",
    ];
    machine.run(&deploy).failed(5);
    assert_eq!(json(&machine, &["op", "show", "1"])["kind"], "deployment");
}

/// Waits for it while the cloud's time passes.
fn waited_for(cloud: &TestCloud, machine: &Machine, arguments: &[&str]) -> Value {
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| json(machine, arguments));
        while !waiting.is_finished() {
            cloud.clock.advance(jiff::SignedDuration::from_secs(10));
            std::thread::sleep(Duration::from_millis(500));
        }
        waiting.join().unwrap()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cloud_hosted_environment_is_stopped_and_started() {
    let cloud = TestCloud::start_with(|options| {
        let test = &mut options.config.as_mut().unwrap().environments[2];
        test.kind = EnvironmentKind::Development;
        test.infrastructure = InfrastructureKind::CustomerManaged;
    })
    .await
    .unwrap();
    let machine = signed_in(&cloud).await;
    let stop = ["env", "stop", "Contoso-TEST", "--wait"];
    assert_eq!(waited_for(&cloud, &machine, &stop)["state"], "Stopped");
    let start = ["env", "start", "Contoso-TEST", "--wait"];
    assert_eq!(waited_for(&cloud, &machine, &start)["state"], "Finished");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_throttled_call_is_told_of_and_waits_no_longer_than_the_command() {
    let cloud = TestCloud::start().await.unwrap();
    let gateway = cloud.gateway().unwrap();
    let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
    gateway.fail_next(&[Fault::Throttled(1)]);
    let list = machine.run(&["env", "list", "-o", "table"]).succeeded();
    let told = "LCS takes no more calls for now (429); trying again in 1 s";
    assert!(list.stderr.contains(told), "{list:?}");

    gateway.fail_next(&[Fault::Throttled(100); 3]);
    let refused = refresh(&machine, &["--wait", "--timeout", "5"]).failed(6);
    assert_eq!(refused.error()["code"], "throttled");
    assert!(!gateway.is_done_failing(), "it was asked once");
    assert_eq!(json(&machine, &["op", "list"]), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_operation_that_a_person_recognised_is_taken_for_the_one_that_was_lost() {
    let cloud = TestCloud::start().await.unwrap();
    let gateway = cloud.gateway().unwrap();
    let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
    gateway.fail_next(&[PASS, Fault::CutBefore]);
    refresh(&machine, &["--wait"]).failed(8);
    // Somebody starts it elsewhere.
    let started = refresh(&machine, &["--wait"]).succeeded().json();
    let id = started["operation_activity_id"].as_str().unwrap();
    let resumed = json(&machine, &["op", "resume", "1", "--activity-id", id]);
    assert_eq!(resumed["status"], "Completed", "{resumed}");
    assert_eq!(resumed["operation_activity_id"], id);
    assert_eq!(json(&machine, &["op", "show", "1"])["state"], "ended");
    assert_eq!(history(&machine).len(), 1);
}
