//! The listener on this machine that a browser brings the authority's answer to (RFC 8252 §7.3),
//! and the page that it shows then. What the answer means is decided in `authorization_code`.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use lcs_types::Secret;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::timeout,
};
use url::{Url, form_urlencoded};

use crate::error::SignInError;

/// More than any authority sends.
const ANSWER_LIMIT: usize = 64 * 1024;
/// How long the last page may take to leave.
const LAST_PAGE: Duration = Duration::from_secs(2);
/// How often another free port is tried when a browser's other address of this machine is taken.
const MOST_PORTS: u32 = 8;

/// What the authority sent with the browser.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub(super) code: Option<Secret>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
    pub(super) error_subcode: Option<String>,
}

/// The answer, and where the page goes that the person sees.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) parameters: Parameters,
    pub(super) shown: oneshot::Sender<Page>,
}

/// Listens until dropped or closed.
#[derive(Debug)]
pub(super) struct Loopback {
    port: u16,
    arrivals: mpsc::Receiver<Arrival>,
    stop: watch::Sender<bool>,
    servers: JoinSet<io::Result<()>>,
}

#[derive(Debug)]
struct Expected {
    port: u16,
    state: Secret,
    issuer: Url,
    arrivals: mpsc::Sender<Arrival>,
}

impl Loopback {
    /// Listens on both addresses of this machine, since a browser may take `localhost` for either.
    ///
    /// # Errors
    ///
    /// [`SignInError::Loopback`].
    pub(super) async fn listen(
        port: Option<u16>,
        state: Secret,
        issuer: Url,
    ) -> Result<Self, SignInError> {
        let listeners = bind(port).await.map_err(|source| SignInError::Loopback {
            port: port.unwrap_or_default(),
            source,
        })?;
        let port = listeners.port;
        let (sender, arrivals) = mpsc::channel(1);
        let expected = Arc::new(Expected {
            port,
            state,
            issuer,
            arrivals: sender,
        });
        let router = Router::new()
            .route("/", get(by_query).post(by_form))
            .layer(DefaultBodyLimit::max(ANSWER_LIMIT))
            .with_state(expected);
        let (stop, stopped) = watch::channel(false);
        let mut servers = JoinSet::new();
        for listener in listeners.all {
            let (router, mut stopped) = (router.clone(), stopped.clone());
            servers.spawn(async move {
                axum::serve(listener, router)
                    .with_graceful_shutdown(async move {
                        let _ = stopped.wait_for(|stop| *stop).await;
                    })
                    .await
            });
        }
        Ok(Self {
            port,
            arrivals,
            stop,
            servers,
        })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the answer that carries the state of this sign-in.
    pub(super) async fn arrival(&mut self) -> Arrival {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            // The sender lives in the servers, which live as long as this.
            None => std::future::pending().await,
        }
    }

    /// Stops listening once the last page has left.
    pub(super) async fn close(mut self) {
        let _ = self.stop.send(true);
        let left = async { while self.servers.join_next().await.is_some() {} };
        let _ = timeout(LAST_PAGE, left).await;
    }
}

struct Listeners {
    port: u16,
    all: Vec<TcpListener>,
}

async fn bind(port: Option<u16>) -> io::Result<Listeners> {
    let mut tries = 0;
    loop {
        let first = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
        let first = TcpListener::bind(first).await?;
        let bound = first.local_addr()?.port();
        let second = SocketAddr::from((Ipv6Addr::LOCALHOST, bound));
        tries += 1;
        match TcpListener::bind(second).await {
            Ok(second) => {
                return Ok(Listeners {
                    port: bound,
                    all: vec![first, second],
                });
            }
            // Somebody else would get the browser's answer.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if port.is_some() || tries >= MOST_PORTS {
                    return Err(error);
                }
            }
            // A machine without IPv6.
            Err(_) => {
                return Ok(Listeners {
                    port: bound,
                    all: vec![first],
                });
            }
        }
    }
}

async fn by_query(
    State(expected): State<Arc<Expected>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    expected
        .answer(&headers, query.unwrap_or_default().as_bytes())
        .await
}

async fn by_form(
    State(expected): State<Arc<Expected>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    expected.answer(&headers, &body).await
}

