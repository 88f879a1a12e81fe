//! What public clients really send, replayed as raw HTTP: `d365fo.tools` with its first-generation
//! token and without headers that the documentation asks for, and Microsoft's tasks for Azure DevOps.

use lcs_testkit::{TestCloud, packages};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::{raw, raw::Raw};

/// `Get-D365LcsApiToken`: the first generation of the endpoint, any tenant, scope `openid`.
async fn token_of_the_tools(cloud: &TestCloud, client: &Client, id: &str) -> Value {
    let user = cloud.service_user();
    let form = [
        ("grant_type", "password"),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
        ("client_id", id),
        ("username", user.user_principal_name.as_str()),
        ("password", &user.password),
        ("scope", "openid"),
    ];
    token(cloud, client, "common/oauth2/token", &form).await
}

async fn token(cloud: &TestCloud, client: &Client, path: &str, form: &[(&str, &str)]) -> Value {
    let url = format!("{}/{path}", cloud.facts().origin);
    let answer = client.post(url).form(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

fn text<'json>(value: &'json Value, name: &str) -> &'json str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {value}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn d365fo_tools_refresh_export_and_find_the_latest_backup() {
    let cloud = TestCloud::start().await.unwrap();
    let id = cloud.register().await.unwrap().client_id.to_string();
    let client = raw::plain(&cloud);
    let answer = token_of_the_tools(&cloud, &client, &id).await;
    // The names that Set-D365LcsApiConfig reads; numbers are strings.
    assert!(text(&answer, "expires_on").parse::<i64>().is_ok());
    assert_eq!(text(&answer, "resource"), "https://lcsapi.lcs.dynamics.com");
    // Long work outlives the token: renewed without resource and scope.
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", &id),
        ("refresh_token", text(&answer, "refresh_token")),
    ];
    let renewed = token(&cloud, &client, "common/oauth2/token", &form).await;
    let raw = Raw::with_token(&cloud, text(&renewed, "access_token"));

    // Get-D365LcsEnvironmentMetadata: neither slash nor query.
    let metadata = raw
        .get("/environmentinfo/v1/detail/project/{project}")
        .await;
    assert_eq!(metadata["Data"].as_array().unwrap().len(), 3);
    let production = cloud.environment("Contoso-PROD").id;
    let uat = cloud.environment("Contoso-UAT").id;
    let started = raw
        .post(&format!(
            "/databasemovement/v1/refresh/project/{{project}}/source/{production}/target/{uat}"
        ))
        .await;
    let activity = text(&started, "OperationActivityId");
    cloud.wait_until_idle().await;
    let status = raw
        .get(&format!(
            "/databasemovement/v1/fetchstatus/project/{{project}}/environment/{uat}/operationactivity/{activity}"
        ))
        .await;
    assert_eq!(text(&status, "OperationStatus"), "Completed");
    assert_ne!(status["OperationActivityId"], status["ActivityId"]);
    // An early release put an empty segment into the path.
    let exported = raw
        .post(&format!(
            "/databasemovement/v1/export/project//{{project}}/environment/{uat}/backupName/latest"
        ))
        .await;
    assert_eq!(exported["IsSuccess"], true);
    cloud.wait_until_idle().await;
    let backups = raw
        .get("/databasemovement/v1/databases/project/{project}")
        .await;
    let latest = &backups["DatabaseAssets"][0];
    assert_eq!(text(latest, "Name"), "latest");
    let file = client
        .get(text(latest, "FileLocation"))
        .send()
        .await
        .unwrap();
    assert_eq!(file.status(), StatusCode::OK);
    // The same backup is an asset of type 17, and is deleted as one.
    let assets = raw
        .get("/box/fileasset/GetAssets/{project}?fileType=17")
        .await;
    assert_eq!(assets[0]["Id"], latest["Id"]);
    let delete = format!(
        "/box/fileasset/DeleteFileAsset/{{project}}?assetId={}",
        text(latest, "Id")
    );
    raw.post(&delete).await;
    let backups = raw
        .get("/databasemovement/v1/databases/project/{project}")
        .await;
    assert_eq!(backups["DatabaseAssets"], json!([]));
}

