//! What LCS says to a good token: region, project, role, environments.

use lcs_cloud::CloudConfig;
use lcs_diagnosis::{Check, Step};
use lcs_testkit::{Fault, TestCloud};
use lcs_types::ProjectId;

use super::{Patient, blamed, passed};
use crate::refusals::authority::Authority;

const LCS: Step = Step::LifecycleServices;

/// A cloud without environments, whose service user's role a test chooses.
async fn cloud_with(change: impl FnOnce(&mut CloudConfig)) -> (Authority, String) {
    let authority = Authority::start_with(change).await;
    let tool = authority.tool().await;
    (authority, tool.client_id)
}

fn patient<'cloud>(cloud: &'cloud TestCloud, client: &str) -> Patient<'cloud> {
    let mut patient = Patient::of(cloud, client);
    patient.project = Some(cloud.facts().project_id);
    patient
}

#[tokio::test]
async fn the_project_does_not_exist_here() {
    let (authority, client) = cloud_with(|_| {}).await;
    let mut patient = patient(&authority.cloud, &client);
    patient.project = Some(ProjectId(7));
    let found = patient.examined().await;
    blamed(&found, Check::Project, LCS);
    passed(&found, &[Check::SignIn, Check::Token, Check::Region]);
}

#[tokio::test]
async fn the_user_is_no_member_of_the_project() {
    let (authority, client) = cloud_with(|config| {
        for user in &mut config.users {
            if user.roles.is_empty() {
                user.project_role = None;
            }
        }
    })
    .await;
    let found = patient(&authority.cloud, &client).examined().await;
    let words = blamed(&found, Check::Project, LCS);
    assert!(words.contains("not a member"), "{words}");
}

#[tokio::test]
async fn the_invitation_is_not_accepted() {
    let (authority, client) = cloud_with(|_| {}).await;
    let store = authority.cloud.folder().join("data/store.sqlite");
    let store = rusqlite::Connection::open(store).unwrap();
    let pending = "UPDATE project_members SET invitation = 'Pending'";
    assert!(store.execute(pending, []).unwrap() > 0);
    let found = patient(&authority.cloud, &client).examined().await;
    let words = blamed(&found, Check::Project, LCS);
    assert!(
        words.contains("the invitation to the project is not accepted"),
        "{words}"
    );
}

#[tokio::test]
async fn the_role_is_too_weak() {
    let (authority, client) = cloud_with(|config| {
        for user in &mut config.users {
            user.project_role = serde_json::from_value("Project team member".into()).unwrap();
        }
    })
    .await;
    let found = patient(&authority.cloud, &client).examined().await;
    blamed(&found, Check::Role, LCS);
    passed(&found, &[Check::Project]);
}

#[tokio::test]
async fn the_project_has_no_environments() {
    let (authority, client) = cloud_with(|_| {}).await;
    let found = patient(&authority.cloud, &client).examined().await;
    blamed(&found, Check::Environments, LCS);
    passed(&found, &[Check::Project, Check::Role, Check::ApiVersion]);
}

#[tokio::test]
async fn the_version_of_the_api_has_ended() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id.to_string();
    let gateway = cloud.gateway().unwrap();
    let mut patient = patient(&cloud, &client);
    patient.api.clone_from(&gateway.origin);
    patient.certificates = Some(gateway.certificates.clone());
    let ended = Fault::Rewritten("9999-12-31T23:59:59.9999999", "2020-01-01T00:00:00");
    // The call without a token, and the list of environments.
    gateway.fail_next(&[ended, ended]);
    let found = patient.examined().await;
    let words = blamed(&found, Check::ApiVersion, LCS);
    assert!(words.contains("VersionEOL is 2020-01-01"), "{words}");
    passed(&found, &[Check::Project, Check::Environments]);
}

#[tokio::test]
async fn the_token_is_for_another_region() {
    let (authority, client) = cloud_with(|_| {}).await;
    let mut patient = patient(&authority.cloud, &client);
    patient.resource = "https://lcsapi.eu.lcs.dynamics.com".to_owned();
    let found = patient.examined().await;
    let failed: Vec<Check> = found.failed().map(|result| result.check).collect();
    assert_eq!(failed, [Check::Region], "{found:#?}");
}

#[tokio::test]
async fn lcs_asks_to_wait_or_is_out_of_order() {
    let (authority, client) = cloud_with(|_| {}).await;
    for status in [429, 503] {
        let gateway = authority.cloud.gateway().unwrap();
        let mut patient = patient(&authority.cloud, &client);
        patient.api.clone_from(&gateway.origin);
        patient.certificates = Some(gateway.certificates.clone());
        gateway.fail_next(&[Fault::Status(status)]);
        let found = patient.examined().await;
        blamed(&found, Check::Api, Step::Prerequisites);
        let evidence = &found.of(Check::Api).unwrap().evidence[0];
        assert_eq!(evidence.status, Some(status));
    }
}
