//! `lcs setup` in the tenant of a whole local cloud.

use lcs_testkit::TestCloud;
use serde_json::Value;

use crate::machine::{Machine, Outcome};

/// A machine with a profile that names the cloud and no application.
struct Desk {
    machine: Machine,
    administrator: (String, String),
    user: (String, String),
}

impl Desk {
    fn setup(&self, who: &(String, String), arguments: &[&str]) -> Outcome {
        let sign_in = ["setup", "--username", &who.0, "--password-stdin"];
        let arguments = [&sign_in[..], arguments, &["-o", "json"]].concat();
        self.machine
            .run_with_input(&arguments, &format!("{}\n", who.1))
    }

    fn administrator(&self, arguments: &[&str]) -> Value {
        self.setup(&self.administrator, arguments)
            .succeeded()
            .json()
    }

    /// What a set-up would change.
    fn planned(&self) -> Vec<String> {
        let plan = self.administrator(&["--plan"]);
        let changes = plan.as_array().unwrap().iter();
        changes
            .filter(|change| change["change"] != "none")
            .map(|change| change["object"].as_str().unwrap().to_owned())
            .collect()
    }
}

const EVERYTHING: [&str; 5] = [
    "application",
    "permission",
    "client_service_principal",
    "admin_consent",
    "public_client",
];

