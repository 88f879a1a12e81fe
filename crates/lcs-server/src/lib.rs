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
    Router, extract::connect_info::IntoMakeServiceWithConnectInfo, http::StatusCode, middleware,
};
use tower::{Layer as _, util::MapRequestLayer};
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

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

/// Everything behind one listener.
pub fn application(services: Services) -> Application {
    let router = routes::router()
        .layer(middleware::from_fn_with_state(
            services.clone(),
            context::establish,
        ))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            LONGEST_REQUEST,
        ))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .with_state(services);
    // Paths are brought to their one form before they are routed, which a layer cannot do.
    let normalised = MapRequestLayer::new(path::normalise).layer(router);
    Router::new()
        .fallback_service(normalised)
        .into_make_service_with_connect_info()
}
