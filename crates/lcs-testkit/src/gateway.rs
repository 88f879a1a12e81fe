//! A gateway before a local cloud that fails as it is told: what networks and services do to a
//! client that waits for hours.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    body::{Body, HttpBody as _},
    http::{Request, Response, StatusCode, header},
};
use axum_server::tls_rustls::RustlsConfig;
use lcs_signin::HttpClient;
use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio_stream::wrappers::ReceiverStream;
use url::Url;

/// More than a request of a test.
const REQUEST_LIMIT: usize = 64 * 1024 * 1024;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: this one passes, and a later one fails.
    Nothing,
    /// The connection is cut before the cloud hears of the request.
    CutBefore,
    /// The cloud answers, and the connection is cut before the client hears of it.
    CutAfter,
    /// The cloud answers, and the connection is cut after so many bytes of the body.
    CutInside(usize),
    /// The gateway answers with this status itself, and asks to wait for a second.
    Status(u16),
    /// The gateway answers 429 itself, and asks to wait for so many seconds.
    Throttled(u32),
    /// The cloud answers, and in its text one word stands for another.
    Rewritten(&'static str, &'static str),
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    /// What clients call instead of the cloud.
    pub origin: String,
    /// The certificate authorities of the cloud and of the gateway, PEM.
    pub certificates: PathBuf,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    cloud: Url,
    http: HttpClient,
    faults: Mutex<VecDeque<Fault>>,
    passed: Mutex<usize>,
    sent_bytes: Mutex<usize>,
}

impl Gateway {
    /// A gateway before the cloud at `cloud`, which `http` trusts and `ca_certificate` vouches for.
    /// Its own certificate ends on `not_after`, or in a far future.
    ///
    /// # Errors
    ///
    /// When it cannot listen or has no certificate.
    pub fn start(
        cloud: &str,
        http: HttpClient,
        ca_certificate: &Path,
        folder: &Path,
        not_after: Option<(i32, u8, u8)>,
    ) -> anyhow::Result<Self> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
        if let Some((year, month, day)) = not_after {
            parameters.not_after = rcgen::date_time_ymd(year, month, day);
        }
        let certificate = parameters.self_signed(&key)?;
        let certificates = folder.join("gateway-certificates.pem");
        let trusted = std::fs::read_to_string(ca_certificate)? + &certificate.pem();
        std::fs::write(&certificates, trusted)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let origin = format!("https://localhost:{}", listener.local_addr()?.port());
        let state = Arc::new(State {
            cloud: cloud.parse()?,
            http,
            faults: Mutex::default(),
            passed: Mutex::default(),
            sent_bytes: Mutex::default(),
        });
        let tls = RustlsConfig::from_config(Arc::new(config));
        let server = axum_server::from_tcp_rustls(listener, tls)?;
        let shared = Arc::clone(&state);
        tokio::spawn(server.serve(tower::service_fn(move |_: SocketAddr| {
            let state = Arc::clone(&shared);
            let service = tower::service_fn(move |request: Request<_>| {
                let state = Arc::clone(&state);
                async move { state.serve(request.map(Body::new)).await }
            });
            std::future::ready(Ok::<_, Infallible>(service))
        })));
        Ok(Self {
            origin,
            certificates,
            state,
        })
    }

    /// Lets the next requests fail, in this order.
    pub fn fail_next(&self, faults: &[Fault]) {
        let mut waiting = lock(&self.state.faults);
        waiting.extend(faults);
    }

    /// Whether every fault has happened.
    pub fn is_done_failing(&self) -> bool {
        lock(&self.state.faults).is_empty()
    }

    /// How many requests the cloud has answered to the client.
    pub fn passed(&self) -> usize {
        *lock(&self.state.passed)
    }

    /// How many bytes of bodies were sent to the client.
    pub fn sent_bytes(&self) -> usize {
        *lock(&self.state.sent_bytes)
    }
}

impl State {
    async fn serve(&self, request: Request<Body>) -> io::Result<Response<Body>> {
        let fault = lock(&self.faults).pop_front();
        match fault {
            Some(Fault::CutBefore) => Err(cut()),
            Some(Fault::Status(status)) => {
                let status = StatusCode::from_u16(status).map_err(io::Error::other)?;
                // Short, so that a test does not wait for long.
                Ok(come_back(status, 1))
            }
            Some(Fault::Throttled(seconds)) => {
                Ok(come_back(StatusCode::TOO_MANY_REQUESTS, seconds))
            }
            Some(Fault::CutAfter) => {
                self.forward(request).await.map_err(io::Error::other)?;
                Err(cut())
            }
            Some(Fault::CutInside(bytes)) => {
                let response = self.forward(request).await.map_err(io::Error::other)?;
                let (parts, body) = response.into_parts();
                let body = axum::body::to_bytes(body, REQUEST_LIMIT).await;
                let body = body.map_err(io::Error::other)?;
                let begun = body.slice(..bytes.min(body.len()));
                *lock(&self.sent_bytes) += begun.len();
                let (send, receive) = tokio::sync::mpsc::channel(1);
                let mut parts = parts;
                parts
                    .headers
                    .insert(header::CONTENT_LENGTH, body.len().into());
                tokio::spawn(async move {
                    // The other side may have hung up.
                    let _ = send.send(Ok(begun)).await;
                    // Time for the beginning to arrive: a cut also throws away what is under way.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    let _ = send.send(Err(cut())).await;
                });
                let stream = ReceiverStream::new(receive);
                Ok(Response::from_parts(parts, Body::from_stream(stream)))
            }
            Some(Fault::Rewritten(from, to)) => {
                let response = self.forward(request).await.map_err(io::Error::other)?;
                let (parts, body) = response.into_parts();
                let body = axum::body::to_bytes(body, REQUEST_LIMIT).await;
                let body = body.map_err(io::Error::other)?;
                let text = String::from_utf8_lossy(&body).replace(from, to);
                Ok(Response::from_parts(parts, Body::from(text)))
            }
            None | Some(Fault::Nothing) => {
                let response = self.forward(request).await.map_err(io::Error::other)?;
                *lock(&self.passed) += 1;
                let length = response.body().size_hint().exact().unwrap_or_default();
                *lock(&self.sent_bytes) += usize::try_from(length).unwrap_or_default();
                Ok(response)
            }
        }
    }

    async fn forward(&self, request: Request<Body>) -> anyhow::Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let is_head = parts.method == axum::http::Method::HEAD;
        let body = axum::body::to_bytes(body, REQUEST_LIMIT).await?;
        let target = parts.uri.path_and_query().context("a request has a path")?;
        let url = self.cloud.join(target.as_str())?;
        let mut headers = parts.headers;
        headers.remove(header::HOST);
        let client = self.http.client_for(&url)?;
        let answer = client
            .request(parts.method, url.clone())
            .headers(headers)
            .body(body)
            .send()
            .await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        // The gateway frames its own answer; that to HEAD has a length and no body.
        for name in [header::TRANSFER_ENCODING, header::CONNECTION] {
            response.headers_mut().remove(name);
        }
        if !is_head {
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        *response.body_mut() = Body::from(answer.bytes().await?);
        Ok(response)
    }
}

fn cut() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn come_back(status: StatusCode, seconds: u32) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, seconds.into());
    response
}
