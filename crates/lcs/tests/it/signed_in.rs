//! Signed in to a whole local cloud: the commands a pipeline runs.

use lcs_testkit::TestCloud;
use serde_json::Value;

use crate::machine::{Machine, Outcome};

/// A machine with a profile for the cloud, and who signs in.
struct Desk {
    machine: Machine,
    user: String,
    password: String,
    mfa_user: String,
    mfa_password: String,
}

impl Desk {
    fn run(&self, arguments: &[&str]) -> Outcome {
        self.machine.run(arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["-o", "json"]].concat())
            .succeeded()
            .json()
    }

    fn error(&self, exit: i32, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["-o", "json"]].concat())
            .failed(exit)
            .error()
    }

    fn sign_in(&self) {
        let arguments = ["login", "--username", &self.user, "--password-stdin"];
        self.machine
            .run_with_input(&arguments, &format!("{}\n", self.password))
            .succeeded();
    }
}

/// The cloud runs on the test's runtime, the binary beside it.
async fn at_a_desk(story: impl FnOnce(&Desk) + Send + 'static) {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id.to_string();
    let facts = cloud.facts().clone();
    let desk = Desk {
        machine: Machine::new(),
        user: cloud.service_user().user_principal_name.to_string(),
        password: cloud.service_user().password.clone(),
        mfa_user: cloud.mfa_user().user_principal_name.to_string(),
        mfa_password: cloud.mfa_user().password.clone(),
    };
    tokio::task::spawn_blocking(move || {
        let project = facts.project_id.to_string();
        let ca = facts.ca_certificate.display().to_string();
        desk.run(&[
            "profile",
            "set",
            "cloud",
            "--authority",
            &facts.authority,
            "--api-url",
            &facts.lcs_api,
            "--resource",
            &facts.lcs_resource,
            "--client-id",
            &client,
            "--project",
            &project,
            "--ca-certificate",
            &ca,
        ])
        .succeeded();
        story(&desk);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_refreshed_exported_and_downloaded() {
    at_a_desk(|desk| {
        desk.sign_in();
        let environments = desk.json(&["env", "list"]);
        assert_eq!(environments[0]["name"], "Contoso-PROD");
        let refreshed = desk.json(&[
            "db",
            "refresh",
            "--source",
            "Contoso-PROD",
            "--target",
            "contoso-uat",
            "--yes",
            "--wait",
        ]);
        assert_eq!(refreshed["status"], "Completed");
        let id = refreshed["operation_activity_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let status = desk.json(&["db", "status", &id, "--environment", "Contoso-UAT"]);
        assert_eq!(status["status"], "Completed");
        assert_eq!(
            desk.json(&["db", "wait"])["operation_activity_id"],
            id.as_str()
        );
        desk.json(&[
            "db",
            "export",
            "--environment",
            "Contoso-UAT",
            "--name",
            "uat",
            "--wait",
        ]);
        let backups = desk.run(&["db", "backups", "-o", "json"]).succeeded();
        assert_eq!(backups.json()[0]["file_name"], "uat.bacpac");
        assert!(!backups.stdout.contains("sig="), "a signature is secret");
        let downloaded = desk.json(&["db", "download", "--latest"]);
        assert_eq!(downloaded["verified"], true);
        let verified = desk.json(&["bacpac", "verify", "uat.bacpac"]);
        assert_eq!(verified["sound"], true);
        assert_eq!(
            desk.error(2, &["db", "download", "uat"])["code"],
            "file_exists"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_destroys_asks_and_what_is_wrong_is_told_before_anything_starts() {
    at_a_desk(|desk| {
        desk.sign_in();
        let refresh = |source, target, more: &[&'static str]| {
            [
                &["db", "refresh", "--source", source, "--target", target][..],
                more,
            ]
            .concat()
        };
        let (production, uat) = ("Contoso-PROD", "Contoso-UAT");
        let unconfirmed = desk.error(2, &refresh(production, uat, &[]));
        assert_eq!(unconfirmed["code"], "confirmation_needed");
        let same = desk.error(2, &refresh(uat, uat, &["--yes"]));
        assert_eq!(same["code"], "same_environment");
        let unknown = desk.error(2, &refresh("Nowhere", uat, &["--yes"]));
        assert!(unknown["help"].as_str().unwrap().contains(production));
        let unnamed = desk.error(2, &refresh(uat, production, &["--yes"]));
        assert_eq!(unnamed["code"], "confirmation_needed");
        let named = ["--confirm-production", production];
        let refused = desk.error(5, &refresh(uat, production, &named));
        assert!(refused["server"]["operation_activity_id"].is_string());
        let plan = desk.json(&refresh(production, uat, &["--plan"]));
        assert_eq!(plan["problems"], serde_json::json!([]));
        assert_eq!(
            desk.error(2, &["db", "wait"])["code"],
            "no_operation",
            "nothing was started"
        );
        assert_eq!(
            desk.error(2, &["db", "download", "nothing"])["code"],
            "unknown_backup"
        );
        let backup = desk.error(2, &["db", "export", "--environment", uat, "--name", "a/b"]);
        assert_eq!(backup["code"], "invalid_setting");
        for _ in 0..3 {
            desk.json(&refresh(production, uat, &["--yes", "--wait"]));
        }
        let plan = desk.run(&refresh(production, uat, &["--plan"])).failed(6);
        let plan = plan.json();
        assert_eq!(plan["starts_left"], 0);
        assert!(plan["reopens_at"].is_string());
        let fourth = desk.error(6, &refresh(production, uat, &["--yes"]));
        assert_eq!(fourth["code"], "limit_reached");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_out_and_refusals_with_the_servers_own_identifiers() {
    at_a_desk(|desk| {
        assert_eq!(desk.error(3, &["db", "backups"])["code"], "not_signed_in");
        let login = |user: &str, password: &str| {
            let arguments = [
                "login",
                "--username",
                user,
                "--password-stdin",
                "-o",
                "json",
            ];
            desk.machine.run_with_input(&arguments, password)
        };
        let wrong = login(&desk.user, "wrong\n").failed(3).error();
        assert_eq!(wrong["server"]["aadsts"], 50126);
        assert!(wrong["server"]["correlation_id"].is_string());
        let mfa = login(&desk.mfa_user, &desk.mfa_password).failed(3).error();
        assert_eq!(mfa["server"]["aadsts"], 50076);
        assert!(mfa["help"].as_str().unwrap().contains("device code"));
        desk.sign_in();
        assert_eq!(desk.json(&["whoami"])["account"], desk.user.as_str());
        let token = desk.run(&["token"]).succeeded().stdout;
        assert_eq!(token.trim().split('.').count(), 3);
        let header = desk
            .run(&["token", "--format", "header"])
            .succeeded()
            .stdout;
        assert_eq!(header, format!("Authorization: Bearer {token}"));
        let claims = desk.run(&["token", "--decode", "-o", "json"]).succeeded();
        assert!(
            !claims.stdout.contains(token.trim()),
            "the token itself is not printed"
        );
        let scope = claims.json();
        let scope = scope
            .as_array()
            .unwrap()
            .iter()
            .find(|claim| claim["claim"] == "scp");
        assert_eq!(scope.unwrap()["verdict"], "good");
        assert_eq!(desk.json(&["logout"])["sessions_forgotten"], 1);
        desk.run(&["token"]).failed(3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_password_nor_token_lies_readable_in_any_file_or_log() {
    at_a_desk(|desk| {
        let arguments = [
            "login",
            "--username",
            &desk.user,
            "--password-stdin",
            "-vvv",
        ];
        let input = format!("{}\n", desk.password);
        let login = desk.machine.run_with_input(&arguments, &input).succeeded();
        let token = desk.run(&["token"]).succeeded().stdout.trim().to_owned();
        let listed = desk.run(&["db", "backups", "-vvv"]).succeeded();
        for log in [login.stderr, listed.stderr] {
            assert!(
                !log.contains(&desk.password) && !log.contains(&token),
                "{log}"
            );
        }
        let mut folders = vec![desk.machine.path("config"), desk.machine.path("state")];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                files += 1;
                let content = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert!(!content.contains(&desk.password), "{}", path.display());
                assert!(!content.contains(&token), "{}", path.display());
            }
        }
        assert!(files >= 3, "profile, cache and key were looked at");
    })
    .await;
}
