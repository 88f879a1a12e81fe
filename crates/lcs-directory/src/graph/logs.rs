//! `/auditLogs`: the sign-in log and the audit log, newest first.

use serde::Serialize;
use serde_json::{Value, json};

use super::{GraphCaller, GraphFailed, Operation, instant};
use crate::{
    Directory,
    model::{AuditEvent, Initiator, SignInEvent, SignInOutcome},
};
use lcs_wire::entra::Aadsts;

/// How far back the logs are shown.
const MOST_ENTRIES: u32 = 5_000;

/// An entry of a log, in the shape of Graph's `signIn` or `directoryAudit`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct LogEntry(Value);

impl Directory {
    /// The sign-in log of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`](super::GraphRefusal::Denied); a failure of ours.
    pub async fn sign_in_log(&self, caller: &GraphCaller) -> Result<Vec<LogEntry>, GraphFailed> {
        caller.require(Operation::ReadSignIns)?;
        let events = self.store.sign_ins(caller.tenant, MOST_ENTRIES).await?;
        Ok(events.iter().map(sign_in).collect())
    }

    /// The audit log of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`](super::GraphRefusal::Denied); a failure of ours.
    pub async fn audit_log(&self, caller: &GraphCaller) -> Result<Vec<LogEntry>, GraphFailed> {
        caller.require(Operation::ReadAudits)?;
        let events = self.store.audits(caller.tenant, MOST_ENTRIES).await?;
        Ok(events.iter().map(audit).collect())
    }
}

fn sign_in(event: &SignInEvent) -> LogEntry {
    let (code, reason) = match event.outcome {
        SignInOutcome::Granted => (0, None),
        SignInOutcome::Refused(code) => (code, Aadsts::from_code(code).map(|it| it.row().cause)),
    };
    LogEntry(json!({
        "id": event.trace_id.to_string(),
        "createdDateTime": instant(event.at),
        "userPrincipalName": event.user_name,
        "userId": event.user,
        "appId": event.client,
        "appDisplayName": event.client_name,
        "ipAddress": event.client_address,
        "clientAppUsed": event.grant,
        "correlationId": event.correlation_id,
        "conditionalAccessStatus": event.conditional_access.as_str(),
        "resourceDisplayName": event.resource,
        "status": { "errorCode": code, "failureReason": reason },
    }))
}

fn audit(event: &AuditEvent) -> LogEntry {
    let initiated_by = match &event.initiator {
        Initiator::User {
            id,
            user_principal_name,
        } => json!({ "user": { "id": id, "userPrincipalName": user_principal_name } }),
        Initiator::Application {
            client,
            service_principal,
        } => json!({ "app": { "appId": client, "servicePrincipalId": service_principal } }),
    };
    let targets: Vec<Value> = event
        .targets
        .iter()
        .map(|target| {
            json!({ "id": target.id, "displayName": target.display_name, "type": target.kind })
        })
        .collect();
    LogEntry(json!({
        "id": event.id,
        "activityDateTime": instant(event.at),
        "activityDisplayName": event.activity,
        "category": event.category,
        "correlationId": event.correlation_id,
        "result": "success",
        "initiatedBy": initiated_by,
        "targetResources": targets,
    }))
}
