//! Profiles: set, list, use, remove, and the file that holds them.

use crate::machine::Machine;

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn set(machine: &Machine, name: &str) {
    machine
        .run(&[
            "profile",
            "set",
            name,
            "--tenant",
            "contoso.com",
            "--client-id",
            ID,
            "--region",
            "eu",
        ])
        .succeeded();
}

#[test]
fn the_first_profile_is_the_current_one_and_later_ones_are_chosen() {
    let machine = Machine::new();
    assert_eq!(
        machine.run(&["profile", "list"]).succeeded().json(),
        serde_json::json!([])
    );
    set(&machine, "uat");
    set(&machine, "test");
    machine.run(&["profile", "use", "test"]).succeeded();
    let shown = machine.run(&["profile", "show"]).succeeded().json();
    assert_eq!(
        (&shown["name"], &shown["current"]),
        (&"test".into(), &true.into())
    );
    machine.run(&["profile", "remove", "test"]).succeeded();
    let listed = machine.run(&["profile", "list"]).succeeded().json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["region"], "eu");
}

#[test]
fn set_changes_only_what_is_given() {
    let machine = Machine::new();
    set(&machine, "uat");
    machine
        .run(&["profile", "set", "uat", "--project", "7"])
        .succeeded();
    let shown = machine.run(&["profile", "show", "uat"]).succeeded().json();
    assert_eq!(
        (&shown["tenant"], &shown["project"]),
        (&"contoso.com".into(), &"7".into())
    );
}

#[test]
fn bad_values_and_unknown_names_are_refused_and_change_nothing() {
    let machine = Machine::new();
    set(&machine, "uat");
    let file = machine.path("config/config.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    for (arguments, code) in [
        (
            vec!["profile", "set", "uat", "--region", "mars"],
            "invalid_setting",
        ),
        (
            vec!["profile", "set", "uat", "--client-id", "x"],
            "invalid_setting",
        ),
        (vec!["profile", "set", "no name"], "invalid_setting"),
        (vec!["profile", "use", "nowhere"], "unknown_profile"),
        (vec!["profile", "remove", "nowhere"], "unknown_profile"),
        (vec!["whoami", "--profile", "nowhere"], "unknown_profile"),
    ] {
        let arguments: Vec<&str> = [vec!["-o", "json"], arguments].concat();
        assert_eq!(
            machine.run(&arguments).failed(2).error()["code"],
            code,
            "{arguments:?}"
        );
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
}
