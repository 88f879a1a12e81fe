//! Uploading to the asset library by the client, and downloading from it: whole and in parts, through
//! faults, never anew.

use std::{path::PathBuf, time::Duration};

use lcs_client::{
    DownloadRequest, FixedLink, LcsApi, RetryPolicy, UploadError, UploadRequest, download, upload,
};
use lcs_signin::{HttpClient, HttpSettings};
use lcs_testkit::{Fault, Gateway, TestCloud};
use lcs_types::{NoProgress, SignedUrl};
use lcs_wire::lcs::{AssetFileType, CreateFileAsset, FileAsset, ValidationStatus};

const MEBIBYTE: usize = 1024 * 1024;

async fn reserved(cloud: &TestCloud, api: &LcsApi) -> FileAsset {
    let new = CreateFileAsset {
        name: "model".to_owned(),
        file_name: "contoso.axmodel".to_owned(),
        file_description: None,
        size_byte: 0,
        file_type: AssetFileType::Model,
    };
    let project = cloud.facts().project_id;
    api.create_file_asset(project, &new).await.unwrap()
}

async fn signed_in(cloud: &TestCloud) -> LcsApi {
    let client = cloud.register().await.unwrap().client_id;
    cloud.lcs(client, cloud.service_user()).await.unwrap()
}

fn file(cloud: &TestCloud, length: usize) -> (PathBuf, Vec<u8>) {
    // Every block is another one.
    let bytes: Vec<u8> = (0_u64..)
        .flat_map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes())
        .take(length)
        .collect();
    let path = cloud.folder().join("upload");
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes)
}

/// A client that trusts the gateway too.
fn trusting(gateway: &Gateway) -> HttpClient {
    let settings = HttpSettings {
        extra_certificates: Some(gateway.certificates.clone()),
        ..HttpSettings::default()
    };
    HttpClient::new(settings).unwrap()
}

