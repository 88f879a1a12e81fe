//! A refusal as Entra's envelope: OAuth error, text with ids, codes, and the usual headers.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use lcs_directory::DirectoryError;
use lcs_wire::entra::{
    Aadsts, Endpoint, EntraError,
    aadsts::{OAuthError, Refusal},
};

use crate::{context::RequestContext, state::Services};

/// Which OAuth error a refusal becomes depends on the endpoint that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// The token and device code endpoints of one generation.
    Tokens(Endpoint),
    /// The discovery documents.
    Discovery,
}

/// Writes the refusal.
pub(crate) fn refused(
    services: &Services,
    context: &RequestContext,
    surface: Surface,
    refusal: &Refusal,
) -> Response {
    let row = refusal.aadsts.row();
    let error = match surface {
        Surface::Tokens(Endpoint::V1) => row.error_v1,
        Surface::Discovery if refusal.aadsts == Aadsts::TenantNotFound => OAuthError::InvalidTenant,
        Surface::Tokens(Endpoint::V2) | Surface::Discovery => row.error,
    };
    let timestamp = entra_timestamp(services.clock.now());
    let (trace_id, correlation_id) = (context.trace_id, context.correlation_id);
    let body = EntraError {
        error: error.as_str().to_owned(),
        // Since about 2023 the parts are separated by blanks, before that by line breaks.
        error_description: format!(
            "{} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {timestamp}",
            refusal.text()
        ),
        error_codes: vec![row.code],
        timestamp: Some(timestamp),
        trace_id: Some(trace_id.to_string()),
        correlation_id: Some(correlation_id.to_string()),
        error_uri: row
            .has_page
            .then(|| format!("{}/error?code={}", context.origin, row.code)),
        suberror: refusal.suberror().map(str::to_owned),
        claims: refusal.claims.clone(),
    };
    let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::BAD_REQUEST);
    with_token_headers((status, Json(body)).into_response())
}

/// Writes whichever of the two it is.
pub(crate) fn write(
    services: &Services,
    context: &RequestContext,
    surface: Surface,
    error: &DirectoryError,
) -> Response {
    match error {
        DirectoryError::Refused(refusal) => refused(services, context, surface, refusal),
        DirectoryError::Failed(failure) => failed(services, context, surface, failure),
    }
}

/// A failure of ours: logged with its causes here, shown as a generic one.
pub(crate) fn failed(
    services: &Services,
    context: &RequestContext,
    surface: Surface,
    failure: &dyn std::error::Error,
) -> Response {
    crate::failure::log(context, failure);
    refused(
        services,
        context,
        surface,
        &Refusal::new(Aadsts::ServiceFailure),
    )
}

/// The headers of every token-side answer (recorded from the service; no HSTS for loopback).
pub(crate) fn with_token_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-cache"),
    );
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::EXPIRES, HeaderValue::from_static("-1"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

/// `YYYY-MM-DD HH:MM:SSZ`.
pub(crate) fn entra_timestamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
