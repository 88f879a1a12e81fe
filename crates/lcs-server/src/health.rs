//! `GET /health`: whether the server answers.

use axum::{
    Json,
    response::{IntoResponse, Response},
};

/// Says so. A server whose store is gone fails to serve requests and is found by those.
pub(crate) async fn health() -> Response {
    Json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
        .into_response()
}