fn request(location: &str, path: PathBuf) -> UploadRequest {
    let url: SignedUrl = location.parse().unwrap();
    UploadRequest {
        policy: RetryPolicy {
            first_delay: Duration::from_millis(10),
            ..RetryPolicy::default()
        },
        ..UploadRequest::new(url, path)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_whole_or_in_blocks_and_becomes_an_asset() {
    let cloud = TestCloud::start().await.unwrap();
    let (api, project) = (signed_in(&cloud).await, cloud.facts().project_id);
    for length in [1, 100_000, 25 * MEBIBYTE + 3] {
        let asset = reserved(&cloud, &api).await;
        let (path, bytes) = file(&cloud, length);
        let request = request(&asset.file_location.unwrap(), path);
        let uploaded = upload(&cloud.http().unwrap(), &request, &NoProgress).await;
        assert_eq!(uploaded.unwrap().size_bytes, length as u64);
        api.commit_file_asset(project, asset.id).await.unwrap();
        cloud.wait_until_idle().await;
        let validation = api
            .asset_validation_status(project, asset.id)
            .await
            .unwrap();
        assert_eq!(validation.display_status, ValidationStatus::Done);
        let listed = api.asset(project, asset.id).await.unwrap();
        let client = crate::raw::plain(&cloud);
        let found = client
            .get(listed.file_location.unwrap())
            .send()
            .await
            .unwrap();
        assert!(
            found.bytes().await.unwrap() == bytes,
            "{length} bytes differ"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_broke_off_goes_on_with_what_is_missing() {
    let cloud = TestCloud::start().await.unwrap();
    let api = signed_in(&cloud).await;
    let location = reserved(&cloud, &api).await.file_location.unwrap();
    let (path, bytes) = file(&cloud, 40 * MEBIBYTE);
    let whole = request(&location, path.clone());
    // Every request from the fourth on is cut off, until patience ends.
    let gateway = cloud.gateway().unwrap();
    let through = location.replacen(&cloud.facts().origin, &gateway.origin, 1);
    gateway.fail_next(&[Fault::Nothing; 3]);
    gateway.fail_next(&[Fault::CutBefore; 60]);
    let broken = UploadRequest {
        parallel: 1,
        policy: RetryPolicy {
            attempts: 2,
            first_delay: Duration::from_millis(1),
            ..RetryPolicy::default()
        },
        ..request(&through, path)
    };
    let failed = upload(&trusting(&gateway), &broken, &NoProgress).await;
    assert!(matches!(failed, Err(UploadError::Network(_))), "{failed:?}");

    let uploaded = upload(&cloud.http().unwrap(), &whole, &NoProgress)
        .await
        .unwrap();
    assert!(
        uploaded.resumed_from_bytes >= 8 * MEBIBYTE as u64,
        "{uploaded:?}"
    );
    let found = crate::raw::plain(&cloud)
        .get(&location)
        .send()
        .await
        .unwrap();
    assert!(found.bytes().await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_get_lost_and_servers_that_fail_cost_a_repetition_and_no_byte() {
    let cloud = TestCloud::start().await.unwrap();
    let api = signed_in(&cloud).await;
    let gateway = cloud.gateway().unwrap();
    let (path, bytes) = file(&cloud, 30 * MEBIBYTE);
    let location = reserved(&cloud, &api).await.file_location.unwrap();
    let through = location.replacen(&cloud.facts().origin, &gateway.origin, 1);
    gateway.fail_next(&[
        Fault::Status(503),
        Fault::CutAfter,
        Fault::Nothing,
        Fault::Status(429),
        Fault::CutBefore,
        Fault::Nothing,
        Fault::CutAfter,
        Fault::Nothing,
        Fault::CutAfter,
    ]);
    let mut patient = request(&through, path);
    patient.policy.longest_delay = Duration::from_millis(50);
    upload(&trusting(&gateway), &patient, &NoProgress)
        .await
        .unwrap();
    assert!(gateway.is_done_failing());
    let found = crate::raw::plain(&cloud)
        .get(&location)
        .send()
        .await
        .unwrap();
    assert!(found.bytes().await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_has_expired_or_only_reads_is_refused_at_once() {
    let cloud = TestCloud::start().await.unwrap();
    let api = signed_in(&cloud).await;
    let location = reserved(&cloud, &api).await.file_location.unwrap();
    let (path, _) = file(&cloud, 10);
    cloud.clock.advance(jiff::SignedDuration::from_hours(24));
    let late = upload(
        &cloud.http().unwrap(),
        &request(&location, path),
        &NoProgress,
    )
    .await;
    assert!(
        matches!(late, Err(UploadError::LinkRefused { status: 403, .. })),
        "{late:?}"
    );
    let (http, folder) = (cloud.http().unwrap(), request(&location, cloud.folder()));
    let refused = upload(&http, &folder, &NoProgress).await;
    assert!(matches!(refused, Err(UploadError::NoFile { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_with_five_cuts_costs_hardly_a_byte_more() {
    let cloud = TestCloud::start().await.unwrap();
    let (api, project) = (signed_in(&cloud).await, cloud.facts().project_id);
    let asset = reserved(&cloud, &api).await;
    let (path, bytes) = file(&cloud, 24 * MEBIBYTE);
    let put = request(&asset.file_location.unwrap(), path);
    upload(&cloud.http().unwrap(), &put, &NoProgress)
        .await
        .unwrap();
    api.commit_file_asset(project, asset.id).await.unwrap();
    let location = api.asset(project, asset.id).await.unwrap().file_location;
    let gateway = cloud.gateway().unwrap();
    let through = location
        .unwrap()
        .replacen(&cloud.facts().origin, &gateway.origin, 1);
    gateway.fail_next(&[Fault::CutInside(4 * MEBIBYTE); 5]);
    let to = cloud.folder().join("downloaded");
    let download_request = DownloadRequest {
        policy: RetryPolicy {
            first_delay: Duration::from_millis(1),
            ..RetryPolicy::default()
        },
        ..DownloadRequest::new(through.parse().unwrap(), &to)
    };
    let http = trusting(&gateway);
    let done = download(&http, &download_request, &FixedLink, &NoProgress).await;
    assert_eq!(done.unwrap().verified_by, ["sha256", "md5"]);
    assert!(std::fs::read(&to).unwrap() == bytes);
    assert!(gateway.is_done_failing());
    let extra = gateway.sent_bytes() - bytes.len();
    assert!(extra * 100 <= bytes.len(), "{extra} bytes were sent twice");
}
