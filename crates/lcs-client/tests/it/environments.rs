//! Environment metadata: pages, ids, names.

use serde_json::{Value, json};

use crate::server::{OPERATION, PROJECT, Reaction, SOURCE, TARGET, TestServer, envelope, ok};

fn environment(id: &impl ToString, name: &str) -> Value {
    json!({
        "EnvironmentId": id.to_string(),
        "EnvironmentName": name,
        "ProjectId": 4711,
        "EnvironmentType": "Sandbox",
    })
}

fn page(number: u32, has_more: bool, data: &Value) -> Reaction {
    ok(&envelope(&json!({
        "ResultPageCurrent": number, "ResultHasMorePages": has_more, "Data": data,
    })))
}

#[tokio::test]
async fn all_pages_are_read() {
    let server = TestServer::start(vec![
        page(1, true, &json!([environment(&SOURCE, "PROD")])),
        page(2, false, &json!([environment(&TARGET, "UAT")])),
    ])
    .await;
    let (api, _) = server.lcs();
    let environments = api.environments(PROJECT).await.unwrap();
    let names: Vec<_> = environments
        .iter()
        .map(|found| found.environment_name.as_str())
        .collect();
    assert_eq!(names, ["PROD", "UAT"]);
    assert_eq!(
        server.lines(),
        [
            "GET /environmentinfo/v1/detail/project/4711/?page=1",
            "GET /environmentinfo/v1/detail/project/4711/?page=2",
        ]
    );
}

#[tokio::test]
async fn empty_pages_end_the_list_whatever_they_announce() {
    for data in [json!([]), Value::Null] {
        let server = TestServer::start(vec![page(1, true, &data)]).await;
        let (api, _) = server.lcs();
        assert!(api.environments(PROJECT).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_environment_is_found_by_id_and_by_name() {
    let undashed = environment(&TARGET.as_uuid().simple(), "UAT 1&2");
    let server = TestServer::start(vec![
        page(1, false, &json!([undashed])),
        page(1, false, &json!([undashed])),
        page(1, false, &json!([])),
    ])
    .await;
    let (api, _) = server.lcs();
    let by_id = api.environment(PROJECT, TARGET).await.unwrap().unwrap();
    assert_eq!(by_id.environment_id, TARGET);
    let by_name = api.environment_named(PROJECT, "uat 1&2").await.unwrap();
    assert_eq!(by_name, Some(by_id));
    assert_eq!(api.environment_named(PROJECT, "nope").await.unwrap(), None);
    assert_eq!(
        server.lines()[..2],
        [
            format!("GET /environmentinfo/v1/detail/project/4711/?environmentId={TARGET}"),
            "GET /environmentinfo/v1/detail/project/4711/?environmentName=uat%201%262".to_owned(),
        ]
    );
}

#[tokio::test]
async fn the_history_is_read_as_far_back_as_is_asked() {
    let item = |start: &str| {
        json!({
            "Name": "uat", "Type": "DatabaseExport", "StartDateTimeUTC": start,
            "Status": "Completed", "ActivityId": OPERATION, "EnvironmentId": TARGET.to_string(),
            "ProjectId": 4711,
        })
    };
    let server = TestServer::start(vec![
        page(
            1,
            true,
            &json!([item("2026-03-02T10:00:00.0"), item("2026-03-02T09:00:00.0")]),
        ),
        page(
            2,
            true,
            &json!([item("2026-03-02T08:00:00.0"), item("2026-03-01T08:00:00.0")]),
        ),
    ])
    .await;
    let (api, _) = server.lcs();
    let since = "2026-03-01T12:00:00Z".parse().unwrap();
    let history = api.history_since(PROJECT, TARGET, since).await.unwrap();
    assert_eq!(history.len(), 4);
    assert_eq!(
        server.lines().len(),
        2,
        "the third page tells of nothing later"
    );
}