impl Expected {
    async fn answer(&self, headers: &HeaderMap, form: &[u8]) -> Response {
        // Names that lead here from elsewhere are somebody's trick (DNS rebinding).
        if !self.is_own_name(headers) {
            return StatusCode::MISDIRECTED_REQUEST.into_response();
        }
        let Some(parameters) = self.read(form) else {
            return Page::foreign().with_status(StatusCode::BAD_REQUEST);
        };
        let (shown, page) = oneshot::channel();
        let arrival = Arrival { parameters, shown };
        if self.arrivals.send(arrival).await.is_err() {
            return Page::foreign().with_status(StatusCode::GONE);
        }
        match page.await {
            Ok(page) => page.with_status(StatusCode::OK),
            Err(_) => Page::foreign().with_status(StatusCode::GONE),
        }
    }

    fn is_own_name(&self, headers: &HeaderMap) -> bool {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        host.is_some_and(|host| {
            ["localhost", "127.0.0.1", "[::1]"]
                .iter()
                .any(|name| host == format!("{name}:{}", self.port))
        })
    }

    /// The parameters, if they are this sign-in's: each at most once, with the right state, from
    /// the right issuer if one is named (RFC 9207).
    fn read(&self, form: &[u8]) -> Option<Parameters> {
        let mut parameters = Parameters::default();
        let (mut state, mut issuer) = (None, None);
        for (name, value) in form_urlencoded::parse(form) {
            let value = value.into_owned();
            let is_repeated = match name.as_ref() {
                "code" => parameters.code.replace(Secret::new(value)).is_some(),
                "state" => state.replace(Secret::new(value)).is_some(),
                "iss" => issuer.replace(value).is_some(),
                "error" => parameters.error.replace(value).is_some(),
                "error_description" => parameters.error_description.replace(value).is_some(),
                "error_subcode" => parameters.error_subcode.replace(value).is_some(),
                _ => false,
            };
            if is_repeated {
                return None;
            }
        }
        let is_right_issuer = issuer.is_none_or(|issuer| {
            Url::parse(&issuer).is_ok_and(|issuer| issuer.origin() == self.issuer.origin())
        });
        let is_one_answer = parameters.code.is_some() != parameters.error.is_some();
        (state.as_ref() == Some(&self.state) && is_right_issuer && is_one_answer)
            .then_some(parameters)
    }
}

/// What the person sees in the browser at the end.
#[derive(Debug)]
pub(super) struct Page {
    title: &'static str,
    text: String,
}

impl Page {
    pub(super) fn signed_in(account: Option<&str>) -> Self {
        let who = account.map_or_else(String::new, |account| format!(" as {account}"));
        Self {
            title: "Signed in",
            text: format!("You are signed in{who}. Close this window and go back to lcs."),
        }
    }

    pub(super) fn cancelled() -> Self {
        Self {
            title: "Not signed in",
            text: "You cancelled the sign-in. Close this window and go back to lcs.".to_owned(),
        }
    }

    pub(super) fn failed(why: &str) -> Self {
        Self {
            title: "Not signed in",
            text: format!("{why} What to do about it stands where you ran lcs."),
        }
    }

    fn foreign() -> Self {
        Self {
            title: "Nothing to do here",
            text: "This address waits for the end of one sign-in, and this is not it.".to_owned(),
        }
    }

    fn with_status(&self, status: StatusCode) -> Response {
        let html = include_str!("loopback.html")
            .replace("{title}", self.title)
            .replace("{text}", &escaped(&self.text));
        let headers = [
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'",
            ),
            (header::CONNECTION, "close"),
        ];
        (status, headers, Html(html)).into_response()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expected() -> Expected {
        Expected {
            port: 8400,
            state: Secret::new("right"),
            issuer: "https://login.example/".parse().unwrap(),
            arrivals: mpsc::channel(1).0,
        }
    }

    fn pairs() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let name = prop::sample::select(vec!["code", "state", "error", "iss", "session_state"]);
        let value = prop_oneof![
            Just("right".to_owned()),
            Just("https://login.example/t/v2.0".to_owned()),
            any::<String>(),
        ];
        prop::collection::vec((name, value), 0..6)
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            prop_assert!(expected().read(&bytes).is_none());
        }

        #[test]
        fn only_one_answer_with_the_right_state_from_the_right_issuer_counts(pairs in pairs()) {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let values = |name: &str| -> Vec<&str> {
                let of_name = pairs.iter().filter(|pair| pair.0 == name);
                of_name.map(|pair| pair.1.as_str()).collect()
            };
            let is_from_issuer = match values("iss").as_slice() {
                [] => true,
                [issuer] => issuer.starts_with("https://login.example/"),
                _ => false,
            };
            let counts = values("state") == ["right"]
                && is_from_issuer
                && values("code").len() + values("error").len() == 1;
            prop_assert_eq!(expected().read(form.as_bytes()).is_some(), counts);
        }
    }
}
