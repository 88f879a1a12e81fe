//! Forms of output, files and modes, tokens from elsewhere: what needs no cloud.

use std::process::{Command, Stdio};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::machine::Machine;

fn with_profile() -> Machine {
    let machine = Machine::new();
    let set = [
        "profile",
        "set",
        "uat",
        "--tenant",
        "contoso.com",
        "--region",
        "eu",
    ];
    machine.run(&set).succeeded();
    machine
}

/// A token with these claims and no signature that anybody would accept.
fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.c2lnbmF0dXJl",
        part(&json!({ "alg": "RS256" })),
        part(claims)
    )
}

#[test]
fn one_result_has_four_forms_and_programs_get_json() {
    let machine = with_profile();
    let show = |form: &str| {
        machine
            .run(&["profile", "show", "-o", form])
            .succeeded()
            .stdout
    };
    assert_eq!(
        show("yaml"),
        "current: true\nname: uat\nregion: eu\ntenant: contoso.com\n"
    );
    assert_eq!(
        show("tsv"),
        "current\tname\tregion\ttenant\ntrue\tuat\teu\tcontoso.com\n"
    );
    let json = json!({ "current": true, "name": "uat", "region": "eu", "tenant": "contoso.com" });
    assert_eq!(serde_json::from_str::<Value>(&show("json")).unwrap(), json);
    assert_eq!(machine.run(&["profile", "show"]).succeeded().json(), json);
    let table = show("table");
    let words: Vec<&str> = table.split_whitespace().collect();
    let wanted = [
        "Name",
        "uat",
        "Current",
        "yes",
        "Tenant",
        "contoso.com",
        "Region",
        "eu",
    ];
    assert_eq!(words, wanted);
    assert!(
        !table.contains('\u{1b}'),
        "no colour where there is no terminal"
    );
}

#[test]
fn the_environment_chooses_form_and_profile_and_a_flag_beats_it() {
    let machine = with_profile();
    let output = machine
        .command(&["profile", "show"])
        .env("LCS_OUTPUT", "tsv")
        .env("LCS_PROFILE", "nowhere")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = machine
        .command(&["profile", "show", "--profile", "uat"])
        .env("LCS_OUTPUT", "tsv")
        .env("LCS_PROFILE", "nowhere")
        .output()
        .unwrap();
    assert!(output.stdout.starts_with(b"current\t"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn the_configuration_is_readable_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = with_profile();
    let mode = std::fs::metadata(machine.path("config/config.toml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_configuration_is_named_and_left_alone() {
    let machine = with_profile();
    let file = machine.path("config/config.toml");
    std::fs::write(&file, "current = [").unwrap();
    let error = machine
        .run(&["profile", "list", "-o", "json"])
        .failed(2)
        .error();
    assert_eq!(error["code"], "config_file");
    machine
        .run(&["profile", "set", "new", "--region", "eu"])
        .failed(2);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "current = [");
}

#[test]
fn a_reader_that_closed_its_pipe_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    for arguments in [["completions", "bash"], ["help", "db"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_lcs"))
            .args(arguments)
            .stdout(writer.try_clone().unwrap())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn packagers_get_a_manual_page_for_every_command() {
    let machine = Machine::new();
    machine.run(&["man", "--to", "pages"]).succeeded();
    for page in [
        "lcs.1",
        "lcs-db.1",
        "lcs-db-refresh.1",
        "lcs-local-credentials.1",
    ] {
        let text = std::fs::read_to_string(machine.path("pages").join(page)).unwrap();
        assert!(text.contains(".TH "), "{page}");
    }
}

#[test]
fn a_token_from_elsewhere_is_explained_without_a_sign_in() {
    let token = token(&json!({
        "aud": "https://lcsapi.fr.lcs.dynamics.com/", "scp": "User.Read", "exp": 1000, "tid": "t",
        "iss": "https://sts.windows.net/t/"
    }));
    let arguments = [
        "token",
        "--decode",
        "--stdin",
        "--api-url",
        "https://lcsapi.eu.lcs.dynamics.com",
    ];
    let explained = with_profile()
        .run_with_input(&arguments, &format!("Authorization: Bearer {token}\n"))
        .succeeded();
    assert!(
        !explained.stdout.contains(&token),
        "the token itself is not printed"
    );
    let claims = explained.json();
    let verdict = |name: &str| {
        let mut claims = claims.as_array().unwrap().iter();
        claims.find(|claim| claim["claim"] == name).unwrap()["verdict"].clone()
    };
    for name in ["aud", "scp", "exp"] {
        assert!(
            verdict(name).as_str().unwrap().starts_with("wrong"),
            "{name}"
        );
    }
    assert_eq!(verdict("iss"), "good");
}

#[test]
fn what_is_no_token_is_refused_without_being_repeated() {
    let arguments = ["token", "--decode", "--stdin", "-o", "json"];
    let outcome = Machine::new()
        .run_with_input(&arguments, "hunter2\n")
        .failed(2);
    assert_eq!(outcome.error()["code"], "not_a_token");
    assert!(!outcome.stderr.contains("hunter2"));
}
