//! `lcs sandbox` with real programs: Python's standard library, shells, `lcs` itself.

use std::{
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::machine::{Machine, Outcome};

const PATIENCE: Duration = Duration::from_mins(1);

/// A sandbox with a small cloud, and the tester's path, where Python is.
fn sandbox(machine: &Machine, program: &[&str]) -> assert_cmd::Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "to find Python, as a shell would"
    )]
    let path = std::env::var_os("PATH").unwrap();
    let arguments = [
        "sandbox",
        "--rows",
        "500",
        "--data-dir",
        "data",
        "-o",
        "json",
    ];
    let mut command = machine.command(&[&arguments[..], &["--"], program].concat());
    command.env("PATH", path);
    command
}

#[test]
fn a_script_with_microsofts_hosts_in_it_runs_unmodified() {
    let machine = Machine::new();
    let script = machine.path("script.py");
    std::fs::write(&script, include_str!("hard_coded.py")).unwrap();
    let outcome = Machine::finish(
        // A variable that the program inherits does not lead it around the proxy.
        sandbox(&machine, &["python3", script.to_str().unwrap()]).env("NO_PROXY", "*"),
    );
    let said = outcome.succeeded().json();

    let tenant = said["access_token"]["tid"].as_str().unwrap().to_owned();
    let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
    let discovery = &said["discovery"];
    assert_eq!(discovery["issuer"], issuer);
    assert_eq!(discovery["cloud_instance_name"], "microsoftonline.com");
    assert_eq!(discovery["msgraph_host"], "graph.microsoft.com");
    let device = discovery["device_authorization_endpoint"].as_str().unwrap();
    assert!(device.starts_with("https://login.microsoftonline.com/"));
    assert_eq!(said["unknown_instance"], 400);

    assert_eq!(said["id_token"]["iss"], issuer);
    assert_eq!(
        said["access_token"]["iss"],
        format!("https://sts.windows.net/{tenant}/")
    );
    for token in ["id_token", "access_token"] {
        assert_eq!(said[token]["xms_local"], true, "{token}");
    }
    for region in ["us", "eu"] {
        assert_eq!(said[region][0], 200);
        assert_eq!(said[region][1]["IsSuccess"], true);
    }
    // As between the real regions and resources.
    assert_eq!(said["us_token_in_europe"], 401);
    assert_eq!(said["graph_token_at_lcs"], 401);
    let page = said["device_page"].as_str().unwrap();
    assert!(
        page.starts_with("https://localhost:"),
        "browsers are outside: {page}"
    );
    let outside = said["outside"].as_str().unwrap();
    assert!(
        outside.contains("403 example.com:443 is outside the sandbox"),
        "{outside}"
    );
    assert!(outside.contains("--network"), "{outside}");
}

#[test]
fn streams_and_exit_code_are_the_programs() {
    let machine = Machine::new();
    let script = r#"cat; echo "$1" >&2; exit 7"#;
    let mut command = sandbox(&machine, &["sh", "-c", script, "sh", "--rows"]);
    let outcome = Machine::finish(command.write_stdin("in"));
    let Outcome {
        exit,
        stdout,
        stderr,
    } = outcome;
    assert_eq!(
        (exit, stdout.as_str(), stderr.as_str()),
        (7, "in", "--rows\n")
    );
    let killed = Machine::finish(&mut sandbox(&machine, &["sh", "-c", "kill -9 $$"]));
    killed.failed(137);
}

#[test]
fn nothing_is_left_behind_but_the_cloud() {
    let machine = Machine::new();
    let temporary = machine.path("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let script = r#"cat "$SSL_CERT_FILE"; stat -c %a "$(dirname "$SSL_CERT_FILE")""#;
    let mut command = sandbox(&machine, &["sh", "-c", script]);
    let said = Machine::finish(command.env("TMPDIR", &temporary))
        .succeeded()
        .stdout;
    assert_eq!(said.matches("BEGIN CERTIFICATE").count(), 2, "{said}");
    assert!(said.ends_with("\n700\n"), "{said}");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
    // The authority that people may trust elsewhere signs none of Microsoft's names.
    let lasting = std::fs::read_to_string(machine.path("data/tls/ca.pem")).unwrap();
    assert!(said.contains(lasting.trim()) && !said.starts_with(&lasting));
    let again = Machine::finish(&mut sandbox(&machine, &["sh", "-c", script]));
    let again = again.succeeded().stdout;
    assert!(again.contains(lasting.trim()));
    assert_ne!(again, said, "an authority for each run");
}

#[test]
fn a_program_is_named_can_be_run_and_has_a_data_directory_to_itself() {
    let machine = Machine::new();
    machine.run(&["sandbox"]).failed(2);
    machine.run(&["sandbox", "true"]).failed(2);
    let missing = Machine::finish(&mut sandbox(&machine, &["no-such-program"]));
    assert_eq!(missing.failed(2).error()["code"], "program_not_run");

    let lcs = assert_cmd::cargo::cargo_bin("lcs");
    let inner = [
        lcs.to_str().unwrap(),
        "sandbox",
        "--data-dir",
        "data",
        "-o",
        "json",
        "--",
        "true",
    ];
    let error = Machine::finish(&mut sandbox(&machine, &inner))
        .failed(1)
        .error();
    assert_eq!(error["code"], "data_directory_in_use");
    assert!(error["help"].as_str().unwrap().contains("--data-dir"));
}

#[test]
fn outside_a_sandbox_microsofts_names_are_refused() {
    let machine = Machine::new();
    let name = "Login.MicrosoftOnline.com";
    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--host-name",
        name,
        "-o",
        "json",
    ];
    let error = machine.run(&serve).failed(1).error();
    assert_eq!(error["code"], "local_cloud");
    assert!(
        error["causes"][0].as_str().unwrap().contains(name),
        "{error}"
    );
    assert!(error["help"].as_str().unwrap().contains("lcs sandbox"));
}

#[test]
fn signals_are_the_programs_to_answer() {
    // A terminal sends Ctrl-C to both; SIGTERM comes to us alone.
    for (signal, name, to_group) in [(Signal::INT, "INT", true), (Signal::TERM, "TERM", false)] {
        let machine = Machine::new();
        let started = machine.path("started");
        let script = format!(
            "trap 'exit 9' {name}; touch '{}'; while :; do sleep 0.05; done",
            started.display()
        );
        let mut process = Command::new(assert_cmd::cargo::cargo_bin("lcs"))
            .args(["sandbox", "--rows", "500", "--", "sh", "-c", &script])
            .env("LCS_DATA_DIR", machine.path("data"))
            .env("HOME", machine.path("home"))
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let until = Instant::now() + PATIENCE;
        while !started.exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        let id = Pid::from_child(&process);
        if to_group {
            kill_process_group(id, signal).unwrap();
        } else {
            kill_process(id, signal).unwrap();
        }
        assert_eq!(process.wait().unwrap().code(), Some(9), "{name}");
    }
}
