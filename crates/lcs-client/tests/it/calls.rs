//! The calls of the LCS API: what goes over the wire, and what answers mean.

use lcs_client::{ApiError, DeploymentTarget, OperationKind};
use lcs_types::AssetId;
use lcs_wire::lcs::{AssetFileType, CreateFileAsset, OperationStatus};
use serde_json::json;

use crate::server::{
    OPERATION, PROJECT, SOURCE, TARGET, TestServer, answer, answer_with, declined, envelope, ok,
    started,
};

#[tokio::test]
async fn a_refresh_is_an_empty_post_and_is_asked_about_by_its_target() {
    let server = TestServer::start(vec![started()]).await;
    let (api, _) = server.lcs();
    let operation = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap();
    assert_eq!(operation.kind, OperationKind::Refresh);
    assert_eq!(operation.environment_id, TARGET);
    assert_eq!(operation.operation_activity_id.to_string(), OPERATION);
    let request = &server.asked()[0];
    assert_eq!(
        request.line,
        format!("POST /databasemovement/v1/refresh/project/4711/source/{SOURCE}/target/{TARGET}")
    );
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("x-ms-version"), Some("2017-09-15"));
    assert_eq!(
        request.header("authorization"),
        Some("Bearer CANARY-token-1")
    );
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn a_backup_name_is_percent_encoded_in_the_path() {
    let server = TestServer::start(vec![started()]).await;
    let (api, _) = server.lcs();
    let name = "uat 100+ö'&;=@".parse().unwrap();
    let operation = api.export(PROJECT, SOURCE, &name).await.unwrap();
    assert_eq!(operation.environment_id, SOURCE);
    assert_eq!(
        server.lines()[0],
        format!(
            "POST /databasemovement/v1/export/project/4711/environment/{SOURCE}\
             /backupName/uat%20100%2B%C3%B6%27%26%3B%3D%40"
        )
    );
}

#[tokio::test]
async fn a_status_is_read_with_the_quirks_of_the_service() {
    let body = envelope(&json!({
        "ProjectId": "4711",
        "EnvironmentId": TARGET.as_uuid().simple().to_string(),
        "ActivityId": OPERATION,
        "CompletionDate": null,
        "OperationStatus": "PreparingEnvironment",
        "SomethingNew": {"a": 1},
    }));
    let server = TestServer::start(vec![ok(&body)]).await;
    let (api, _) = server.lcs();
    let id = OPERATION.parse().unwrap();
    let status = api.fetch_status(PROJECT, TARGET, id).await.unwrap();
    assert_eq!(status.environment_id, TARGET);
    assert_eq!(
        status.operation_status,
        OperationStatus::Other("PreparingEnvironment".to_owned())
    );
    assert_eq!(
        server.lines()[0],
        format!(
            "GET /databasemovement/v1/fetchstatus/project/4711/environment/{TARGET}\
             /operationactivity/{OPERATION}"
        )
    );
}

#[tokio::test]
async fn backups_are_listed() {
    let body = envelope(&json!({"DatabaseAssets": [{
        "Id": OPERATION, "ProjectId": 4711, "OrganizationId": 88, "Name": "uat",
        "FileName": "uat.bacpac", "FileDescription": "", "FileLocation": "https://a.example/x?sig=1",
        "ModifiedDateTime": "2026-03-01T10:00:05.077", "CreatedDateTime": "2026-03-01T10:00:00.297",
        "CreatedByName": null, "ModifiedByName": null,
    }]}));
    let server = TestServer::start(vec![ok(&body), ok(&envelope(&json!({})))]).await;
    let (api, _) = server.lcs();
    assert_eq!(api.databases(PROJECT).await.unwrap()[0].name, "uat");
    assert!(api.databases(PROJECT).await.unwrap().is_empty());
    assert_eq!(
        server.lines()[0],
        "GET /databasemovement/v1/databases/project/4711"
    );
}

