//! The `UserInfo` endpoint: `/oidc/userinfo`, and `/{tenant}/openid/userinfo` of the first generation.

use axum::{
    Json,
    response::{IntoResponse, Response},
};

use super::call::Call;
use crate::answered::Answered;

/// `GET` or `POST`, with a Graph token.
pub(crate) async fn show(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.user_info(&call.caller).await;
    Ok(Json(call.succeeded(result)?).into_response())
}
