//! Completion in the shell: names that were listed before, without asking anybody.

use lcs_testkit::TestCloud;

use crate::{machine::Machine, operations::json, waiting::signed_in};

/// What the shell is offered for the last of these words.
fn offered(machine: &Machine, words: &[&str]) -> Vec<String> {
    let mut command = machine.command(&[&["--"], words].concat());
    command
        .env("LCS_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
    let outcome = Machine::finish(&mut command).succeeded();
    assert_eq!(outcome.stderr, "");
    outcome.stdout.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn names_that_were_listed_are_completed_when_the_cloud_is_gone() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    let target = ["lcs", "db", "refresh", "--target", "Contoso-"];
    assert!(offered(&machine, &target).is_empty());
    json(&machine, &["env", "list"]);
    let export = [
        "db",
        "export",
        "--environment",
        "Contoso-UAT",
        "--name",
        "monday",
        "--wait",
    ];
    json(&machine, &export);
    json(&machine, &["db", "backups"]);
    drop(cloud);

    let environments = ["Contoso-PROD", "Contoso-UAT", "Contoso-TEST"];
    let mut found = offered(&machine, &target);
    found.sort();
    let mut expected = environments.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(
        offered(&machine, &["lcs", "env", "show", "Contoso-U"]),
        ["Contoso-UAT"]
    );
    assert_eq!(
        offered(&machine, &["lcs", "db", "download", "mon"]),
        ["monday"]
    );
    assert_eq!(offered(&machine, &["lcs", "op", "show", ""])[0], "1");
    assert_eq!(
        offered(&machine, &["lcs", "profile", "use", "cl"]),
        ["cloud"]
    );
    let other = ["lcs", "--profile", "nobody", "env", "show", "Contoso-"];
    assert!(
        offered(&machine, &other).is_empty(),
        "another profile has another project"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_real_bash_completes_by_the_script() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    json(&machine, &["env", "list"]);
    let script = machine.run(&["completions", "bash"]).succeeded().stdout;
    std::fs::write(machine.path("completion.bash"), script).unwrap();
    let line = r#"
        source completion.bash
        COMP_WORDS=(lcs env show Contoso-T) COMP_CWORD=3 COMP_TYPE=9
        _clap_complete_lcs lcs Contoso-T show
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let binary = assert_cmd::cargo::cargo_bin("lcs");
    let folder = binary.parent().unwrap();
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", line])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("LCS_CONFIG_DIR", machine.path("config"))
        .env("LCS_STATE_DIR", machine.path("state"))
        .current_dir(machine.path(""))
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Contoso-TEST\n",
        "{output:?}"
    );
}
