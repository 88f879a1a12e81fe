//! The token and device code endpoints, both generations.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use lcs_directory::{DirectoryError, Form, token::TokenContext};
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};
use serde::Serialize;

use super::{
    basic,
    error::{Surface, refused, with_token_headers, write},
    form_body,
};
use crate::{context::RequestContext, state::Services};

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(crate) async fn token_v2(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = read(&headers, &body);
    token(&services, &context, segment, form, Endpoint::V2).await
}

/// `POST /{tenant}/oauth2/token`.
pub(crate) async fn token_v1(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = read(&headers, &body);
    token(&services, &context, segment, form, Endpoint::V1).await
}

async fn token(
    services: &Services,
    context: &RequestContext,
    segment: String,
    form: Result<Form, Refusal>,
    endpoint: Endpoint,
) -> Response {
    let (result, client) = match form {
        Ok(form) => {
            let request = token_context(context, &form, segment, endpoint);
            let result = services.directory.request_token(&form, &request).await;
            (result, form.text("client_id").map(str::to_owned))
        }
        Err(refusal) => (Err(refusal.into()), None),
    };
    let response = answer(services, context, endpoint, result);
    let_script_read(services, context, client.as_deref(), response).await
}

/// Lets the page whose script sent the request read the answer, if it is a page of the client's.
async fn let_script_read(
    services: &Services,
    context: &RequestContext,
    client: Option<&str>,
    mut response: Response,
) -> Response {
    if let (Some(origin), Some(client)) = (&context.script_origin, client)
        && let Ok(true) = services.directory.is_spa_origin(client, origin).await
        && let Ok(origin) = HeaderValue::from_str(origin)
    {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

/// The parameters, with the client of HTTP Basic among them.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<Form, Refusal> {
    let form = form_body::parse(body)?;
    match basic::client(headers)? {
        Some((id, secret)) => form.with_basic(&id, secret),
        None => Ok(form),
    }
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`.
pub(crate) async fn device_code_v2(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
    body: Bytes,
) -> Response {
    device_code(&services, &context, segment, &body, Endpoint::V2).await
}

/// `POST /{tenant}/oauth2/devicecode`.
pub(crate) async fn device_code_v1(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
    body: Bytes,
) -> Response {
    device_code(&services, &context, segment, &body, Endpoint::V1).await
}

async fn device_code(
    services: &Services,
    context: &RequestContext,
    segment: String,
    body: &[u8],
    endpoint: Endpoint,
) -> Response {
    let result = match form_body::parse(body) {
        Ok(form) => {
            let request = token_context(context, &form, segment, endpoint);
            services.directory.start_device_code(&form, &request).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    answer(services, context, endpoint, result)
}

/// Anything but a POST to an endpoint that takes nothing else.
pub(crate) fn only_post(
    services: &Services,
    context: &RequestContext,
    method: &Method,
) -> Response {
    let refusal = Refusal::new(Aadsts::OnlyPost).with("method", method.as_str());
    refused(services, context, Surface::Tokens(Endpoint::V2), &refusal)
}

/// What the directory must know of a request for a page.
pub(crate) fn page_context(context: &RequestContext, tenant_segment: &str) -> TokenContext {
    token_context(
        context,
        &Form::default(),
        tenant_segment.to_owned(),
        Endpoint::V2,
    )
}

/// A client may name its correlation id in the body too.
pub(crate) fn token_context(
    context: &RequestContext,
    form: &Form,
    tenant_segment: String,
    endpoint: Endpoint,
) -> TokenContext {
    let in_body = form
        .text("client-request-id")
        .and_then(|text| text.parse().ok());
    TokenContext {
        endpoint,
        tenant_segment,
        origin: context.origin.as_str().to_owned(),
        client_address: context.client_address,
        correlation_id: in_body.unwrap_or(context.correlation_id),
        trace_id: context.trace_id,
        script_origin: context.script_origin.clone(),
    }
}

fn answer(
    services: &Services,
    context: &RequestContext,
    endpoint: Endpoint,
    result: Result<impl Serialize, DirectoryError>,
) -> Response {
    match result {
        Ok(body) => with_token_headers(Json(body).into_response()),
        Err(error) => write(services, context, Surface::Tokens(endpoint), &error),
    }
}
