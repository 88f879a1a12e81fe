//! `/v1.0/auditLogs`: the sign-in log and the audit log.

use axum::response::Response;

use super::{
    call::Call,
    collections::{DIRECTORY_AUDITS, SIGN_INS},
};
use crate::answered::Answered;

/// `GET /v1.0/auditLogs/signIns`.
pub(crate) async fn sign_ins(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.sign_in_log(&call.caller).await;
    call.list(SIGN_INS, result)
}

/// `GET /v1.0/auditLogs/directoryAudits`.
pub(crate) async fn directory_audits(call: Call) -> Result<Response, Answered> {
    let result = call.services.directory.audit_log(&call.caller).await;
    call.list(DIRECTORY_AUDITS, result)
}
