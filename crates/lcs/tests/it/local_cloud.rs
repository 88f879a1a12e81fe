//! `lcs serve` as a process: ready file, signals, `kill -9`, and `lcs local`.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::machine::Machine;

const PATIENCE: Duration = Duration::from_mins(1);

struct Served {
    process: Child,
    ready: PathBuf,
}

impl Served {
    /// Starts a process of its own, so that it can be killed.
    fn start(machine: &Machine, rows: &str) -> (Self, Value) {
        let ready = machine.path("ready.json");
        let _ = std::fs::remove_file(&ready);
        let process = Command::new(assert_cmd::cargo::cargo_bin("lcs"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--rows",
                rows,
                "--data-dir",
            ])
            .arg(machine.path("data"))
            // As people write it: a bare name, in the folder that they are in.
            .current_dir(ready.parent().unwrap())
            .arg("--ready-file")
            .arg(ready.file_name().unwrap())
            .env("HOME", machine.path("home"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { process, ready };
        let until = Instant::now() + PATIENCE;
        loop {
            if let Ok(text) = std::fs::read_to_string(&served.ready) {
                return (served, serde_json::from_str(&text).unwrap());
            }
            assert!(Instant::now() < until, "no ready file");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn terminate(mut self) {
        let id = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        assert!(self.process.wait().unwrap().success());
        assert!(!self.ready.exists(), "the ready file is removed at the end");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A failed test must not leave a server behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Points the machine's profile at a served cloud, which has a registration, and signs in.
fn sign_in(machine: &Machine, facts: &Value, client: &str) {
    let text = |name: &str| facts[name].as_str().unwrap().to_owned();
    let project = facts["project_id"].to_string();
    machine
        .run(&[
            "profile",
            "set",
            "local",
            "--authority",
            &text("authority"),
            "--api-url",
            &text("lcs_api"),
            "--resource",
            &text("lcs_resource"),
            "--client-id",
            client,
            "--project",
            &project,
            "--ca-certificate",
            &text("ca_certificate"),
        ])
        .succeeded();
    let users = facts["users"].as_array().unwrap();
    let user = users
        .iter()
        .find(|user| user["mfa"] == false && user["roles"].as_array().unwrap().is_empty())
        .unwrap();
    machine
        .run_with_input(
            &[
                "login",
                "--username",
                user["user_principal_name"].as_str().unwrap(),
                "--password-stdin",
            ],
            user["password"].as_str().unwrap(),
        )
        .succeeded();
}

/// A registration, made by a short quickstart in the same data directory.
fn registered(machine: &Machine) -> String {
    let data = machine.path("data").display().to_string();
    let summary = machine.run(&["quickstart", "--rows", "2000", "--data-dir", &data, "-q"]);
    summary.succeeded().json()["client_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_refresh_survives_kill_9_and_the_ready_file_tells_machines_all_they_need() {
    let machine = Machine::new();
    let client = registered(&machine);
    let (served, facts) = Served::start(&machine, "2000");
    for name in [
        "origin",
        "ca_certificate",
        "tenant_id",
        "tenant_domain",
        "authority",
        "graph",
        "lcs_api",
    ] {
        assert!(facts[name].is_string(), "{name}");
    }
    assert_eq!(facts["lcs_resource"], "https://lcsapi.lcs.dynamics.com");
    assert_eq!(facts["environments"].as_array().unwrap().len(), 3);
    sign_in(&machine, &facts, &client);
    let refresh = [
        "db",
        "refresh",
        "--source",
        "Contoso-PROD",
        "--target",
        "Contoso-TEST",
        "--yes",
    ];
    let started = machine.run(&refresh).succeeded().json();
    served.kill();

    let (served, facts) = Served::start(&machine, "2000");
    sign_in(&machine, &facts, &client);
    let ended = machine
        .run(&["db", "wait", "--timeout", "60"])
        .succeeded()
        .json();
    assert_eq!(
        ended["operation_activity_id"],
        started["operation_activity_id"]
    );
    assert_eq!(ended["status"], "Completed");
    served.terminate();
}

#[test]
fn a_running_cloud_is_neither_started_twice_nor_reset() {
    let machine = Machine::new();
    let data = machine.path("data").display().to_string();
    let (served, facts) = Served::start(&machine, "500");
    let again = machine.run(&[
        "serve",
        "--data-dir",
        &data,
        "--listen",
        "127.0.0.1:0",
        "-o",
        "json",
    ]);
    assert_eq!(again.failed(1).error()["code"], "data_directory_in_use");
    let port = facts["origin"]
        .as_str()
        .unwrap()
        .rsplit_once(':')
        .unwrap()
        .1
        .to_owned();
    let listen = format!("127.0.0.1:{port}");
    let other = machine.path("other").display().to_string();
    let taken = machine.run(&[
        "serve",
        "--data-dir",
        &other,
        "--listen",
        &listen,
        "-o",
        "json",
    ]);
    assert_eq!(taken.failed(1).error()["code"], "address_in_use");
    let reset = ["local", "reset", "--yes", "--data-dir", &data, "-o", "json"];
    assert_eq!(
        machine.run(&reset).failed(1).error()["code"],
        "data_directory_in_use"
    );

    let status = machine
        .run(&["local", "status", "--data-dir", &data])
        .succeeded()
        .json();
    assert_eq!(
        (&status["running"], &status["origin"]),
        (&true.into(), &facts["origin"])
    );
    let shown = machine
        .run(&["local", "credentials", "--data-dir", &data])
        .succeeded()
        .json();
    assert_eq!(shown[0]["password"], facts["users"][0]["password"]);
    served.terminate();

    let status = machine
        .run(&["local", "status", "--data-dir", &data])
        .succeeded()
        .json();
    assert_eq!(status["running"], false);
    machine
        .run(&["local", "reset", "--data-dir", &data])
        .failed(2);
    machine.run(&reset).succeeded();
    assert!(!machine.path("data").exists());
    let gone = machine.run(&["local", "status", "--data-dir", &data, "-o", "json"]);
    assert_eq!(gone.failed(2).error()["code"], "no_local_cloud");
}

#[test]
fn signing_keys_are_rotated_between_two_runs_and_need_the_key_that_seals_them() {
    let machine = Machine::new();
    let data = machine.path("data").display().to_string();
    let keys =
        |verb: &str| ["local", "keys", verb, "--data-dir", &data, "-o", "json"].map(str::to_owned);
    let run = |verb: &str| machine.run(&keys(verb).each_ref().map(String::as_str));
    assert_eq!(run("list").failed(2).error()["code"], "no_local_cloud");
    let (served, _) = Served::start(&machine, "500");
    assert_eq!(
        run("rotate").failed(1).error()["code"],
        "data_directory_in_use"
    );
    served.terminate();

    let listed = run("list").succeeded().json();
    let id_of = |keys: &Value, state: &str| {
        let mut keys = keys.as_array().unwrap().iter();
        let key = keys.find(|key| key["state"] == state).unwrap();
        key["key_id"].clone()
    };
    let rotated = run("rotate").succeeded().json();
    assert_eq!(id_of(&rotated, "active"), id_of(&listed, "next"));
    assert_eq!(id_of(&rotated, "retired"), id_of(&listed, "active"));
    assert_eq!(run("list").succeeded().json(), rotated);

    let key_file = machine.path("other.key");
    std::fs::write(&key_file, [1; 32]).unwrap();
    std::fs::set_permissions(
        &key_file,
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let mut command = machine.command(&keys("list").each_ref().map(String::as_str));
    let output = command
        .env("LCS_KEY_ENCRYPTION_KEY_FILE", &key_file)
        .output()
        .unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["code"], "local_cloud");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("other.key"), "{message}");
    let help = error["help"].as_str().unwrap();
    assert!(help.contains("lcs local reset"), "{help}");
}

#[test]
fn changing_the_key_that_seals_the_others_may_be_killed_at_any_instant() {
    let machine = Machine::new();
    let data = machine.path("data").display().to_string();
    let arguments =
        |verb: &str| ["local", "keys", verb, "--data-dir", &data, "-o", "json"].map(str::to_owned);
    let run = |verb: &str| machine.run(&arguments(verb).each_ref().map(String::as_str));
    assert_eq!(run("reseal").failed(2).error()["code"], "no_local_cloud");
    let (served, _) = Served::start(&machine, "500");
    assert_eq!(
        run("reseal").failed(1).error()["code"],
        "data_directory_in_use"
    );
    served.terminate();

    let own = machine.path("data/secrets/key-encryption.key");
    let (first, keys) = (std::fs::read(&own).unwrap(), run("list").succeeded().json());
    let begun = Instant::now();
    let resealed = run("reseal").succeeded().json();
    let whole = begun.elapsed();
    assert_eq!(resealed["is_found_by_itself"], true);
    assert_ne!(std::fs::read(&own).unwrap(), first);

    let parts = 24;
    for part in 0..=parts {
        let mut process = Command::new(assert_cmd::cargo::cargo_bin("lcs"))
            .args(arguments("reseal"))
            .env("HOME", machine.path("home"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * part / parts);
        process.kill().unwrap();
        process.wait().unwrap();
        assert_eq!(run("list").succeeded().json(), keys, "{part} of {parts}");
    }
    run("reseal").succeeded();
    assert!(!own.with_extension("key.next").exists());
    let (served, _) = Served::start(&machine, "500");
    served.terminate();
}

#[test]
fn a_folder_of_somebody_else_or_of_a_newer_version_is_left_alone() {
    let machine = Machine::new();
    for (name, file, content, code) in [
        ("theirs", "thesis.txt", "years of work", "local_cloud"),
        (
            "newer",
            "version.json",
            r#"{"layout":99}"#,
            "data_directory_newer",
        ),
    ] {
        let folder = machine.path(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(file), content).unwrap();
        let path = folder.display().to_string();
        let serve = [
            "serve",
            "--data-dir",
            &path,
            "--listen",
            "127.0.0.1:0",
            "-o",
            "json",
        ];
        assert_eq!(machine.run(&serve).failed(1).error()["code"], code);
        assert_eq!(std::fs::read_to_string(folder.join(file)).unwrap(), content);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }
}
