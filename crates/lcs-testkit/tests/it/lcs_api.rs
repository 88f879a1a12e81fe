//! The LCS API: rules answered with 200, ids that do not exist, a fourth start, expired tokens.

use jiff::SignedDuration;
use lcs_client::ApiError;
use lcs_testkit::TestCloud;
use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};

fn refused<T: std::fmt::Debug>(outcome: Result<T, ApiError>) -> String {
    match outcome.unwrap_err() {
        ApiError::Refused { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_answered_with_200_and_a_plain_sentence() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id;
    let api = cloud.lcs(client, cloud.service_user()).await.unwrap();
    let project = cloud.facts().project_id;
    let (production, uat) = (
        cloud.environment("Contoso-PROD").id,
        cloud.environment("Contoso-UAT").id,
    );
    let unknown = EnvironmentId::from_u128(0x99);

    assert!(refused(api.refresh(project, uat, uat).await).contains("are the same"));
    assert!(refused(api.refresh(project, unknown, uat).await).contains("does not exist"));
    assert!(
        refused(api.refresh(project, uat, production).await).contains("production environment")
    );
    let name = "x".parse().unwrap();
    assert!(refused(api.export(project, production, &name).await).contains("can't be exported"));
    let nowhere = ProjectId(999);
    assert!(refused(api.databases(nowhere).await).contains("project 999 does not exist"));
    let nothing = OperationActivityId::from_u128(1);
    assert!(refused(api.fetch_status(project, uat, nothing).await).contains("does not exist"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fourth_start_is_refused_and_a_day_later_allowed_with_a_renewed_token() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id;
    let api = cloud.lcs(client, cloud.service_user()).await.unwrap();
    let project = cloud.facts().project_id;
    let (production, uat) = (
        cloud.environment("Contoso-PROD").id,
        cloud.environment("Contoso-UAT").id,
    );
    for _ in 0..3 {
        api.refresh(project, production, uat).await.unwrap();
        cloud.wait_until_idle().await;
    }
    let fourth = api.refresh(project, production, uat).await.unwrap_err();
    assert!(
        matches!(fourth, ApiError::LimitReached { .. }),
        "{fourth:?}"
    );
    // The access token is long expired by then; the session renews it silently.
    cloud.clock.advance(SignedDuration::from_hours(25));
    api.refresh(project, production, uat).await.unwrap();
    cloud.wait_until_idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_found_by_page_id_and_name() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id;
    let api = cloud.lcs(client, cloud.service_user()).await.unwrap();
    let project = cloud.facts().project_id;
    let all = api.environments(project).await.unwrap();
    let names: Vec<&str> = all
        .iter()
        .map(|each| each.environment_name.as_str())
        .collect();
    assert_eq!(names, ["Contoso-PROD", "Contoso-UAT", "Contoso-TEST"]);
    let uat = cloud.environment("Contoso-UAT").id;
    let found = api.environment(project, uat).await.unwrap().unwrap();
    assert_eq!(found.environment_type.as_deref(), Some("Sandbox"));
    assert_eq!(found.deployed_on_utc.as_deref(), Some("3/2/2023 2:05 PM"));
    assert!(
        api.environment(project, EnvironmentId::from_u128(9))
            .await
            .unwrap()
            .is_none()
    );
    let by_name = api
        .environment_named(project, "contoso-uat")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(by_name.environment_id, uat);
}
