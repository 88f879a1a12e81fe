//! `/v1.0/identityGovernance/appConsent`.

use axum::{extract::Path, response::Response};

use super::{
    call::Call,
    collections::{APP_CONSENT_REQUESTS, USER_CONSENT_REQUESTS},
};
use crate::answered::Answered;

/// `GET /v1.0/identityGovernance/appConsent/appConsentRequests`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.app_consent_requests(&call.caller).await;
    call.list(APP_CONSENT_REQUESTS, result)
}

/// `GET /v1.0/identityGovernance/appConsent/appConsentRequests/{id}`.
pub(crate) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.app_consent_request(&call.caller, &id).await;
    call.object(APP_CONSENT_REQUESTS, result)
}

/// `GET /v1.0/identityGovernance/appConsent/appConsentRequests/{id}/userConsentRequests`.
pub(crate) async fn list_of_users(
    call: Call,
    Path(id): Path<String>,
) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.user_consent_requests(&call.caller, &id).await;
    call.list(USER_CONSENT_REQUESTS, result)
}
