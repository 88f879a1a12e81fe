//! The local cloud over HTTP: Entra, Microsoft Graph, LCS, blobs, device pages.
//!
//! HTTP only: handlers extract, make one call into the domain, and convert. The paths of the real
//! services do not collide, so one router serves them all.
//!
//! - [`routes`] – every route and who may call it
//! - [`origin`] – which origins are answered for
//! - [`state`] – what the handlers work with
//! - `entra/`, `graph/`, `lcs/`, `blob/`, `pages/` – one folder per surface
//! - [`openapi`] – the LCS API as a document
//! - `testing` – doors to readers of foreign bytes (feature `testing`)
//! - `path` – paths as clients really write them; `context` – the facts of one request

mod answered;
mod bearer;
mod blob;
mod context;
mod entra;
mod failure;
pub mod graph;
mod health;
mod lcs;
pub mod openapi;
pub mod origin;
mod pages;
mod path;
pub mod routes;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, connect_info::IntoMakeServiceWithConnectInfo},
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http_body_util::Limited;
use tower::{Layer as _, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;

pub use bearer::{TrustedIssuers, TrustedKeys};
pub use lcs::{CertificateIssuer, IssuedCertificate};
pub use origin::{AllowedOrigins, Origin};
pub use state::{LcsSettings, ServiceParts, Services};

/// Larger than any request body that the surfaces take.
const LARGEST_BODY: usize = 256 * 1024;
/// A handler that takes longer is stuck. Streaming a blob does not count.
const LONGEST_REQUEST: Duration = Duration::from_mins(1);

/// The service that a listener serves.
pub type Application = IntoMakeServiceWithConnectInfo<Router, SocketAddr>;

/// How long an upload of one block may take.
const LONGEST_UPLOAD: Duration = Duration::from_hours(1);

/// Bounds a request in time and size. An upload is bounded by its handler, which knows how large what
/// it takes may be.
async fn bound(request: Request, next: Next) -> Response {
    let is_upload = request.method() == Method::PUT && request.uri().path().starts_with("/blob/");
    let (request, longest) = if is_upload {
        (request, LONGEST_UPLOAD)
    } else {
        let announced = request.headers().get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > LARGEST_BODY) {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        let limited = |body| Body::new(Limited::new(body, LARGEST_BODY));
        (request.map(limited), LONGEST_REQUEST)
    };
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// Everything behind one listener.
pub fn application(services: Services) -> Application {
    let router = routes::router()
        .layer(middleware::from_fn_with_state(
            services.clone(),
            context::establish,
        ))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(bound))
        .with_state(services);
    // Paths are brought to their one form before they are routed, which a layer cannot do.
    let normalised = MapRequestLayer::new(path::normalise).layer(router);
    Router::new()
        .fallback_service(normalised)
        .into_make_service_with_connect_info()
}
