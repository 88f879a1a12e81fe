//! A local cloud that is stopped and started again is the same cloud.

use lcs_cloud::{DataDirectoryError, StartError, running_instance};
use lcs_testkit::TestCloud;

#[tokio::test(flavor = "multi_thread")]
async fn users_registrations_databases_and_operations_are_still_there() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id;
    let facts = cloud.facts().clone();
    let folder = cloud.stop().await.unwrap();
    let data = folder.path().join("data");
    assert_eq!(running_instance(&data).unwrap(), None);

    let again = TestCloud::start_with(|options| {
        options.data_directory = data.clone();
        options.config = None;
    })
    .await
    .unwrap();
    assert_eq!(again.facts().users, facts.users);
    assert_eq!(again.facts().environments, facts.environments);
    assert!(again.register().await.unwrap().is_unchanged());
    let api = again.lcs(client, again.service_user()).await.unwrap();
    assert!(api.databases(facts.project_id).await.unwrap().is_empty());
    assert_eq!(running_instance(&data).unwrap().unwrap(), *again.facts());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_data_directory_is_served_once_and_a_port_in_use_is_named() {
    let cloud = TestCloud::start().await.unwrap();
    let data = cloud.folder().join("data");
    let second = TestCloud::start_with(|options| options.data_directory = data).await;
    let error = second.unwrap_err().downcast::<StartError>().unwrap();
    assert!(matches!(
        error,
        StartError::DataDirectory(DataDirectoryError::InUse { .. })
    ));

    let port = cloud
        .facts()
        .origin
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let third = TestCloud::start_with(|options| options.listen.set_port(port)).await;
    let error = third.unwrap_err().downcast::<StartError>().unwrap();
    assert!(matches!(error, StartError::Listen { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_no_database_is_refused_at_the_start() {
    for (name, content) in [
        ("missing.sqlite", None),
        ("notes.txt", Some("not a database")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&source, content).unwrap();
        }
        let started = TestCloud::start_with(|options| options.source = Some(source)).await;
        let error = format!("{:#}", started.unwrap_err());
        assert!(
            error.contains("Contoso-PROD") && error.contains(name),
            "{error}"
        );
    }
}
