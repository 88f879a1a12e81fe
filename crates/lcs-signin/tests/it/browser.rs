//! Signing in with a browser: what it is sent to, what it may bring back, and what it shows.

use std::{collections::HashMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_signin::{BrowserOptions, BrowserSignIn, SignInClient, SignInError, Tokens};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::authority::{APPLICATION, TestAuthority, clock, id_token_of, lcs, ok, refused, tokens};

/// What the authority's page puts into the form that brings the browser back.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// A browser that was sent to the authority.
struct Browser {
    http: reqwest::Client,
    sent: HashMap<String, String>,
}

impl Browser {
    fn opened(sign_in: &BrowserSignIn) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = sign_in.url().query_pairs().into_owned().collect();
        Self { http, sent }
    }

    fn state(&self) -> String {
        self.sent["state"].clone()
    }

    async fn post(&self, fields: Fields<'_>) -> (u16, String) {
        let request = self.http.post(&self.sent["redirect_uri"]).form(fields);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

async fn begun(client: &SignInClient) -> (BrowserSignIn, Browser) {
    let sign_in = client
        .start_browser(&lcs(), BrowserOptions::default())
        .await
        .unwrap();
    let browser = Browser::opened(&sign_in);
    (sign_in, browser)
}

/// Lets the authority answer the code with tokens of this sign-in.
fn answers_with(authority: &TestAuthority, nonce: &str) {
    let mut body = tokens(1, 3600);
    let id_token = id_token_of(&json!({
        "aud": APPLICATION.to_string(),
        "preferred_username": "Anna@Contoso.com",
        "nonce": nonce,
    }));
    body["id_token"] = id_token.into();
    authority.answer_next(ok(&body));
}

/// Plays one sign-in in which the browser brings these fields.
async fn brings(fields: Fields<'_>) -> (Result<Tokens, SignInError>, (u16, String)) {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    answers_with(&authority, &browser.sent["nonce"]);
    let state = browser.state();
    let fields = [fields, &[("state", &state)]].concat();
    tokio::join!(client.finish_browser(sign_in), browser.post(&fields))
}

#[tokio::test]
async fn the_browser_is_sent_with_pkce_state_and_nonce_to_a_page_of_this_tenant() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    assert_eq!(sign_in.url().path(), "/contoso.com/oauth2/v2.0/authorize");
    let sent = &browser.sent;
    assert_eq!(sent["response_type"], "code");
    assert_eq!(sent["response_mode"], "form_post");
    assert_eq!(sent["code_challenge_method"], "S256");
    assert_eq!(
        sent["scope"],
        "https://lcsapi.lcs.dynamics.com//.default openid profile offline_access"
    );
    assert_eq!(sent["prompt"], "select_account");
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(sent[name].len(), 43, "{name}");
    }
    assert!(sent["redirect_uri"].starts_with("http://localhost:"));
}

#[tokio::test]
async fn the_code_is_exchanged_with_the_verifier_and_the_page_names_who_signed_in() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    answers_with(&authority, &browser.sent["nonce"]);
    let state = browser.state();
    let fields = [("code", "c-1"), ("state", state.as_str())];
    let (tokens, (status, page)) =
        tokio::join!(client.finish_browser(sign_in), browser.post(&fields));
    assert_eq!(tokens.unwrap().account.as_deref(), Some("anna@contoso.com"));
    assert_eq!(status, 200);
    assert!(page.contains("signed in as anna@contoso.com"), "{page}");
    let asked = &authority.asked()[0];
    assert_eq!(asked["grant_type"], "authorization_code");
    assert_eq!(asked["code"], "c-1");
    assert_eq!(asked["redirect_uri"], browser.sent["redirect_uri"]);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
    assert_eq!(challenge, browser.sent["code_challenge"]);
}

#[tokio::test]
async fn an_answer_in_the_query_is_taken_too() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    answers_with(&authority, &browser.sent["nonce"]);
    let uri = &browser.sent["redirect_uri"];
    let address = format!("{uri}/?code=c-1&state={}", browser.state());
    let (tokens, page) = tokio::join!(
        client.finish_browser(sign_in),
        browser.http.get(address).send()
    );
    assert!(tokens.is_ok());
    let page = page.unwrap();
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
}