async fn at_a_desk(users_may_register: bool, story: impl FnOnce(&Desk) + Send + 'static) {
    let cloud = TestCloud::start_with(|options| {
        let config = options.config.as_mut().unwrap();
        config.tenant.settings.users_may_register_applications = users_may_register;
    })
    .await
    .unwrap();
    let facts = cloud.facts().clone();
    let named = |user: &lcs_wire::local::ReadyUser| {
        (user.user_principal_name.to_string(), user.password.clone())
    };
    let desk = Desk {
        machine: Machine::new(),
        administrator: named(cloud.administrator()),
        user: named(cloud.service_user()),
    };
    tokio::task::spawn_blocking(move || {
        let project = facts.project_id.to_string();
        let ca = facts.ca_certificate.display().to_string();
        let arguments = [
            "profile",
            "set",
            "cloud",
            "--authority",
            &facts.authority,
            "--api-url",
            &facts.lcs_api,
            "--resource",
            &facts.lcs_resource,
            "--graph-url",
            &facts.graph,
            "--project",
            &project,
            "--ca-certificate",
            &ca,
        ];
        desk.machine.run(&arguments).succeeded();
        story(&desk);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_looked_at_set_up_used_and_given_back() {
    at_a_desk(false, |desk| {
        assert_eq!(desk.planned(), EVERYTHING);
        assert_eq!(desk.planned(), EVERYTHING, "a plan changes nothing");
        let plan = desk.administrator(&["--plan"]);
        assert_eq!(plan[0]["before"], serde_json::json!([]));
        assert_eq!(
            plan[0]["after"],
            serde_json::json!(["LCS toolkit", "AzureADMyOrg", "http://localhost"])
        );
        let unconfirmed = desk.setup(&desk.administrator, &[]).failed(2).error();
        assert_eq!(unconfirmed["code"], "confirmation_needed");

        let first = desk.administrator(&["--yes"]);
        assert_eq!(first["changed"], true);
        assert_eq!(first["profile"], "cloud");
        let second = desk.machine.run(&["setup", "-o", "json"]).succeeded();
        assert_eq!(second.json()["changed"], false, "nobody had to be asked");
        assert_eq!(second.json()["client_id"], first["client_id"]);

        let login = ["login", "--username", &desk.user.0, "--password-stdin"];
        let password = format!("{}\n", desk.user.1);
        desk.machine.run_with_input(&login, &password).succeeded();
        desk.machine.run(&["db", "backups"]).succeeded();

        let undone = desk.administrator(&["--undo", "--yes"]);
        let deleted = undone.as_array().unwrap().iter();
        assert_eq!(
            deleted
                .filter(|change| change["change"] == "delete")
                .count(),
            3,
            "application, service principal, consent: {undone}"
        );
        assert_eq!(desk.planned(), EVERYTHING);
        let again = desk.administrator(&["--undo", "--yes"]);
        assert_eq!(again, serde_json::json!([]));
        desk.machine.run_with_input(&login, &password).failed(3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_does_what_they_may_and_learns_what_an_administrator_has_to_do() {
    at_a_desk(true, |desk| {
        let refused = desk.setup(&desk.user, &["--yes"]).failed(4).error();
        assert_eq!(refused["code"], "consent_missing", "{refused}");
        let details = &refused["details"];
        assert_eq!(details["left"][0]["object"], "admin_consent");
        assert_eq!(details["left"].as_array().unwrap().len(), 1);
        let client = details["client_id"].as_str().unwrap();
        let url = details["admin_consent_url"].as_str().unwrap();
        assert!(url.contains("/v2.0/adminconsent?client_id="), "{url}");
        assert!(url.contains(client), "{url}");
        assert_eq!(desk.planned(), ["admin_consent"]);
        let done = desk.administrator(&["--yes"]);
        assert_eq!(done["client_id"], client);
        assert_eq!(desk.planned(), [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_register_nothing_is_told_whom_to_ask() {
    at_a_desk(false, |desk| {
        let refused = desk.setup(&desk.user, &["--yes"]).failed(4).error();
        assert_eq!(refused["code"], "consent_missing", "{refused}");
        assert_eq!(refused["details"]["client_id"], Value::Null);
        assert_eq!(desk.planned(), EVERYTHING, "nothing was left behind");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_elsewhere_is_enough_and_a_wrong_one_is_refused() {
    at_a_desk(false, |desk| {
        let with_token = |token: &str| {
            let mut command = desk.machine.command(&["setup", "--plan", "-o", "json"]);
            Machine::finish(command.env("LCS_GRAPH_TOKEN", token))
        };
        assert_eq!(
            with_token("wrong").failed(3).error()["code"],
            "not_signed_in"
        );
        let no_az = ["setup", "--azure-cli", "--plan", "-o", "json"];
        let refused = desk.machine.run(&no_az).failed(2).error();
        assert_eq!(refused["code"], "program_not_run");
    })
    .await;
}

#[test]
fn the_same_steps_are_printed_without_a_sign_in_for_those_who_may_not_run_them() {
    let machine = Machine::new();
    for (form, holds) in [
        ("azure-cli", "oauth2PermissionGrants"),
        ("terraform", "azuread_application"),
        ("portal", "Grant admin consent"),
    ] {
        let arguments = ["setup", "--tenant", "contoso.com", "--emit", form];
        let printed = machine.run(&arguments).succeeded().stdout;
        assert!(printed.contains(holds), "{printed}");
        assert!(printed.contains("contoso.com"), "{printed}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_goes_on_where_it_stopped_and_can_be_taken_back() {
    use std::{process::Stdio, time::Duration};

    at_a_desk(false, |desk| {
        assert_eq!(desk.planned(), EVERYTHING, "and the sign-in is kept");
        let tenant_records = desk.machine.path("state").join("setup");
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("lcs"))
            .env_clear()
            .env("HOME", desk.machine.path(""))
            .env("LCS_CONFIG_DIR", desk.machine.path("config"))
            .env("LCS_STATE_DIR", desk.machine.path("state"))
            .args(["setup", "--yes"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // As soon as something is noted, something is about to be written.
        let has_record = || {
            let files = std::fs::read_dir(&tenant_records).into_iter().flatten();
            files
                .flatten()
                .any(|file| file.path().extension().is_some_and(|it| it == "json"))
        };
        while !has_record() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(has_record());

        let resumed = desk.administrator(&["--yes"]);
        assert_eq!(desk.planned(), [""; 0]);
        let plan = desk.administrator(&["--plan"]);
        assert_eq!(plan[0]["object"], "application", "there is one and not two");
        assert!(resumed["client_id"].is_string());
        desk.administrator(&["--undo", "--yes"]);
        assert_eq!(desk.planned(), EVERYTHING);
    })
    .await;
}
