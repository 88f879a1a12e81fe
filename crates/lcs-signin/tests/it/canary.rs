//! Planted secrets never show, neither in what prints nor in what fails.

use std::{fmt::Write as _, sync::Arc};

use lcs_signin::{CacheKey, Session, TokenCache, TokenSource as _};
use lcs_types::Secret;
use serde_json::json;

use crate::authority::{TestAuthority, clock, lcs, ok};

const CANARY: &str = "CANARY";

fn assert_silent(text: &str) {
    assert!(!text.contains(CANARY), "{text}");
}

/// An error with all its causes, in both forms.
fn everything_of(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, "\n{error} {error:?}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn values_do_not_print_their_secrets() {
    let tokens = json!({
        "token_type": "Bearer", "expires_in": 3600,
        "access_token": "CANARY-access", "refresh_token": "CANARY-refresh",
    });
    let device = json!({
        "user_code": "A", "device_code": "CANARY-device", "expires_in": 900,
        "verification_uri": "https://microsoft.com/devicelogin",
    });
    let authority = TestAuthority::start(vec![ok(&tokens), ok(&device)]).await;
    let client = authority.client(&clock());
    let cache = Arc::new(TokenCache::in_memory());
    let session = Session::new(client.clone(), lcs(), None, Arc::clone(&cache));
    let user = "anna@contoso.com".parse().unwrap();
    let signed_in = session
        .sign_in_with_password(&user, &Secret::new("CANARY-password"))
        .await
        .unwrap();
    let code = session.start_device_code().await.unwrap();
    let token = session.token().await.unwrap();
    assert!(token.secret.expose().contains(CANARY), "the canary lives");
    assert_silent(&format!(
        "{client:?} {session:?} {cache:?} {signed_in:?} {code:?} {token:?} {:?} {:?}",
        cache.sign_ins().await.unwrap(),
        CacheKey::from_bytes(*b"CANARY-CANARY-CANARY-CANARY-CANA"),
    ));
}

#[tokio::test]
async fn failures_do_not_print_what_was_sent_or_answered() {
    let answers = vec![
        (
            200,
            vec![],
            r#"{"access_token": "CANARY", "expires_in": "CANARY"}"#.to_owned(),
        ),
        (500, vec![], "CANARY".to_owned()),
        (
            302,
            vec![("location", "https://x.example/?CANARY".to_owned())],
            String::new(),
        ),
        (
            400,
            vec![],
            r#"{"error": "invalid_grant", "echo": "CANARY"}"#.to_owned(),
        ),
        (200, vec![], format!("CANARY{}", "x".repeat(70_000))),
    ];
    let count = answers.len();
    let authority = TestAuthority::start(answers).await;
    let client = authority.client(&clock());
    let user = "anna@contoso.com".parse().unwrap();
    for _ in 0..count {
        let error = client
            .with_password(&lcs(), &user, &Secret::new("CANARY"))
            .await
            .unwrap_err();
        assert_silent(&everything_of(&error));
    }
    let closed = crate::authority::client("http://127.0.0.1:1", &clock());
    let error = closed
        .renew(&lcs(), &Secret::new("CANARY"))
        .await
        .unwrap_err();
    assert_silent(&everything_of(&error));
}