#[tokio::test]
async fn answers_that_are_not_this_sign_ins_neither_end_nor_disturb_it() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    answers_with(&authority, &browser.sent["nonce"]);
    let state = browser.state();
    let strange = async {
        let foreign: [Fields<'_>; 7] = [
            &[("code", "c-1")],
            &[("code", "c-1"), ("state", "another")],
            &[("code", "c-1"), ("code", "c-2"), ("state", &state)],
            &[("code", "c-1"), ("state", &state), ("state", &state)],
            &[("code", "c-1"), ("error", "e"), ("state", &state)],
            &[("state", &state)],
            &[
                ("code", "c"),
                ("state", &state),
                ("iss", "https://else.example/t/v2.0"),
            ],
        ];
        for fields in foreign {
            let (status, page) = browser.post(fields).await;
            assert_eq!(status, 400, "{fields:?}");
            assert!(page.contains("waits for the end of one sign-in"));
        }
        let uri = &browser.sent["redirect_uri"];
        let rebound = browser.http.post(uri).header("host", "evil.example:80");
        let rebound = rebound.form(&[("code", "c"), ("state", &state)]);
        assert_eq!(rebound.send().await.unwrap().status(), 421);
        let icon = browser.http.get(format!("{uri}/favicon.ico"));
        assert_eq!(icon.send().await.unwrap().status(), 404);
        browser.post(&[("code", "right"), ("state", &state)]).await
    };
    let (tokens, (status, _)) = tokio::join!(client.finish_browser(sign_in), strange);
    assert!(tokens.is_ok());
    assert_eq!(status, 200);
    assert_eq!(authority.asked().len(), 1);
    assert_eq!(authority.asked()[0]["code"], "right");
}

#[tokio::test]
async fn a_refusal_keeps_what_the_authority_said_and_the_page_shows_it_as_text() {
    let (result, (_, page)) = brings(&[
        ("error", "access_denied"),
        (
            "error_description",
            "AADSTS65004: User declined <b>. Trace ID: t-1\r\nCorrelation ID: c-1\r\n",
        ),
    ])
    .await;
    let Err(SignInError::Refused(refused)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(refused.code(), Some(65004));
    assert_eq!(refused.error.trace_id.as_deref(), Some("t-1"));
    assert_eq!(refused.error.correlation_id.as_deref(), Some("c-1"));
    assert!(page.contains("declined &lt;b&gt;"), "{page}");
}

#[tokio::test]
async fn who_cancels_is_told_so() {
    let (result, (_, page)) =
        brings(&[("error", "access_denied"), ("error_subcode", "cancel")]).await;
    assert!(matches!(result, Err(SignInError::Cancelled)), "{result:?}");
    assert!(page.contains("You cancelled"));
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_is_refused() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    answers_with(&authority, "another");
    let state = browser.state();
    let fields = [("code", "c"), ("state", state.as_str())];
    let (tokens, (_, page)) = tokio::join!(client.finish_browser(sign_in), browser.post(&fields));
    assert!(matches!(tokens, Err(SignInError::Unexpected { .. })));
    assert!(page.contains("Not signed in"));
}

#[tokio::test]
async fn a_refused_code_and_another_account_are_told_on_the_page() {
    let authority = TestAuthority::start(vec![refused(400, "invalid_grant", 54005)]).await;
    let client = authority.client(&clock());
    let (sign_in, browser) = begun(&client).await;
    let state = browser.state();
    let fields = [("code", "c"), ("state", state.as_str())];
    let (tokens, (_, page)) = tokio::join!(client.finish_browser(sign_in), browser.post(&fields));
    assert!(matches!(tokens, Err(SignInError::Refused(_))));
    assert!(page.contains("Not signed in"));
    let options = BrowserOptions {
        account: Some("bert@contoso.com".parse().unwrap()),
        ..BrowserOptions::default()
    };
    let sign_in = client.start_browser(&lcs(), options).await.unwrap();
    let browser = Browser::opened(&sign_in);
    assert_eq!(browser.sent["login_hint"], "bert@contoso.com");
    answers_with(&authority, &browser.sent["nonce"]);
    let state = browser.state();
    let fields = [("code", "c"), ("state", state.as_str())];
    let (tokens, (_, page)) = tokio::join!(client.finish_browser(sign_in), browser.post(&fields));
    assert!(matches!(tokens, Err(SignInError::OtherAccount { .. })));
    assert!(page.contains("instead of bert@contoso.com"), "{page}");
}

#[tokio::test]
async fn a_browser_that_does_not_come_back_is_not_waited_for_without_end() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let options = BrowserOptions {
        time_limit: Duration::from_millis(50),
        ..BrowserOptions::default()
    };
    let sign_in = client.start_browser(&lcs(), options).await.unwrap();
    let result = client.finish_browser(sign_in).await;
    assert!(matches!(result, Err(SignInError::BrowserTimedOut)));
}

#[tokio::test]
async fn a_port_in_use_is_named_and_free_again_afterwards() {
    let authority = TestAuthority::start(vec![]).await;
    let client = authority.client(&clock());
    let (first, browser) = begun(&client).await;
    let port = browser.sent["redirect_uri"].rsplit(':').next().unwrap();
    let port: u16 = port.parse().unwrap();
    let options = BrowserOptions {
        port: Some(port),
        ..BrowserOptions::default()
    };
    let second = client.start_browser(&lcs(), options.clone()).await;
    let Err(SignInError::Loopback { port: named, .. }) = second else {
        panic!("{second:?}");
    };
    assert_eq!(named, port);
    drop(first);
    // The listeners end with their tasks, which the runtime takes down in its own time.
    let mut again = client.start_browser(&lcs(), options.clone()).await;
    while again.is_err() {
        tokio::task::yield_now().await;
        again = client.start_browser(&lcs(), options.clone()).await;
    }
    assert!(again.unwrap().url().as_str().contains(&port.to_string()));
}
