//! `lcs doctor` as people and pipelines call it. What it knows is tested with the whole local cloud
//! in `lcs-testkit`.

use lcs_testkit::TestCloud;

use crate::machine::Machine;

#[test]
fn without_settings_it_says_what_to_set_first() {
    let outcome = Machine::new().run(&["doctor", "-o", "json"]).failed(2);
    let said = outcome.json();
    assert_eq!(said["healthy"], false);
    assert_eq!(said["findings"], serde_json::json!(["settings"]));
    let settings = &said["checks"][0];
    assert_eq!(settings["id"], "settings");
    assert!(settings["remedy"].as_str().unwrap().contains("--"));
}

#[test]
fn what_it_cannot_use_is_told_and_not_passed_over() {
    let machine = Machine::new();
    machine.run(&["doctor", "--browser"]).failed(2);
    let mut command = machine.command(&["doctor", "-o", "json", "--region", "eu"]);
    command.args(["--tenant", "contoso.com", "--project", "none"]);
    command.args(["--client-id", "11111111-1111-4111-8111-111111111111"]);
    let said = Machine::finish(&mut command).failed(2).json();
    assert_eq!(said["findings"], serde_json::json!(["settings"]));
    let message = said["checks"][0]["message"].as_str().unwrap();
    assert!(message.contains("project is not valid"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_tells_the_same_and_no_secret() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id.to_string();
    let facts = cloud.facts().clone();
    let user = cloud.service_user().clone();
    tokio::task::spawn_blocking(move || {
        let machine = Machine::new();
        let project = facts.project_id.to_string();
        let name = user.user_principal_name.to_string();
        let call = |more: &[&str], password: &str| {
            let mut command = machine.command(&[&["doctor"], more].concat());
            command
                .env("LCS_AUTHORITY", &facts.authority)
                .env("LCS_API_URL", &facts.lcs_api)
                .env("LCS_RESOURCE", &facts.lcs_resource)
                .env("LCS_CLIENT_ID", &client)
                .env("LCS_PROJECT", &project)
                .env("LCS_CA_CERTIFICATE", &facts.ca_certificate)
                .env("LCS_USERNAME", &name)
                .env("LCS_PASSWORD", password);
            Machine::finish(&mut command)
        };
        let healthy = call(&["-o", "json", "-vvv"], &user.password).succeeded();
        assert_eq!(healthy.json()["healthy"], true, "{healthy:?}");
        let text = call(&["-o", "table"], &user.password).succeeded().stdout;
        assert!(text.contains("✓ consent:"), "{text}");
        assert!(text.contains("Step 3: public client"), "{text}");

        let wrong = call(&["-o", "json", "--junit", "doctor.xml"], "wrong").failed(3);
        let said = wrong.json();
        assert_eq!(said["findings"], serde_json::json!(["account"]));
        let account = said["checks"].as_array().unwrap().iter();
        let account = account
            .clone()
            .find(|check| check["id"] == "account")
            .unwrap();
        assert_eq!(account["step"], "prerequisites");
        assert_eq!(account["evidence"][0]["aadsts"], 50126);
        assert!(account["evidence"][0]["correlation_id"].is_string());
        assert!(
            account["documentation"]
                .as_str()
                .unwrap()
                .ends_with("#account")
        );
        let junit = std::fs::read_to_string(machine.path("doctor.xml")).unwrap();
        assert!(
            junit.contains("failures=\"1\"") && junit.contains("AADSTS50126"),
            "{junit}"
        );
        let text = call(&["-o", "table"], "wrong").failed(3).stdout;
        assert!(
            text.contains("✗ account:") && text.contains("to do: "),
            "{text}"
        );
        for told in [&healthy.stdout, &healthy.stderr, &junit, &text] {
            assert!(!told.contains(&user.password), "{told}");
        }
        // Looking kept nothing.
        assert!(!machine.path("state").join("tokens.sealed").exists());
    })
    .await
    .unwrap();
}
