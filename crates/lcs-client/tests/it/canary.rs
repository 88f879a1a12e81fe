//! Planted secrets never show, neither in what prints nor in what fails.

use std::{error::Error, fmt::Write as _};

use lcs_client::{DownloadRequest, FixedLink, download};
use lcs_types::NoProgress;
use serde_json::json;

use crate::server::{
    OPERATION, PROJECT, Reaction, SOURCE, TARGET, TestServer, answer, answer_with, cut_after,
    envelope, http, ok, quick,
};

const CANARY: &str = "CANARY";

fn assert_silent(text: &str) {
    assert!(!text.contains(CANARY), "{text}");
}

fn everything_of(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, "\n{error} {error:?}");
        cause = error.source();
    }
    text
}

/// Answers that hold a secret where nothing secret should be repeated from.
fn leaky() -> Vec<Reaction> {
    let asset = json!({"DatabaseAssets": [{"Id": OPERATION, "FileLocation": {"x": "CANARY"}}]});
    vec![
        ok(&envelope(&asset)),
        answer(200, "CANARY"),
        answer_with(
            302,
            &[("location", "https://x.example/?sig=CANARY")],
            "CANARY",
        ),
        answer(404, "CANARY"),
        answer_with(401, &[("x-echo", "CANARY")], "CANARY"),
        answer_with(401, &[("x-echo", "CANARY")], "CANARY"),
        cut_after(3, 200, &[], "CANARY-CANARY"),
    ]
}

#[tokio::test]
async fn failed_calls_print_neither_token_nor_answer() {
    let server = TestServer::start(leaky()).await;
    let (api, tokens) = server.lcs();
    for _ in 0..5 {
        let error = api.databases(PROJECT).await.unwrap_err();
        assert_silent(&everything_of(&error));
    }
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    assert_silent(&everything_of(&error));
    assert_silent(&format!("{api:?} {tokens:?}"));
}

#[tokio::test]
async fn failed_graph_calls_print_neither_token_nor_answer() {
    let server = TestServer::start(leaky()).await;
    let graph = server.graph();
    for _ in 0..5 {
        let error = graph.me().await.unwrap_err();
        assert_silent(&everything_of(&error));
    }
    assert_silent(&format!("{graph:?}"));
}

#[tokio::test]
async fn listed_backups_print_without_their_signatures() {
    let body = envelope(&json!({"DatabaseAssets": [{
        "Id": OPERATION, "ProjectId": 4711, "Name": "uat", "FileName": "uat.bacpac",
        "FileLocation": "https://a.example/x?sig=CANARY",
        "ModifiedDateTime": "2026-03-01T10:00:05.077", "CreatedDateTime": "2026-03-01T10:00:00.297",
    }]}));
    let server = TestServer::start(vec![ok(&body)]).await;
    let (api, _) = server.lcs();
    let backups = api.databases(PROJECT).await.unwrap();
    assert!(
        backups[0].file_location.contains(CANARY),
        "the canary lives"
    );
    assert_silent(&format!("{backups:?}"));
}

#[tokio::test]
async fn failed_downloads_print_no_signature_and_leave_none_behind() {
    let reactions = vec![
        answer(403, "CANARY"),
        answer(404, "CANARY"),
        answer(302, "CANARY"),
        cut_after(3, 200, &[("etag", "\"1\"")], "0123456789"),
        Reaction::Cut,
        Reaction::Cut,
    ];
    let server = TestServer::start(reactions).await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}blob/a.bacpac?sig=CANARY", server.base);
    let mut request = DownloadRequest::new(url.parse().unwrap(), folder.path().join("a.bacpac"));
    request.policy = quick();
    assert_silent(&format!("{request:?}"));
    for _ in 0..4 {
        let error = download(&http(), &request, &FixedLink, &NoProgress)
            .await
            .unwrap_err();
        assert_silent(&everything_of(&error));
    }
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert_silent(&String::from_utf8_lossy(&bytes));
    }
    let closed = DownloadRequest {
        url: "http://127.0.0.1:1/x?sig=CANARY".parse().unwrap(),
        ..request
    };
    let error = download(&http(), &closed, &FixedLink, &NoProgress)
        .await
        .unwrap_err();
    assert_silent(&everything_of(&error));
}