/// `Invoke-D365LcsUpload` and the upload task: reserve, put, commit, ask until it is `Done`.
async fn uploaded(cloud: &TestCloud, raw: &Raw, file_type: u32, bytes: Vec<u8>) -> (String, Value) {
    let new = json!({
        "Name": "Release 42", "FileName": "Release42.zip", "FileDescription": null,
        "SizeByte": 0, "FileType": file_type,
    });
    let create = raw.request(Method::POST, "/box/fileasset/CreateFileAsset/{project}");
    let answer = create.json(&new).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let asset: Value = answer.json().await.unwrap();
    let id = text(&asset, "Id").to_owned();
    let validation =
        format!("/box/fileasset/GetFileAssetValidationStatus/{{project}}?assetId={id}");
    assert_eq!(raw.get(&validation).await["DisplayStatus"], "Unknown");
    let put = raw::plain(cloud)
        .put(text(&asset, "FileLocation"))
        .header("x-ms-blob-type", "BlockBlob")
        .body(bytes);
    assert_eq!(put.send().await.unwrap().status(), StatusCode::CREATED);
    let commit = format!("/box/fileasset/CommitFileAsset/{{project}}?assetId={id}");
    let committed = raw.send(Method::POST, &commit).await;
    assert_eq!(committed.status(), StatusCode::NO_CONTENT);
    cloud.wait_until_idle().await;
    let validated = raw.get(&validation).await;
    (id, validated)
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_devops_uploads_a_package_deploys_it_and_waits() {
    let cloud = TestCloud::start().await.unwrap();
    let id = cloud.register().await.unwrap().client_id.to_string();
    let client = raw::plain(&cloud);
    let user = cloud.service_user();
    // Its scope has one slash.
    let form = [
        ("grant_type", "password"),
        ("client_id", id.as_str()),
        ("username", user.user_principal_name.as_str()),
        ("password", &user.password),
        (
            "scope",
            "https://lcsapi.lcs.dynamics.com/user_impersonation openid offline_access",
        ),
    ];
    let answer = token(&cloud, &client, "organizations/oauth2/v2.0/token", &form).await;
    let raw = Raw::with_token(&cloud, text(&answer, "access_token"));
    let (package, validated) = uploaded(&cloud, &raw, 10, packages::deployable()).await;
    assert_eq!(text(&validated, "DisplayStatus"), "Done");

    let uat = cloud.environment("Contoso-UAT").id;
    let apply = format!(
        "/environment/v2/applyupdate/project/{{project}}/environment/{uat}/asset/{package}"
    );
    // Self-service environments need a name.
    let nameless = raw.post(&apply).await;
    assert_eq!(nameless["IsSuccess"], false);
    // The task does not encode the name.
    let deployed = raw.post(&format!("{apply}?updateName=Release 42")).await;
    assert_eq!(deployed["IsSuccess"], true, "{deployed}");
    let activity = text(&deployed, "OperationActivityId");
    cloud.wait_until_idle().await;
    let status = raw
        .get(&format!(
            "/environment/v2/fetchstatus/project/{{project}}/environment/{uat}/operationactivity/{activity}"
        ))
        .await;
    assert_eq!(text(&status, "OperationStatus"), "Completed");
    let history = raw
        .get(&format!(
            "/environmentinfo/v1/history/project/{{project}}/environment/{uat}/"
        ))
        .await;
    assert_eq!(history["Data"][0]["Name"], "Release 42");
    assert_eq!(history["Data"][0]["Type"], "ApplicationHotfix");
    // What was deployed is there.
    let environment = cloud.database(cloud.environment("Contoso-UAT"));
    let installed = environment
        .with_file_name("packages")
        .join("environment")
        .join(package)
        .join("AOSService/Packages/dynamicsax-contosofleet.nupkg");
    assert!(installed.is_file(), "{}", installed.display());

    let production = cloud.environment("Contoso-PROD").id;
    let refused = raw
        .post(&apply.replace(&uat.to_string(), &production.to_string()))
        .await;
    assert!(text(&refused, "ErrorMessage").contains("production environment"));
    // Deployments do not use up the three starts a day.
    for _ in 0..4 {
        let again = raw.post(&format!("{apply}?updateName=again")).await;
        assert_eq!(again["IsSuccess"], true, "{again}");
        cloud.wait_until_idle().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_none_fails_its_validation_and_is_not_deployed() {
    let cloud = TestCloud::start().await.unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let (id, validated) = uploaded(&cloud, &raw, 10, b"no zip".to_vec()).await;
    assert_eq!(text(&validated, "DisplayStatus"), "Failed");
    assert!(text(&validated, "ValidationStatusText").contains("no zip archive"));
    let uat = cloud.environment("Contoso-UAT").id;
    let refused = raw
        .post(&format!(
            "/environment/v2/applyupdate/project/{{project}}/environment/{uat}/asset/{id}?updateName=x"
        ))
        .await;
    assert_eq!(refused["IsSuccess"], false);
    assert!(text(&refused, "ErrorMessage").contains("validation failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn commerce_packages_are_deployed_to_scale_units_and_e_commerce() {
    let cloud = TestCloud::start().await.unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let production = cloud.environment("Contoso-PROD").id;
    let (extension, validated) =
        uploaded(&cloud, &raw, 29, packages::archive(&[("a.dll", "x")])).await;
    assert_eq!(text(&validated, "DisplayStatus"), "Done");
    let unit = format!("environment/{production}/commercescaleunit/Houston");
    let started = raw
        .post(&format!(
            "/environment/v2/applyupdate/project/{{project}}/{unit}/asset/{extension}"
        ))
        .await;
    assert_eq!(started["IsSuccess"], true, "{started}");
    cloud.wait_until_idle().await;
    let status = raw
        .get(&format!(
            "/environment/v2/fetchstatus/project/{{project}}/{unit}"
        ))
        .await;
    assert_eq!(text(&status, "OperationStatus"), "Succeeded");
    assert_eq!(text(&status, "CurrentStep"), "Finished");

    let (package, _) = uploaded(&cloud, &raw, 26, packages::archive(&[("index.html", "x")])).await;
    let shop = format!("environment/{production}/ecommerce/shop");
    let started = raw
        .post(&format!(
            "/environment/v2/applyupdate/project/{{project}}/{shop}/asset/{package}"
        ))
        .await;
    let deployment = text(&started, "DeploymentId");
    cloud.wait_until_idle().await;
    let status = raw
        .get(&format!(
            "/environment/v2/fetchstatus/project/{{project}}/{shop}/deploymentactivity/{deployment}"
        ))
        .await;
    assert_eq!(text(&status, "OperationStatus"), "Succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_version_of_deployment_is_started_and_monitored() {
    let cloud = TestCloud::start().await.unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let (package, _) = uploaded(&cloud, &raw, 10, packages::deployable()).await;
    let uat = cloud.environment("Contoso-UAT").id;
    let started = raw
        .post(&format!(
            "/environment/servicing/v1/applyupdate/{{project}}?assetId={package}&environmentId={uat}"
        ))
        .await;
    let number = started["ActionHistoryId"].as_i64().unwrap();
    cloud.wait_until_idle().await;
    let monitor = format!(
        "/environment/servicing/v1/monitorupdate/{{project}}?environmentId={uat}&actionHistoryId={number}"
    );
    let status = raw.get(&monitor).await;
    assert_eq!(text(&status, "LcsEnvironmentActionStatus"), "Completed");
    let unknown = raw
        .send(Method::GET, &monitor.replace(&number.to_string(), "7"))
        .await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let failure: Value = unknown.json().await.unwrap();
    assert!(failure["Message"].is_string() && failure["LcsErrorCode"].is_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_says_what_is_wrong_in_its_own_shape() {
    let cloud = TestCloud::start().await.unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let failure = async |method: Method, path: &str, body: Option<Value>| {
        let mut request = raw.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (status, text(&body, "Message").to_owned())
    };
    let create = "/box/fileasset/CreateFileAsset/{project}";
    let backup = json!({ "Name": "x", "FileName": "x.bacpac", "FileType": 17 });
    let (status, message) = failure(Method::POST, create, Some(backup)).await;
    assert_eq!(status, 400);
    assert!(message.contains("Database backups"), "{message}");
    assert_eq!(failure(Method::POST, create, Some(json!({}))).await.0, 400);
    for path in [
        "/box/fileasset/GetFileAsset/{project}?assetId=11111111-1111-4111-8111-111111111111",
        "/box/fileasset/GetFileAsset/{project}?assetId=x",
        "/box/fileasset/GetFileAsset/{project}",
        "/box/fileasset/GetAssets/999?fileType=10",
    ] {
        assert_eq!(failure(Method::GET, path, None).await.0, 404, "{path}");
    }
    let untyped = failure(Method::GET, "/box/fileasset/GetAssets/{project}", None).await;
    assert_eq!(untyped.0, 400);
    assert_eq!(
        raw.get("/box/fileasset/GetSharedAssets?fileType=10").await,
        json!([])
    );
    // An upload that never came cannot be committed, and is in no list.
    let new = json!({ "Name": "x", "FileName": "x.zip", "FileType": 10 });
    let created: Value = raw
        .request(Method::POST, create)
        .json(&new)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let commit = format!(
        "/box/fileasset/CommitFileAsset/{{project}}?assetId={}",
        text(&created, "Id")
    );
    let (status, message) = failure(Method::POST, &commit, None).await;
    assert_eq!(status, 400);
    assert!(message.contains("no content yet"), "{message}");
    assert_eq!(
        raw.get("/box/fileasset/GetAssets/{project}?fileType=10")
            .await,
        json!([])
    );
}
