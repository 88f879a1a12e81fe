//! A small server: answers from a script, remembers what it was asked, and can cut connections.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_client::{GraphApi, LcsApi, RetryPolicy, graph::ConsistencyPolicy};
use lcs_signin::{
    AccessToken, HttpClient, HttpSettings, NotSignedIn, PlainHttp, SignInError, TokenSource,
};
use lcs_types::{EnvironmentId, ProjectId, Secret};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use url::Url;

pub(crate) const PROJECT: ProjectId = ProjectId(4711);
pub(crate) const SOURCE: EnvironmentId = EnvironmentId::from_u128(1);
pub(crate) const TARGET: EnvironmentId = EnvironmentId::from_u128(2);
pub(crate) const OPERATION: &str = "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11";

/// How the server reacts to one request.
#[derive(Debug, Clone)]
pub(crate) enum Reaction {
    /// Answers.
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Reads the request and closes the connection.
    Cut,
    /// Announces the whole body, sends that many bytes of it, and closes the connection.
    CutAfter {
        sent: usize,
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
}

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET /path?query`.
    pub(crate) line: String,
    /// Names lower-case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(found, _)| found == name);
        let first = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} was sent twice");
        first
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A running server.
pub(crate) struct TestServer {
    pub(crate) base: Url,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    reactions: Mutex<VecDeque<Reaction>>,
    asked: Mutex<Vec<Request>>,
}

impl TestServer {
    /// Reacts by the script, one reaction a request; beyond it with status 599.
    pub(crate) async fn start(reactions: Vec<Reaction>) -> Self {
        let script = Arc::new(Script {
            reactions: Mutex::new(reactions.into()),
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let served = Arc::clone(&script);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let script = Arc::clone(&served);
                // A connection that the client gives up is the client's business.
                tokio::spawn(async move { serve(stream, &script).await.ok() });
            }
        });
        Self { base, script }
    }

    /// Adds to the script, for answers that name the server's own address.
    pub(crate) fn then(&self, reaction: Reaction) {
        self.script.reactions.lock().unwrap().push_back(reaction);
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.script.asked.lock().unwrap().clone()
    }

    /// The requests so far, without headers and bodies.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked()
            .into_iter()
            .map(|request| request.line)
            .collect()
    }

    pub(crate) fn lcs(&self) -> (LcsApi, Arc<TestTokens>) {
        let tokens = Arc::new(TestTokens::default());
        let source = Arc::clone(&tokens) as Arc<dyn TokenSource>;
        let api = LcsApi::new(self.base.clone(), http(), source);
        (api.with_retry_policy(quick()), tokens)
    }

    pub(crate) fn graph(&self) -> GraphApi {
        let base = self.base.join("/v1.0").unwrap();
        let consistency = ConsistencyPolicy {
            first_delay: Duration::from_millis(1),
            patience: Duration::from_millis(10),
        };
        GraphApi::new(base, http(), Arc::new(TestTokens::default()))
            .with_retry_policy(quick(), consistency)
    }
}

async fn serve(stream: TcpStream, script: &Script) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream).await? {
        script.asked.lock().unwrap().push(request);
        let reaction = script.reactions.lock().unwrap().pop_front();
        match reaction.unwrap_or_else(|| answer(599, "")) {
            Reaction::Answer {
                status,
                headers,
                body,
            } => write_answer(&mut stream, status, &headers, &body, body.len()).await?,
            Reaction::Cut => return Ok(()),
            Reaction::CutAfter {
                sent,
                status,
                headers,
                body,
            } => {
                write_answer(&mut stream, status, &headers, &body, sent).await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request {
        line: line.trim_end().trim_end_matches(" HTTP/1.1").to_owned(),
        headers,
        body,
    }))
}

async fn write_answer(
    stream: &mut BufReader<TcpStream>,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    sent: usize,
) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body[..sent]).await?;
    stream.flush().await
}

pub(crate) fn answer(status: u16, body: impl Into<Vec<u8>>) -> Reaction {
    answer_with(status, &[], body)
}

pub(crate) fn answer_with(
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Reaction {
    Reaction::Answer {
        status,
        headers: owned(headers),
        body: body.into(),
    }
}

pub(crate) fn cut_after(
    sent: usize,
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Reaction {
    Reaction::CutAfter {
        sent,
        status,
        headers: owned(headers),
        body: body.into(),
    }
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn ok(body: &Value) -> Reaction {
    answer(200, body.to_string())
}

/// A successful envelope with further fields.
pub(crate) fn envelope(fields: &Value) -> Value {
    let mut body = json!({
        "IsSuccess": true,
        "OperationActivityId": OPERATION,
        "ErrorMessage": null,
        "VersionEOL": "9999-12-31T23:59:59.9999999",
    });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub(crate) fn declined(message: &str) -> Reaction {
    ok(&envelope(
        &json!({"IsSuccess": false, "ErrorMessage": message}),
    ))
}

pub(crate) fn started() -> Reaction {
    ok(&envelope(&json!({})))
}

/// Patience that costs a test nothing.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy {
        attempts: 3,
        first_delay: Duration::from_millis(1),
        longest_delay: Duration::from_millis(2),
        longest_retry_after: Duration::from_mins(1),
    }
}

pub(crate) fn http() -> HttpClient {
    HttpClient::new(HttpSettings {
        plain_http: PlainHttp::AllowedOnLoopback,
        ..HttpSettings::default()
    })
    .unwrap()
}

/// Tokens numbered from 1; each renewal yields the next.
#[derive(Debug, Default)]
pub(crate) struct TestTokens {
    renewals: AtomicUsize,
    is_spent: bool,
}

impl TestTokens {
    /// A token that cannot be renewed.
    pub(crate) fn spent() -> Self {
        Self {
            is_spent: true,
            ..Self::default()
        }
    }

    pub(crate) fn renewals(&self) -> usize {
        self.renewals.load(Ordering::SeqCst)
    }

    fn current(&self) -> AccessToken {
        AccessToken {
            secret: Secret::new(format!("CANARY-token-{}", self.renewals() + 1)),
            expires_at: Timestamp::MAX,
        }
    }
}

#[async_trait]
impl TokenSource for TestTokens {
    async fn token(&self) -> Result<AccessToken, SignInError> {
        Ok(self.current())
    }

    async fn renewed(&self, refused: &AccessToken) -> Result<AccessToken, SignInError> {
        assert_eq!(refused, &self.current());
        if self.is_spent {
            return Err(NotSignedIn::GivenTokenSpent.into());
        }
        self.renewals.fetch_add(1, Ordering::SeqCst);
        Ok(self.current())
    }
}
