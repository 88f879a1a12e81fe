//! The asset library and package deployment by the real binary: uploads that end in the middle, and
//! packages on their way to an environment, a scale unit and e-commerce.

use std::{fs, path::Path, time::Duration};

use lcs_cloud::config::{InfrastructureKind, SharedAssetConfig};
use lcs_testkit::{TestCloud, packages};
use lcs_types::AssetId;

use crate::{
    machine::Machine,
    operations::json,
    waiting::{signed_in, signed_in_through},
};

const BLOCK: usize = 8 * 1024 * 1024;
const SIZE: usize = 5 * BLOCK;

const UPLOAD: [&str; 6] = [
    "asset",
    "upload",
    "big.bin",
    "--name",
    "big",
    "--type=model",
];

/// A file of five blocks, each another.
fn big_file(machine: &Machine) -> Vec<u8> {
    let bytes: Vec<u8> = (0_u64..)
        .flat_map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes())
        .take(SIZE)
        .collect();
    fs::write(machine.path("big.bin"), &bytes).unwrap();
    bytes
}

/// Whether a whole block lies somewhere in the cloud.
fn holds_a_block(folder: &Path) -> bool {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => holds_a_block(&entry.path()),
            Ok(metadata) => {
                let is_block = entry
                    .path()
                    .parent()
                    .is_some_and(|it| it.ends_with("blocks"));
                is_block && metadata.len() == BLOCK as u64
            }
            Err(_) => false,
        })
}

