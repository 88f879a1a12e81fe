//! An operation as commands print it.

use jiff::Timestamp;
use lcs_client::{
    OperationKind, StartedOperation,
    journal::{Record, State},
};
use lcs_types::{AssetId, EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::{FetchStatus, OperationStatus};
use serde::Serialize;

use super::Tracked;
use crate::output::{Column, Shown};

/// An operation that was started or asked about.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct OperationReport {
    /// Its number in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) id: Option<u64>,
    pub(in crate::commands) operation_activity_id: OperationActivityId,
    pub(in crate::commands) project_id: ProjectId,
    pub(in crate::commands) environment_id: EnvironmentId,
    pub(in crate::commands) status: OperationStatus,
    pub(in crate::commands) completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) backup_name: Option<String>,
}

impl Shown for OperationReport {
    const COLUMNS: &'static [Column] = &[
        ("Operation", "operation_activity_id"),
        ("Status", "status"),
        ("Completed (UTC)", "completed_at"),
        ("Source", "source"),
        ("Target", "target"),
        ("Backup", "backup_name"),
        ("Message", "error_message"),
    ];
}

impl OperationReport {
    /// An operation that was started just now.
    pub(in crate::commands) fn started(tracked: &Tracked) -> Self {
        let operation: &StartedOperation = &tracked.operation;
        Self {
            id: tracked.record,
            operation_activity_id: operation.operation_activity_id,
            project_id: operation.project_id,
            environment_id: operation.environment_id,
            status: OperationStatus::NotStarted,
            completed_at: None,
            error_message: None,
            source: None,
            target: None,
            backup_name: None,
        }
    }

    /// The same with what LCS says of it now.
    pub(in crate::commands) fn with_status(self, status: FetchStatus) -> Self {
        Self {
            status: status.operation_status,
            completed_at: status.completion_date,
            error_message: status.envelope.error_message,
            ..self
        }
    }
}

/// An operation as the journal knows it.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct JournaledOperation {
    id: u64,
    kind: OperationKind,
    state: &'static str,
    status: Option<OperationStatus>,
    recorded_at: Timestamp,
    profile: String,
    api_url: String,
    project_id: ProjectId,
    environment: String,
    environment_id: EnvironmentId,
    source: Option<String>,
    name: Option<String>,
    asset_id: Option<AssetId>,
    commerce: Option<String>,
    user: Option<String>,
    operation_activity_id: Option<OperationActivityId>,
    message: Option<String>,
}

impl Shown for JournaledOperation {
    const COLUMNS: &'static [Column] = &[
        ("Id", "id"),
        ("Kind", "kind"),
        ("Environment", "environment"),
        ("State", "state"),
        ("Status", "status"),
        ("Recorded", "recorded_at"),
        ("Source", "source"),
        ("Name", "name"),
        ("Operation", "operation_activity_id"),
        ("Message", "message"),
    ];
}

impl From<Record> for JournaledOperation {
    fn from(record: Record) -> Self {
        let operation_activity_id = record.operation_activity_id();
        let (state, status, message) = match record.state {
            State::Unknown => ("unknown", None, None),
            State::Running { .. } => ("running", None, None),
            State::Refused { message } => ("refused", None, Some(message)),
            State::Ended { status, .. } => ("ended", Some(status), None),
        };
        Self {
            id: record.id,
            kind: record.request.kind,
            state,
            status,
            recorded_at: record.recorded_at,
            profile: record.request.profile,
            api_url: record.request.api_url,
            project_id: record.request.project_id,
            environment: record.request.environment,
            environment_id: record.request.environment_id,
            source: record.request.source,
            name: record.request.name,
            asset_id: record.request.asset_id,
            commerce: record.request.commerce,
            user: record.request.user,
            operation_activity_id,
            message,
        }
    }
}
