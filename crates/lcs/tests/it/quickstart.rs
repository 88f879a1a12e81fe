//! `lcs quickstart`: the story, its second run, and a database of the user's own.

use std::path::Path;

use crate::machine::Machine;

const CHINOOK: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../lcs-databases/fixtures/Chinook.sqlite"
);

#[test]
fn the_story_is_told_and_a_second_run_finds_everything_in_place() {
    let machine = Machine::new();
    let data = machine.path("data").display().to_string();
    let first = machine
        .run(&["quickstart", "--data-dir", &data, "--rows", "2000"])
        .succeeded();
    for part in [
        "single-tenant application registration",
        "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0",
        "admin consent to user_impersonation",
        "public client flows allowed",
        "scope=https://lcsapi.lcs.dynamics.com//.default",
        "scp    user_impersonation",
        "LOGISTICSELECTRONICADDRESS",
        "SHA-256",
        "What next?",
    ] {
        assert!(first.stderr.contains(part), "{part}: {}", first.stderr);
    }
    let summary = first.json();
    assert_eq!(
        (&summary["refresh"], &summary["verified"]),
        (&"done".into(), &true.into())
    );
    assert!(Path::new(summary["downloaded_to"].as_str().unwrap()).is_file());

    let second = machine
        .run(&["quickstart", "--data-dir", &data])
        .succeeded();
    assert_eq!(second.json()["refresh"], "already in place");
    assert_eq!(second.json()["client_id"], summary["client_id"]);
    assert!(!second.stderr.contains("created "), "{}", second.stderr);
    let profile = machine.run(&["profile", "show"]).succeeded().json();
    assert_eq!(profile["name"], "local");
}

#[test]
fn a_database_of_the_users_own_is_moved_and_never_written() {
    let machine = Machine::new();
    let own = machine.path("Chinook.sqlite");
    std::fs::copy(CHINOOK, &own).unwrap();
    let before = std::fs::read(&own).unwrap();
    let data = machine.path("data").display().to_string();
    let source = own.display().to_string();
    let arguments = [
        "quickstart",
        "--data-dir",
        &data,
        "--rows",
        "500",
        "--source",
        &source,
    ];
    let summary = machine.run(&arguments).succeeded().json();
    assert_eq!(summary["backup"], "quickstart Chinook");
    let verified = machine.run(&[
        "bacpac",
        "tables",
        summary["downloaded_to"].as_str().unwrap(),
    ]);
    let tables = verified.succeeded().json();
    let rows = |name: &str| {
        let found = tables
            .as_array()
            .unwrap()
            .iter()
            .find(|table| table["table"] == name);
        found.unwrap()["rows"].clone()
    };
    assert_eq!(
        (rows("[dbo].[Track]"), rows("[dbo].[Customer]")),
        (3503.into(), 59.into())
    );
    assert_eq!(std::fs::read(&own).unwrap(), before);
}

#[test]
fn a_source_that_is_missing_or_no_database_is_named() {
    let machine = Machine::new();
    let text = machine.path("notes.txt");
    std::fs::write(&text, "not a database").unwrap();
    for name in ["notes.txt", "missing.sqlite"] {
        let data = machine.path(&format!("data-{name}")).display().to_string();
        let source = machine.path(name).display().to_string();
        let outcome = machine.run(&[
            "quickstart",
            "--data-dir",
            &data,
            "--rows",
            "500",
            "--source",
            &source,
            "-o",
            "json",
            "-q",
        ]);
        let error = outcome.failed(1).error();
        assert!(error.to_string().contains(name), "{error}");
    }
}
