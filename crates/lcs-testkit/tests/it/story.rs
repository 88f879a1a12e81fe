//! From an empty tenant to a moved database.

use std::time::Duration;

use lcs_client::{
    DownloadRequest, FixedLink, NoObserver, WaitOptions, WaitOutcome, download, wait_for,
};
use lcs_testkit::TestCloud;
use lcs_types::{NoProgress, SignedUrl};

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_tenant_to_a_downloaded_backup() {
    let cloud = TestCloud::start().await.unwrap();
    let registration = cloud.register().await.unwrap();
    assert!(
        !registration.lookalikes.is_empty(),
        "the resource stands among lookalikes"
    );
    assert!(
        cloud.register().await.unwrap().is_unchanged(),
        "a second run changes nothing"
    );

    let api = cloud
        .lcs(registration.client_id, cloud.service_user())
        .await
        .unwrap();
    let project = cloud.facts().project_id;
    let (production, uat) = (
        cloud.environment("Contoso-PROD"),
        cloud.environment("Contoso-UAT"),
    );
    assert!(api.databases(project).await.unwrap().is_empty());

    let options = WaitOptions {
        timeout: Some(Duration::from_mins(1)),
        first_delay: Duration::from_millis(20),
        longest_delay: Duration::from_millis(200),
    };
    let refresh = api.refresh(project, production.id, uat.id).await.unwrap();
    let outcome = wait_for(&api, &refresh, options, &NoObserver)
        .await
        .unwrap();
    assert!(matches!(outcome, WaitOutcome::Succeeded(_)), "{outcome:?}");

    let name = "after refresh".parse().unwrap();
    let export = api.export(project, uat.id, &name).await.unwrap();
    let outcome = wait_for(&api, &export, options, &NoObserver).await.unwrap();
    assert!(matches!(outcome, WaitOutcome::Succeeded(_)), "{outcome:?}");

    let backups = api.databases(project).await.unwrap();
    assert_eq!(backups.len(), 1);
    assert_eq!(backups[0].file_name, "after refresh.bacpac");
    let url: SignedUrl = backups[0].file_location.parse().unwrap();
    let path = cloud.folder().join("downloaded.bacpac");
    let request = DownloadRequest::new(url, path.clone());
    download(&cloud.http().unwrap(), &request, &FixedLink, &NoProgress)
        .await
        .unwrap();
    assert!(path.metadata().unwrap().len() > 10_000);
}
