//! Waiting: for an operation that takes long, and for one that fails. Sign-ins that want consent.

use std::{
    path::Path,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::SignedDuration;

use lcs_client::ObjectAge;
use lcs_cloud::{OperationObserver, OperationState, StepName};
use lcs_testkit::{Fault, Gateway, TestCloud};
use lcs_types::OperationActivityId;
use lcs_wire::{
    graph::{ApplicationPatch, NewServicePrincipal, RequiredResourceAccess, ResourceAccess},
    well_known::{LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID},
};
use serde_json::Value;

use crate::machine::{Machine, Outcome};

/// Holds every operation before its first step, until it is opened.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
    was_reached: AtomicBool,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.is_open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.opened.notify_all();
    }

    /// Whether an operation has come to it.
    pub(crate) fn was_reached(&self) -> bool {
        self.was_reached.load(Ordering::SeqCst)
    }

    fn pass(&self) {
        self.was_reached.store(true, Ordering::SeqCst);
        let mut is_open = self.is_open.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_open {
            is_open = self
                .opened
                .wait(is_open)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl OperationObserver for Gate {
    fn step_begins(&self, _: OperationActivityId, _: StepName) {
        self.pass();
    }

    fn advanced(&self, _: OperationActivityId, _: StepName, _: u64, _: u64) {}

    fn step_done(&self, _: OperationActivityId, _: StepName) {}

    fn state_changed(&self, _: OperationActivityId, _: OperationState) {}
}

/// A machine that is signed in to the cloud.
pub(crate) async fn signed_in(cloud: &TestCloud) -> Machine {
    let facts = cloud.facts();
    let (api, certificates) = (facts.lcs_api.clone(), facts.ca_certificate.clone());
    signed_in_through(cloud, &api, &certificates).await
}

/// The same, calling LCS by another way.
pub(crate) async fn signed_in_through(
    cloud: &TestCloud,
    api: &str,
    certificates: &Path,
) -> Machine {
    let client = cloud.register().await.unwrap().client_id.to_string();
    let facts = cloud.facts();
    let machine = Machine::new();
    let project = facts.project_id.to_string();
    let (api, certificate) = (api.to_owned(), certificates.display().to_string());
    let mut set = vec!["profile", "set", "cloud"];
    for (flag, value) in [
        ("--authority", &facts.authority),
        ("--api-url", &api),
        ("--resource", &facts.lcs_resource),
        ("--client-id", &client),
        ("--project", &project),
        ("--ca-certificate", &certificate),
    ] {
        set.extend([flag, value.as_str()]);
    }
    machine.run(&set).succeeded();
    let user = cloud.service_user();
    let name = user.user_principal_name.to_string();
    machine
        .run_with_input(
            &["login", "--username", &name, "--password-stdin"],
            &user.password,
        )
        .succeeded();
    machine
}

pub(crate) fn refresh(machine: &Machine, more: &[&str]) -> Outcome {
    let start = [
        "db",
        "refresh",
        "--source",
        "Contoso-PROD",
        "--target",
        "Contoso-UAT",
        "--yes",
    ];
    machine.run(&[&start[..], more, &["-o", "json"]].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_gives_up_waiting_is_told_how_to_come_back() {
    let gate = Arc::new(Gate::default());
    let observer = gate.clone();
    let cloud = TestCloud::start_with(|options| options.observer = observer)
        .await
        .unwrap();
    let machine = signed_in(&cloud).await;

    let error = refresh(&machine, &["--wait", "--timeout", "0"])
        .failed(7)
        .error();
    assert_eq!(error["code"], "gave_up_waiting");
    let id = error["server"]["operation_activity_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let help = error["help"].as_str().unwrap();
    let (_, command) = help.split_once(": lcs ").unwrap();
    let command: Vec<&str> = command.split(' ').collect();

    let busy = refresh(&machine, &[]).failed(5).error();
    assert_eq!(busy["code"], "refused");
    gate.open();
    let ended = machine.run(&command).succeeded().json();
    assert_eq!(ended["operation_activity_id"], id.as_str());
    assert_eq!(ended["status"], "Completed");
}

/// A gateway in front of a cloud whose operations wait, and a refresh that somebody waits for.
struct Waiting {
    cloud: TestCloud,
    gate: Arc<Gate>,
    gateway: Arc<Gateway>,
    command: tokio::task::JoinHandle<Outcome>,
}

impl Waiting {
    async fn begun() -> Self {
        let gate = Arc::new(Gate::default());
        let observer = gate.clone();
        let cloud = TestCloud::start_with(|options| options.observer = observer)
            .await
            .unwrap();
        let gateway = Arc::new(cloud.gateway().unwrap());
        let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
        let command = tokio::task::spawn_blocking(move || refresh(&machine, &["--wait"]));
        let waiting = Self {
            cloud,
            gate,
            gateway,
            command,
        };
        // The environments, the start, the first poll.
        waiting.until(|gateway| gateway.passed() >= 3).await;
        waiting
    }

    async fn until(&self, is_so: impl Fn(&Gateway) -> bool) {
        while !is_so(&self.gateway) {
            assert!(!self.command.is_finished(), "the command gave up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the client has been answered once more.
    async fn until_answered(&self) {
        let passed = self.gateway.passed();
        self.until(|gateway| gateway.is_done_failing() && gateway.passed() > passed)
            .await;
    }

    async fn ended(self) -> Outcome {
        self.gate.open();
        let outcome = self.command.await.unwrap();
        self.cloud.wait_until_idle().await;
        outcome
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_that_runs_out_in_the_middle_is_replaced_and_the_wait_goes_on() {
    let waiting = Waiting::begun().await;
    // Twice: the replacement runs out too.
    for _ in 0..2 {
        waiting.cloud.clock.advance(SignedDuration::from_hours(2));
        // The refusal of the old token, and the answer to the new one.
        let passed = waiting.gateway.passed();
        waiting
            .until(|gateway| gateway.passed() >= passed + 2)
            .await;
    }
    let ended = waiting.ended().await.succeeded().json();
    assert_eq!(ended["status"], "Completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_connections_429_and_500_in_the_middle_are_outlasted() {
    let waiting = Waiting::begun().await;
    waiting.gateway.fail_next(&[
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(503),
    ]);
    waiting.until_answered().await;
    let ended = waiting.ended().await.succeeded().json();
    assert_eq!(ended["status"], "Completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_was_revoked_in_the_middle_ends_the_wait_with_the_way_back() {
    let waiting = Waiting::begun().await;
    let user = waiting.cloud.service_user().clone();
    waiting
        .cloud
        .change_user(&user, |user| user.is_enabled = false)
        .await
        .unwrap();
    waiting.cloud.clock.advance(SignedDuration::from_hours(2));
    waiting.gate.open();
    let error = waiting.command.await.unwrap().failed(3).error();
    assert_eq!(error["server"]["aadsts"], 50057);
    assert!(error["server"]["operation_activity_id"].is_string());
    let help = error["help"].as_str().unwrap();
    assert!(help.contains("lcs op wait 1"), "{help}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_operation_that_fails_has_its_own_exit_code_and_names_itself() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    let source = cloud.database(cloud.environment("Contoso-PROD"));
    std::fs::write(
        std::fs::canonicalize(source).unwrap(),
        b"this is no database",
    )
    .unwrap();

    let error = refresh(&machine, &["--wait"]).failed(5).error();
    let code = error["code"].as_str().unwrap();
    assert!(
        ["operation_failed", "operation_rolled_back"].contains(&code),
        "{error}"
    );
    let id = error["server"]["operation_activity_id"].as_str().unwrap();
    // Asking how it stands is no failure, whatever the answer.
    let arguments = ["db", "status", id, "--environment", "Contoso-UAT"];
    let status: Value = machine.run(&arguments).succeeded().json();
    assert_eq!(status["operation_activity_id"], id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn missing_consent_is_forbidden_and_no_failed_sign_in() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    // Steps 1 to 3 but for the consent.
    let wanted = ApplicationPatch {
        display_name: Some("Without consent".to_owned()),
        sign_in_audience: Some("AzureADMyOrg".to_owned()),
        is_fallback_public_client: Some(true),
        required_resource_access: Some(vec![RequiredResourceAccess {
            resource_app_id: LCS_CLIENT_ID,
            resource_access: vec![ResourceAccess {
                id: LCS_USER_IMPERSONATION_ID,
                access_type: "Scope".to_owned(),
            }],
        }]),
        ..ApplicationPatch::default()
    };
    let graph = cloud.graph(cloud.administrator()).await.unwrap();
    let client = graph.create_application(&wanted).await.unwrap().app_id;
    let principal = NewServicePrincipal {
        app_id: client,
        tags: Vec::new(),
    };
    graph
        .create_service_principal(&principal, ObjectAge::JustCreated)
        .await
        .unwrap();
    let client = client.to_string();

    let user = cloud.service_user();
    let name = user.user_principal_name.to_string();
    let login = ["login", "--username", &name, "--password-stdin"];
    let arguments = [&login[..], &["--client-id", &client, "-o", "json"]].concat();
    let error = machine
        .run_with_input(&arguments, &user.password)
        .failed(4)
        .error();
    assert_eq!(error["code"], "consent_missing");
    assert_eq!(error["server"]["aadsts"], 65001);
}
