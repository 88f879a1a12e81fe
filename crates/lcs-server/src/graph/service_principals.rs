//! `/v1.0/servicePrincipals`.

use axum::{body::Bytes, extract::Path, response::Response};
use lcs_directory::graph::{ServicePrincipalKey, ServicePrincipalPatch};
use lcs_wire::graph::NewServicePrincipal;

use super::{call::Call, collections::SERVICE_PRINCIPALS};
use crate::answered::Answered;

/// `GET /v1.0/servicePrincipals`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call
        .services
        .directory
        .list_service_principals(&call.caller)
        .await;
    call.list(SERVICE_PRINCIPALS, result)
}

/// `POST /v1.0/servicePrincipals`.
pub(crate) async fn create(call: Call, body: Bytes) -> Result<Response, Answered> {
    let new: NewServicePrincipal = call.body(&body)?;
    let result = call
        .services
        .directory
        .create_service_principal(&call.caller, &new)
        .await;
    call.created(SERVICE_PRINCIPALS, result)
}

/// `GET /v1.0/servicePrincipals/{id}` and its key form.
pub(crate) async fn get(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let result = call
        .services
        .directory
        .service_principal(&call.caller, key)
        .await;
    call.object(SERVICE_PRINCIPALS, result)
}

/// `PATCH /v1.0/servicePrincipals/{id}`.
pub(crate) async fn update(
    call: Call,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    let patch: ServicePrincipalPatch = call.body(&body)?;
    call.no_content(
        call.services
            .directory
            .update_service_principal(&call.caller, key, &patch)
            .await,
    )
}

/// `DELETE /v1.0/servicePrincipals/{id}`.
pub(crate) async fn remove(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let key = key(&text).ok_or_else(|| call.not_found(&text))?;
    call.no_content(
        call.services
            .directory
            .delete_service_principal(&call.caller, key)
            .await,
    )
}

pub(super) fn key(text: &str) -> Option<ServicePrincipalKey> {
    match text.strip_prefix("appId=") {
        Some(client) => client.parse().ok().map(ServicePrincipalKey::AppId),
        None => text.parse().ok().map(ServicePrincipalKey::Id),
    }
}
