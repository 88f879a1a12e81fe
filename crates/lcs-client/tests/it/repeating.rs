//! What is repeated, and what never.

use std::time::Duration;

use lcs_client::{ApiError, error::LostAnswer};
use lcs_signin::HttpError;
use serde_json::json;

use crate::server::{
    PROJECT, Reaction, SOURCE, TARGET, TestServer, TestTokens, answer, answer_with, cut_after,
    envelope, http, ok, quick, started,
};

fn empty_list() -> Reaction {
    ok(&envelope(&json!({"DatabaseAssets": []})))
}

#[tokio::test]
async fn a_get_is_repeated_through_cuts_failures_and_throttling() {
    for trouble in [
        Reaction::Cut,
        cut_after(10, 200, &[], "x".repeat(50)),
        answer(500, ""),
        answer(503, ""),
        answer_with(429, &[("retry-after", "0")], ""),
    ] {
        let server = TestServer::start(vec![trouble.clone(), trouble.clone(), empty_list()]).await;
        let (api, _) = server.lcs();
        let list = api.databases(PROJECT).await;
        assert!(list.is_ok(), "{trouble:?}: {list:?}");
        assert_eq!(server.lines().len(), 3, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_get_is_given_up_after_its_attempts() {
    let server = TestServer::start(vec![answer(502, ""); 3]).await;
    let (api, _) = server.lcs();
    let error = api.databases(PROJECT).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Unexpected { status: 502, .. }),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn a_post_that_may_have_been_accepted_is_never_repeated() {
    for trouble in [
        Reaction::Cut,
        cut_after(10, 200, &[], "x".repeat(50)),
        answer(500, ""),
        answer_with(503, &[("retry-after", "0")], ""),
        answer(200, "{\"IsSuccess\":true"),
    ] {
        let server = TestServer::start(vec![trouble.clone(), started()]).await;
        let (api, _) = server.lcs();
        let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
        assert!(
            matches!(error, ApiError::OutcomeUnknown(_)),
            "{trouble:?}: {error:?}"
        );
        assert!(!error.is_transient(), "{trouble:?}");
        assert_eq!(server.lines().len(), 1, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_says_how_it_got_lost() {
    let server = TestServer::start(vec![Reaction::Cut, answer(500, "")]).await;
    let (api, _) = server.lcs();
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::OutcomeUnknown(LostAnswer::Network(HttpError::Interrupted { .. }))
        ),
        "{error:?}"
    );
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::OutcomeUnknown(LostAnswer::ServerFailed { status: 500 })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_throttled_post_was_not_accepted_and_is_repeated() {
    let throttled = answer_with(429, &[("retry-after", "0")], "");
    let server = TestServer::start(vec![throttled, started()]).await;
    let (api, _) = server.lcs();
    api.refresh(PROJECT, SOURCE, TARGET).await.unwrap();
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_wish_to_wait_for_long_is_passed_on() {
    let server = TestServer::start(vec![answer_with(429, &[("retry-after", "300")], "")]).await;
    let (api, _) = server.lcs();
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Throttled { retry_after: Some(asked) }
            if asked == Duration::from_mins(5)),
        "{error:?}"
    );
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_post_to_a_closed_port_is_known_not_to_have_been_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let tokens = std::sync::Arc::new(TestTokens::default());
    let api =
        lcs_client::LcsApi::new(base.parse().unwrap(), http(), tokens).with_retry_policy(quick());
    let error = api.refresh(PROJECT, SOURCE, TARGET).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Network(HttpError::Connect { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_a_post_too() {
    let server = TestServer::start(vec![answer(401, ""), started()]).await;
    let (api, tokens) = server.lcs();
    api.refresh(PROJECT, SOURCE, TARGET).await.unwrap();
    assert_eq!(tokens.renewals(), 1);
    let asked = server.asked();
    assert_eq!(
        asked[0].header("authorization"),
        Some("Bearer CANARY-token-1")
    );
    assert_eq!(
        asked[1].header("authorization"),
        Some("Bearer CANARY-token-2")
    );
}

#[tokio::test]
async fn a_second_refusal_is_final_and_keeps_the_servers_words() {
    let refused = answer_with(
        401,
        &[(
            "www-authenticate",
            r#"Bearer error="invalid_token", error_description="The audience is wrong""#,
        )],
        "",
    );
    let server = TestServer::start(vec![refused.clone(), refused]).await;
    let (api, tokens) = server.lcs();
    let error = api.databases(PROJECT).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "LCS refused the token (401): invalid_token: The audience is wrong"
    );
    assert_eq!(tokens.renewals(), 1);
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_leaves_the_refusal() {
    let server = TestServer::start(vec![answer(401, "")]).await;
    let tokens = std::sync::Arc::new(TestTokens::spent());
    let api = lcs_client::LcsApi::new(server.base.clone(), http(), tokens);
    let error = api.databases(PROJECT).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Unauthorized { challenge: None }),
        "{error:?}"
    );
    assert_eq!(server.lines().len(), 1);
}
