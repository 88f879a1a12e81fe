//! Usage: help, what is not there, completions, manual.

use crate::machine::Machine;

#[test]
fn help_groups_the_commands() {
    let help = Machine::new().run(&["--help"]).succeeded().stdout;
    for group in [
        "Start here:",
        "Sign in:",
        "Move databases:",
        "Local cloud:",
        "For packagers:",
    ] {
        assert!(help.contains(group), "{help}");
    }
}

#[test]
fn a_usage_error_is_one_json_object_for_those_who_asked_for_json() {
    let error = Machine::new()
        .run(&["-o", "json", "db", "fly"])
        .failed(2)
        .error();
    assert_eq!(error["code"], "usage");
    assert!(error["message"].as_str().unwrap().contains("fly"));
}

#[test]
fn a_password_is_no_flag() {
    let outcome = Machine::new().run(&["login", "--username", "a@b.example", "--password", "x"]);
    assert!(outcome.failed(2).stderr.contains("--password"));
}

#[test]
fn packagers_get_completions_and_a_manual() {
    let machine = Machine::new();
    assert!(
        machine
            .run(&["completions", "bash"])
            .succeeded()
            .stdout
            .contains("_lcs")
    );
    assert!(machine.run(&["man"]).succeeded().stdout.contains(".TH lcs"));
    assert!(
        machine
            .run(&["--version"])
            .succeeded()
            .stdout
            .starts_with("lcs ")
    );
}

#[test]
fn what_is_missing_is_named_with_the_flag_that_sets_it() {
    let machine = Machine::new();
    let error = machine
        .run(&["db", "backups", "-o", "json"])
        .failed(2)
        .error();
    assert_eq!(error["code"], "missing_setting");
    assert!(error["help"].as_str().unwrap().contains("--project"));
}

#[test]
fn a_closed_port_is_a_network_error_and_says_where() {
    let machine = Machine::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("https://{}", free.local_addr().unwrap());
    drop(free);
    let id = "11111111-1111-4111-8111-111111111111";
    let outcome = machine.run_with_input(
        &[
            "login",
            "--username",
            "a@contoso.com",
            "--password-stdin",
            "--authority",
            &origin,
            "--tenant",
            "contoso.com",
            "--client-id",
            id,
            "--api-url",
            &origin,
            "-o",
            "json",
        ],
        "secret\n",
    );
    let error = outcome.failed(8).error();
    assert_eq!(error["code"], "network");
    assert!(!error.to_string().contains("secret"));
}
