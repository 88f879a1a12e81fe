//! A small authority: answers from a script, and remembers what it was asked.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_signin::{
    Authority, HttpClient, HttpSettings, PlainHttp, Resource, Session, SignInClient, TokenCache,
};
use lcs_types::{ClientId, Clock, ManualClock, SeededRandomness, SystemRandomness};
use serde_json::{Value, json};

pub(crate) const APPLICATION: ClientId =
    ClientId::from_u128(0x1111_2222_3333_4444_5555_6666_7777_8888);

/// What the authority answers with.
pub(crate) type Answer = (u16, Vec<(&'static str, String)>, String);

/// A running authority.
pub(crate) struct TestAuthority {
    pub(crate) origin: String,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<HashMap<String, String>>>,
}

impl TestAuthority {
    /// Answers from the script, and afterwards with fresh tokens, numbered from 1.
    pub(crate) async fn start(answers: Vec<Answer>) -> Self {
        let script = Arc::new(Script {
            answers: Mutex::new(answers.into()),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/contoso.com/oauth2/v2.0/token", post(answer))
            .route("/contoso.com/oauth2/v2.0/devicecode", post(answer))
            .route("/common/userrealm/{user}", get(user_realm))
            .with_state(Arc::clone(&script));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, script }
    }

    /// Puts an answer behind those that are in the script.
    pub(crate) fn answer_next(&self, answer: Answer) {
        self.script.answers.lock().unwrap().push_back(answer);
    }

    /// The forms of all requests so far.
    pub(crate) fn asked(&self) -> Vec<HashMap<String, String>> {
        self.script.asked.lock().unwrap().clone()
    }

    pub(crate) fn client(&self, clock: &Arc<ManualClock>) -> SignInClient {
        client(&self.origin, clock)
    }

    pub(crate) fn session(&self, clock: &Arc<ManualClock>, cache: TokenCache) -> Session {
        Session::new(self.client(clock), lcs(), None, Arc::new(cache))
    }
}

/// Knows one federated domain, and of others nothing.
async fn user_realm(Path(user): Path<String>) -> Response {
    match user.rsplit_once('@') {
        Some((_, domain @ "federated.example")) => Json(json!({
            "ver": "1.0", "account_type": "Federated", "domain_name": domain,
            "cloud_instance_name": "microsoftonline.com",
            "cloud_audience_urn": "urn:federation:MicrosoftOnline",
        }))
        .into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn answer(
    State(script): State<Arc<Script>>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let number = {
        let mut asked = script.asked.lock().unwrap();
        asked.push(form);
        asked.len()
    };
    let scripted = script.answers.lock().unwrap().pop_front();
    match scripted {
        None => Json(tokens(number, 3600)).into_response(),
        Some((status, headers, body)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
    }
}

pub(crate) fn client(origin: &str, clock: &Arc<ManualClock>) -> SignInClient {
    let plain_http = PlainHttp::AllowedOnLoopback;
    let http = HttpClient::new(HttpSettings {
        plain_http,
        ..HttpSettings::default()
    })
    .unwrap();
    SignInClient::new(
        http,
        Authority::new(origin, "contoso.com", plain_http).unwrap(),
        APPLICATION,
        Arc::clone(clock) as Arc<dyn Clock>,
        Arc::new(SeededRandomness::new(1)),
    )
}

pub(crate) fn lcs() -> Resource {
    "https://lcsapi.lcs.dynamics.com".parse().unwrap()
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new("2026-03-01T10:00:00Z".parse().unwrap()))
}

/// A token answer for Anna.
pub(crate) fn tokens(number: usize, expires_in: i64) -> Value {
    json!({
        "token_type": "Bearer",
        "scope": "https://lcsapi.lcs.dynamics.com//.default",
        "expires_in": expires_in,
        "ext_expires_in": expires_in,
        "access_token": format!("access-{number}"),
        "refresh_token": format!("refresh-{number}"),
        "id_token": id_token(&APPLICATION.to_string(), "Anna@Contoso.com"),
    })
}

pub(crate) fn id_token(audience: &str, user: &str) -> String {
    id_token_of(&json!({ "aud": audience, "preferred_username": user }))
}

pub(crate) fn id_token_of(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.signature",
        part(&json!({"alg": "RS256"})),
        part(claims)
    )
}

pub(crate) fn ok(body: &Value) -> Answer {
    (200, json_headers(), body.to_string())
}

pub(crate) fn refused(status: u16, error: &str, code: u32) -> Answer {
    let body = json!({
        "error": error,
        "error_description": format!(
            "AADSTS{code}: No. Trace ID: 533bf45e-1c05-4e8a-bb1b-313991a73a00 \
             Correlation ID: 7c77db90-c37c-465a-9e7a-553fe968c700 Timestamp: 2026-03-01 10:00:00Z"
        ),
        "error_codes": [code],
        "trace_id": "533bf45e-1c05-4e8a-bb1b-313991a73a00",
        "correlation_id": "7c77db90-c37c-465a-9e7a-553fe968c700",
    });
    (status, json_headers(), body.to_string())
}

fn json_headers() -> Vec<(&'static str, String)> {
    vec![(header::CONTENT_TYPE.as_str(), "application/json".to_owned())]
}

/// A cache file in a folder of its own, sealed with a fixed key.
pub(crate) fn cache_in(folder: &std::path::Path) -> TokenCache {
    TokenCache::open(
        folder.join("state").join("tokens"),
        lcs_signin::CacheKey::from_bytes([7; 32]),
        Arc::new(SystemRandomness),
    )
    .unwrap()
}
