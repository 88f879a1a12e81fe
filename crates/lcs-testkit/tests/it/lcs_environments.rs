//! The environment API: history, start and stop, certificates, limits of requests.

use std::path::Path;

use jiff::SignedDuration;
use lcs_cloud::{
    CloudConfig,
    config::{EnvironmentKind, InfrastructureKind, LifecycleKind},
};
use lcs_testkit::TestCloud;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::raw::Raw;

/// The Contoso sample whose TEST is a developer's cloud-hosted machine.
async fn cloud_hosted() -> (TestCloud, Raw, String) {
    with(|config| {
        let test = &mut config.environments[2];
        test.kind = EnvironmentKind::Development;
        test.infrastructure = InfrastructureKind::CustomerManaged;
    })
    .await
}

async fn with(change: impl FnOnce(&mut CloudConfig) + Send) -> (TestCloud, Raw, String) {
    let cloud = TestCloud::start_with(|options| {
        change(options.config.as_mut().unwrap());
    })
    .await
    .unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let test = cloud.facts().environments[2].id.to_string();
    (cloud, raw, test)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_names_every_operation_newest_first_page_by_page() {
    let cloud = TestCloud::start().await.unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let uat = cloud.environment("Contoso-UAT").id;
    let production = cloud.environment("Contoso-PROD").id;
    let refresh = raw
        .post(&format!(
            "/databasemovement/v1/refresh/project/{{project}}/source/{production}/target/{uat}"
        ))
        .await;
    cloud.wait_until_idle().await;
    cloud.clock.advance(SignedDuration::from_mins(1));
    raw.post(&format!(
        "/databasemovement/v1/export/project/{{project}}/environment/{uat}/backupName/monday"
    ))
    .await;
    cloud.wait_until_idle().await;

    let path = format!("/environmentinfo/v1/history/project/{{project}}/environment/{uat}/?page=1");
    let page = raw.get(&path).await;
    assert_eq!(page["ResultPageCurrent"], 1);
    assert_eq!(page["ResultHasMorePages"], false);
    let items = page["Data"].as_array().unwrap();
    let names: Vec<&str> = items
        .iter()
        .map(|item| item["Name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["monday", "Refresh from Contoso-PROD"]);
    let oldest = &items[1];
    assert_eq!(oldest["ActivityId"], refresh["OperationActivityId"]);
    assert_eq!(oldest["Type"], "DatabaseRefresh");
    assert_eq!(oldest["Status"], "Completed");
    assert_eq!(oldest["EnvironmentId"], uat.to_string());
    // `yyyy-MM-ddTHH:mm:ss.f`, without zone.
    let start = oldest["StartDateTimeUTC"].as_str().unwrap();
    assert_eq!(start.len(), "2021-08-05T22:59:58.1".len(), "{start}");
    assert!(oldest["EndDateTimeUTC"].is_string());
    let past = raw.get(&path.replace("page=1", "page=9")).await;
    assert_eq!(past["Data"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_hosted_environment_is_stopped_and_started() {
    let (cloud, raw, test) = cloud_hosted().await;
    let call =
        |verb: &str| format!("/environment/v1/{verb}/project/{{project}}/environment/{test}");
    let state = async || {
        let query = format!("/environmentinfo/v1/detail/project/{{project}}/?environmentId={test}");
        let detail = raw.get(&query).await["Data"][0].clone();
        (
            detail["DeploymentState"].as_str().unwrap().to_owned(),
            detail["CanStart"].as_bool().unwrap(),
            detail["CanStop"].as_bool().unwrap(),
        )
    };
    assert_eq!(state().await, ("Finished".to_owned(), false, true));
    assert_eq!(raw.post(&call("start")).await["IsSuccess"], true);
    assert_eq!(raw.post(&call("stop")).await["IsSuccess"], true);
    assert_eq!(state().await, ("Stopping".to_owned(), false, false));
    cloud.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(state().await, ("Stopped".to_owned(), true, false));
    let again = raw.post(&call("stop")).await;
    assert_eq!(again["IsSuccess"], false);
    assert!(
        again["ErrorMessage"]
            .as_str()
            .unwrap()
            .contains("already stopped")
    );
    assert_eq!(raw.post(&call("start")).await["IsSuccess"], true);
    cloud.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(state().await, ("Finished".to_owned(), false, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn self_service_environments_are_neither_started_nor_stopped() {
    let (_cloud, raw, test) = with(|_| {}).await;
    for verb in ["start", "stop"] {
        let answer = raw
            .post(&format!(
                "/environment/v1/{verb}/project/{{project}}/environment/{test}"
            ))
            .await;
        assert_eq!(answer["IsSuccess"], false);
        assert!(
            answer["ErrorMessage"]
                .as_str()
                .unwrap()
                .contains("cloud-hosted")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_stable_and_its_password_new_with_every_download() {
    let (cloud, raw, test) = with(|_| {}).await;
    let path = format!("/environmentinfo/v1/rsatdownload/project/{{project}}/environment/{test}");
    let (first, second) = (raw.get(&path).await, raw.get(&path).await);
    let field = |answer: &Value, name: &str| answer["Data"][name].as_str().unwrap().to_owned();
    let thumbprint = field(&first, "CertificateThumbprint");
    assert_eq!(thumbprint.len(), 40);
    assert_eq!(thumbprint, thumbprint.to_uppercase());
    assert_eq!(thumbprint, field(&second, "CertificateThumbprint"));
    let secret = |answer| field(answer, "CertificateSecretEncoded");
    assert_ne!(secret(&first), secret(&second));
    assert!(field(&first, "ExpirationISODateTimeUTC").ends_with('Z'));
    let name = field(&first, "Filename");
    assert!(
        name.starts_with("RSATCertificate_Contoso-TEST_")
            && Path::new(&name).extension().is_some_and(|it| it == "zip"),
        "{name}"
    );

    cloud.clock.advance(SignedDuration::from_hours(350 * 24));
    let raw = Raw::signed_in(&cloud).await;
    let renewed = raw.get(&path).await;
    assert_ne!(field(&renewed, "CertificateThumbprint"), thumbprint);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_beyond_their_limit_are_told_when_to_come_back() {
    let (cloud, raw, test) = with(|config| config.lcs.request_limits = true).await;
    let path = "/environmentinfo/v1/detail/project/{project}/?page=1";
    for _ in 0..6 {
        assert_eq!(raw.send(Method::GET, path).await.status(), StatusCode::OK);
    }
    let seventh = raw.send(Method::GET, path).await;
    assert_eq!(seventh.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(seventh.headers()["retry-after"], "60");
    assert!(seventh.headers().contains_key("activity-id"));
    assert_eq!(seventh.text().await.unwrap(), "");
    cloud.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(raw.send(Method::GET, path).await.status(), StatusCode::OK);

    let certificate =
        format!("/environmentinfo/v1/rsatdownload/project/{{project}}/environment/{test}");
    assert_eq!(raw.send(Method::GET, &certificate).await.status(), 200);
    assert_eq!(raw.send(Method::GET, &certificate).await.status(), 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_or_migrated_is_shown_and_refused() {
    let (cloud, raw, test) = with(|config| {
        config.environments[1].lifecycle = LifecycleKind::Deleted;
        config.environments[2].lifecycle = LifecycleKind::Migrated;
    })
    .await;
    let all = raw
        .get("/environmentinfo/v1/detail/project/{project}")
        .await;
    let names: Vec<&str> = all["Data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["EnvironmentName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Contoso-PROD", "Contoso-TEST"]);
    let (production, deleted) = (
        cloud.environment("Contoso-PROD").id,
        cloud.environment("Contoso-UAT").id,
    );
    for (target, words) in [
        (deleted.to_string(), "was deleted"),
        (test, "Power Platform"),
    ] {
        for call in [
            format!(
                "/databasemovement/v1/refresh/project/{{project}}/source/{production}/target/{target}"
            ),
            format!(
                "/environment/v2/finalizeupdate/project/{{project}}/environment/{target}/preparationactivityid/{production}"
            ),
        ] {
            let refused = raw.post(&call).await;
            assert_eq!(refused["IsSuccess"], false);
            assert!(
                refused["ErrorMessage"].as_str().unwrap().contains(words),
                "{refused}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_version_is_announced_and_a_missing_version_warned_of() {
    let (_cloud, raw, _) = with(|config| {
        let end = jiff::civil::date(2027, 3, 1).at(0, 0, 0, 0);
        config.lcs.version_end_of_life = Some(end);
    })
    .await;
    let path = "/databasemovement/v1/databases/project/{project}";
    let answer = raw.get(path).await;
    assert_eq!(answer["VersionEOL"], "2027-03-01T00:00:00.0000000");
    let headers = raw.send(Method::GET, path).await.headers().clone();
    assert!(headers["warning"].to_str().unwrap().contains("2017-09-15"));
}
