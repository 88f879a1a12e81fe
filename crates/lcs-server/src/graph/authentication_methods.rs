//! `/v1.0/users/{id}/authentication`, and the same of the caller.

use axum::{extract::Path, response::Response};
use lcs_directory::graph::AuthenticationMethodView;

use super::{call::Call, collections::AUTHENTICATION_METHODS, users};
use crate::answered::Answered;

/// `GET /v1.0/me/authentication/methods`.
pub(crate) async fn list_own(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.own_authentication_methods(&call.caller).await;
    call.list(AUTHENTICATION_METHODS, result)
}

/// `GET /v1.0/users/{id or sign-in name}/authentication/methods`.
pub(crate) async fn list(call: Call, Path(user): Path<String>) -> Result<Response, Answered> {
    list_of(&call, &user, None).await
}

/// `GET /v1.0/users/{id or sign-in name}/authentication/passwordMethods`.
pub(crate) async fn list_passwords(
    call: Call,
    Path(user): Path<String>,
) -> Result<Response, Answered> {
    list_of(&call, &user, Some(AuthenticationMethodView::PASSWORD)).await
}

/// `GET /v1.0/users/{id or sign-in name}/authentication/softwareOathMethods`.
pub(crate) async fn list_apps(call: Call, Path(user): Path<String>) -> Result<Response, Answered> {
    list_of(&call, &user, Some(AuthenticationMethodView::SOFTWARE_OATH)).await
}

async fn list_of(
    call: &Call,
    user: &str,
    kind: Option<&'static str>,
) -> Result<Response, Answered> {
    let key = users::key(user).ok_or_else(|| call.not_found(user))?;
    let directory = &call.services.directory;
    let result = directory.authentication_methods(&call.caller, &key).await;
    let result = result.map(|mut methods| {
        methods.retain(|method| kind.is_none_or(|kind| method.kind == kind));
        methods
    });
    call.list(AUTHENTICATION_METHODS, result)
}

/// `DELETE /v1.0/users/{id or sign-in name}/authentication/softwareOathMethods/{id}`.
pub(crate) async fn remove_app(
    call: Call,
    Path((user, id)): Path<(String, String)>,
) -> Result<Response, Answered> {
    let key = users::key(&user).ok_or_else(|| call.not_found(&user))?;
    let directory = &call.services.directory;
    let result = directory.remove_authenticator_app(&call.caller, &key, &id);
    call.no_content(result.await)
}