/// An upload that was killed when its first block had arrived and the last could not have; with the
/// file's bytes.
async fn interrupted_upload() -> (TestCloud, Machine, Vec<u8>) {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    let bytes = big_file(&machine);
    let mut client = machine.spawn(&[&UPLOAD[..], &["--limit-rate", "8M"]].concat());
    while !holds_a_block(&cloud.folder()) {
        assert!(client.try_wait().unwrap().is_none(), "it is not done yet");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.kill().unwrap();
    client.wait().unwrap();
    (cloud, machine, bytes)
}

/// Asserts that one model stands in the library, and answers it.
fn only_model(machine: &Machine) -> serde_json::Value {
    let listed = json(machine, &["asset", "list", "--type", "model"]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    listed[0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_whose_process_is_killed_goes_on_in_another_one() {
    let (_cloud, machine, bytes) = interrupted_upload().await;

    let uploaded = json(&machine, &UPLOAD);
    let resumed = uploaded["resumed_from_bytes"].as_u64().unwrap();
    assert!(resumed >= BLOCK as u64, "{uploaded}");
    assert_eq!(only_model(&machine)["id"], uploaded["id"]);
    json(
        &machine,
        &["asset", "download", "big", "--type=model", "--to=back.bin"],
    );
    assert!(fs::read(machine.path("back.bin")).unwrap() == bytes);
    let kept = fs::read_dir(machine.path("state").join("uploads")).unwrap();
    assert_eq!(kept.count(), 0, "nothing is kept of what is done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_whose_link_has_expired_begins_anew_and_says_so() {
    let (cloud, machine, _) = interrupted_upload().await;
    cloud.clock.advance(jiff::SignedDuration::from_hours(25));

    let outcome = machine.run(&[&UPLOAD[..], &["-o", "table"]].concat());
    let outcome = outcome.succeeded();
    assert!(
        outcome.stderr.contains("going on with the upload"),
        "{outcome:?}"
    );
    assert!(outcome.stderr.contains("begins anew"), "{outcome:?}");
    only_model(&machine);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_whose_asset_somebody_deleted_begins_anew() {
    let (_cloud, machine, _) = interrupted_upload().await;
    let kept = fs::read_dir(machine.path("state").join("uploads"));
    let kept = kept.unwrap().next().unwrap().unwrap().path();
    let kept: serde_json::Value = serde_json::from_slice(&fs::read(kept).unwrap()).unwrap();
    let reserved = kept["id"].as_str().unwrap();
    machine
        .run(&["asset", "delete", reserved, "--yes"])
        .succeeded();

    let uploaded = json(&machine, &UPLOAD);
    assert_ne!(uploaded["id"], kept["id"]);
    assert_eq!(uploaded["resumed_from_bytes"], 0);
    only_model(&machine);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_package_goes_to_its_environment_and_its_status_is_shown() {
    let cloud = TestCloud::start().await.unwrap();
    let gateway = cloud.gateway().unwrap();
    let machine = signed_in_through(&cloud, &gateway.origin, &gateway.certificates).await;
    fs::write(machine.path("release.zip"), packages::deployable()).unwrap();
    let upload = [
        "asset",
        "upload",
        "release.zip",
        "--name",
        "release-42",
        "--wait",
    ];
    assert_eq!(json(&machine, &upload)["validation_status"], "Done");
    let start = [
        "deploy",
        "start",
        "--environment",
        "Contoso-UAT",
        "--asset",
        "release-42",
        "--name",
        "update-42",
        "--yes",
    ];
    let started = json(&machine, &start);
    let id = started["operation_activity_id"].as_str().unwrap();
    assert_eq!(json(&machine, &["deploy", "wait"])["status"], "Completed");
    let status = ["deploy", "status", id, "--environment", "Contoso-UAT"];
    assert_eq!(json(&machine, &status)["status"], "Completed");
    let by_id = started["environment_id"].as_str().unwrap();
    let before = gateway.passed();
    json(&machine, &["deploy", "status", id, "--environment", by_id]);
    assert_eq!(
        gateway.passed(),
        before + 1,
        "what is known is not asked for"
    );
    let history = json(&machine, &["env", "history", "Contoso-UAT"]);
    assert_eq!(history[0]["name"], "update-42", "{history}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commerce_packages_go_to_a_scale_unit_and_to_e_commerce() {
    let cloud = TestCloud::start().await.unwrap();
    let machine = signed_in(&cloud).await;
    for (name, kind, entry, target) in [
        ("csu-7", "29", "a.dll", ["--scale-unit", "CSU-1"]),
        ("site-7", "26", "index.html", ["--ecommerce", "site"]),
    ] {
        let file = format!("{name}.zip");
        fs::write(machine.path(&file), packages::archive(&[(entry, "x")])).unwrap();
        json(
            &machine,
            &[
                "asset", "upload", &file, "--name", name, "--type", kind, "--wait",
            ],
        );
        let listed = json(&machine, &["asset", "list", "--type", kind]);
        let asset = listed[0]["id"].as_str().unwrap();
        let start = [
            "deploy",
            "start",
            "--environment",
            "Contoso-UAT",
            "--yes",
            "--wait",
        ];
        let ended = json(
            &machine,
            &[&start[..], &["--asset", asset], &target].concat(),
        );
        assert_eq!(ended["status"], "Succeeded", "{ended}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_shared_library_has_the_files_of_the_configuration() {
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("demo.axmodel");
    fs::write(&file, "a model").unwrap();
    let cloud = TestCloud::start_with(|options| {
        let shared = &mut options.config.as_mut().unwrap().lcs.shared_assets;
        shared.push(SharedAssetConfig {
            id: AssetId::from_u128(42),
            name: "demo".to_owned(),
            description: None,
            kind: "model".to_owned(),
            file,
        });
    })
    .await
    .unwrap();
    cloud.wait_until_idle().await;
    let machine = signed_in(&cloud).await;
    let listed = json(&machine, &["asset", "list", "--shared", "--type", "model"]);
    assert_eq!(listed[0]["name"], "demo", "{listed}");
    let id = listed[0]["id"].as_str().unwrap();
    json(&machine, &["asset", "download", id, "--to", "demo.axmodel"]);
    let fetched = fs::read_to_string(machine.path("demo.axmodel")).unwrap();
    assert_eq!(fetched, "a model");
    let delete = machine.run(&["asset", "delete", id, "--yes", "-o", "json"]);
    assert_eq!(delete.failed(5).error()["code"], "refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_on_premises_environment_is_brought_a_package_and_deploys_it_later() {
    let cloud = TestCloud::start_with(|options| {
        let test = &mut options.config.as_mut().unwrap().environments[2];
        test.infrastructure = InfrastructureKind::OnPremises;
    })
    .await
    .unwrap();
    let machine = signed_in(&cloud).await;
    let environment = ["--environment", "Contoso-TEST", "--yes"];
    let finalize = [
        &["deploy", "finalize", "--wait", "-o", "json"][..],
        &environment,
    ]
    .concat();
    assert_eq!(machine.run(&finalize).failed(2).error()["code"], "usage");

    fs::write(machine.path("release.zip"), packages::deployable()).unwrap();
    let upload = [
        "asset",
        "upload",
        "release.zip",
        "--name",
        "release-42",
        "--wait",
    ];
    json(&machine, &upload);
    let start = [
        "deploy",
        "start",
        "--asset=release-42",
        "--name=update-42",
        "--wait",
    ];
    let prepared = json(&machine, &[&start[..], &environment].concat());
    assert_eq!(prepared["status"], "PreparationSucceeded");
    let deployed = machine.run(&finalize).succeeded().json();
    assert_eq!(deployed["status"], "Deployed");
    let id = deployed["operation_activity_id"].as_str().unwrap();
    let status = ["deploy", "status", id, "--environment", "Contoso-TEST"];
    assert_eq!(json(&machine, &status)["status"], "Deployed");

    let again = machine.run(&finalize).failed(5).error();
    let message = again["message"].as_str().unwrap();
    assert!(
        message.contains("already being deployed, or is deployed"),
        "{again}"
    );
    let history = json(&machine, &["env", "history", "Contoso-TEST"]);
    let kinds: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["type"])
        .collect();
    assert_eq!(kinds.len(), 2, "{history}");
}
