//! `/v1.0/organization` and `/v1.0/domains`.

use axum::response::Response;

use super::{
    call::Call,
    collections::{DOMAINS, ORGANIZATION},
};
use crate::answered::Answered;

/// `GET /v1.0/organization`: the caller's tenant.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.organization(&call.caller).await;
    call.list(ORGANIZATION, result.map(|tenant| vec![tenant]))
}

/// `GET /v1.0/domains`: the domains of the caller's tenant.
pub(crate) async fn domains(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.domains(&call.caller).await;
    call.list(DOMAINS, result)
}
