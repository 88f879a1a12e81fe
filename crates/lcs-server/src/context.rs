//! What every handler knows of its request: origin, ids, the other side's address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use lcs_types::{CorrelationId, TraceId};

use crate::{origin::Origin, state::Services};

/// The facts of one request.
#[derive(Debug, Clone)]
pub(crate) struct RequestContext {
    /// The origin that was asked.
    pub(crate) origin: Origin,
    /// Our id of the request, `x-ms-request-id` and `trace_id`.
    pub(crate) trace_id: TraceId,
    /// The client's id of its work, or a random one.
    pub(crate) correlation_id: CorrelationId,
    /// Whether the client asked to hear its id again.
    echo_client_request_id: bool,
    /// Where the request came from.
    pub(crate) client_address: IpAddr,
    /// The `Origin` header: the page whose script or form sent the request.
    pub(crate) script_origin: Option<String>,
}

/// Refuses foreign origins, makes the context, and adds the headers that every answer carries.
pub(crate) async fn establish(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(origin) = services
        .origins
        .of_request(request.uri(), request.headers())
        .cloned()
    else {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "This server does not answer for the host of this request.\n",
        )
            .into_response();
    };
    if !services.lcs.has_identity_provider && is_identity_provider(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let context = RequestContext::of(&request, origin, &services);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(context.clone());
    let mut response = next.run(request).await;
    context.decorate(&mut response);
    tracing::info!(
        %method, path, status = response.status().as_u16(),
        trace_id = %context.trace_id, correlation_id = %context.correlation_id,
        "request answered"
    );
    response
}

/// Whether a path is one of Entra's, Graph's or the sign-in pages': all but those of LCS, its blobs,
/// and what watches over the server.
fn is_identity_provider(path: &str) -> bool {
    const OTHERS: [&str; 7] = [
        "databasemovement",
        "environment",
        "environmentinfo",
        "box",
        "blob",
        "health",
        "openapi.json",
    ];
    let first = path.trim_start_matches('/').split('/').next();
    !first.is_some_and(|first| OTHERS.contains(&first))
}

impl RequestContext {
    fn of(request: &Request, origin: Origin, services: &Services) -> Self {
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let given = header("client-request-id").map(str::to_owned).or_else(|| {
            let query = request.uri().query()?;
            serde_urlencoded::from_str::<Vec<(String, String)>>(query)
                .ok()?
                .into_iter()
                .find_map(|(name, value)| (name == "client-request-id").then_some(value))
        });
        let client_address = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| {
                address.ip()
            });
        Self {
            origin,
            trace_id: TraceId::random(&*services.randomness),
            correlation_id: given
                .and_then(|text| text.parse().ok())
                .unwrap_or_else(|| CorrelationId::random(&*services.randomness)),
            echo_client_request_id: header("return-client-request-id") == Some("true"),
            client_address,
            script_origin: header("origin").map(str::to_owned),
        }
    }

    fn decorate(&self, response: &mut Response) {
        let headers = response.headers_mut();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set("x-ms-request-id", &self.trace_id.to_string());
        set("x-content-type-options", "nosniff");
        if self.echo_client_request_id {
            set("client-request-id", &self.correlation_id.to_string());
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestContext {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // Only a route outside the layer could miss it, and the router has none.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
