//! `/v1.0/organization`.

use axum::response::Response;

use super::call::Call;
use crate::answered::Answered;

/// `GET /v1.0/organization`: the caller's tenant.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.organization(&call.caller).await;
    call.list("organization", result.map(|tenant| vec![tenant]))
}