#[tokio::test]
async fn a_decline_keeps_its_text_and_id() {
    let limit = "Maximum allowed API operations are 3 from 2026-03-01T04:01:01.9999999";
    let server = TestServer::start(vec![declined(limit), declined("The target is busy.")]).await;
    let (api, _) = server.lcs();
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    assert!(
        matches!(&error, ApiError::LimitReached { message, .. } if message == limit),
        "{error:?}"
    );
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    let ApiError::Refused {
        message,
        operation_activity_id,
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(message, "The target is busy.");
    assert_eq!(operation_activity_id.to_string(), OPERATION);
    assert_eq!(server.lines().len(), 2, "declined calls are not repeated");
}

#[tokio::test]
async fn a_failure_without_the_fields_of_a_success_is_a_decline() {
    let server = TestServer::start(vec![declined("No such operation.")]).await;
    let (api, _) = server.lcs();
    let id = OPERATION.parse().unwrap();
    let error = api.fetch_status(PROJECT, TARGET, id).await.unwrap_err();
    assert!(matches!(error, ApiError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn other_statuses_have_errors_of_their_own() {
    let not_found = answer_with(404, &[("activity-id", "abc")], r#"{"Message":"No route."}"#);
    let server = TestServer::start(vec![
        answer(403, r#"{"Message":"Not a member."}"#),
        not_found,
        answer(200, "<html>"),
    ])
    .await;
    let (api, _) = server.lcs();
    let texts = [
        "LCS forbids the call (403): Not a member.",
        "LCS answered with status 404: No route.",
        "the answer of LCS could not be read: the list of backups is not as documented \
         (line 1, column 1)",
    ];
    for expected in texts {
        let error = api.databases(PROJECT).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
        if let ApiError::Unexpected { activity_id, .. } = error {
            assert_eq!(activity_id.as_deref(), Some("abc"));
        }
    }
}

#[tokio::test]
async fn packages_go_to_environments_scale_units_and_e_commerce_by_their_own_paths() {
    let deployment = json!({ "DeploymentId": OPERATION });
    let server = TestServer::start(vec![started(), started(), ok(&envelope(&deployment))]).await;
    let (api, _) = server.lcs();
    let asset = AssetId::from_u128(3);
    for target in [
        DeploymentTarget::Environment {
            update_name: "Release 42".to_owned(),
        },
        DeploymentTarget::ScaleUnit("CSU 1".to_owned()),
        DeploymentTarget::ECommerce("shop".to_owned()),
    ] {
        let started = api
            .deploy_package(PROJECT, TARGET, asset, &target)
            .await
            .unwrap();
        assert_eq!(started.kind, target.kind());
        assert_eq!(started.operation_activity_id.to_string(), OPERATION);
    }
    let base = format!("POST /environment/v2/applyupdate/project/4711/environment/{TARGET}");
    assert_eq!(
        server.lines(),
        [
            format!("{base}/asset/{asset}?updateName=Release%2042"),
            format!("{base}/commercescaleunit/CSU%201/asset/{asset}"),
            format!("{base}/ecommerce/shop/asset/{asset}"),
        ]
    );
}

#[tokio::test]
async fn the_asset_library_declines_with_a_status_or_with_200_and_no_asset() {
    let server = TestServer::start(vec![
        answer(400, r#"{"Message":"no such type"}"#),
        answer(200, r#"{"ErrorMessage":"no room"}"#),
        answer(500, ""),
        answer(204, ""),
        answer(200, "[]"),
    ])
    .await;
    let (api, _) = server.lcs();
    let new = CreateFileAsset {
        name: "Release 42".to_owned(),
        file_name: "Release42.zip".to_owned(),
        file_description: None,
        size_byte: 0,
        file_type: AssetFileType::SoftwareDeployablePackage,
    };
    for expected in ["no such type", "no room", "it failed with status 500"] {
        let error = api.create_file_asset(PROJECT, &new).await.unwrap_err();
        assert!(
            matches!(&error, ApiError::AssetLibrary { message, .. } if message == expected),
            "{error:?}"
        );
    }
    assert_eq!(server.asked()[0].json()["FileType"], 10);
    let asset = AssetId::from_u128(3);
    api.commit_file_asset(PROJECT, asset).await.unwrap();
    let models = api.assets(PROJECT, AssetFileType::Model).await.unwrap();
    assert_eq!(models, []);
    assert_eq!(
        server.lines()[3..],
        [
            format!("POST /box/fileasset/CommitFileAsset/4711?assetId={asset}"),
            "GET /box/fileasset/GetAssets/4711?fileType=1".to_owned(),
        ]
    );
}
