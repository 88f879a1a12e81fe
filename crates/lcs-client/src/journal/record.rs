//! A record of the journal: what was asked, and how far it is known to be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lcs_types::{AssetId, EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::OperationStatus;
use serde::{Deserialize, Serialize};

use crate::lcs::{OperationKind, StartedOperation};

/// What is about to be asked of LCS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it does.
    pub kind: OperationKind,
    /// The profile it was started with.
    pub profile: String,
    /// The LCS instance.
    pub api_url: String,
    /// The project.
    pub project_id: ProjectId,
    /// The environment that is changed or exported.
    pub environment_id: EnvironmentId,
    /// Its name.
    pub environment: String,
    /// The environment that is copied; of a refresh alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The name of the backup or of the update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The package that is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<AssetId>,
    /// The Commerce Scale Unit or e-commerce environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commerce: Option<String>,
    /// Who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// How far an operation is known to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The request was or is about to be sent, and no answer came: it may run.
    Unknown,
    /// LCS accepted it.
    Running {
        /// The id to poll.
        operation_activity_id: OperationActivityId,
    },
    /// It never began: LCS declined, or was not reached.
    Refused {
        /// Why.
        message: String,
    },
    /// It has ended.
    Ended {
        /// The id it was polled with.
        operation_activity_id: OperationActivityId,
        /// How.
        status: OperationStatus,
    },
}

/// One operation of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number in this journal, from 1.
    pub id: u64,
    /// When it was recorded, just before the request was sent.
    pub recorded_at: Timestamp,
    /// What was asked.
    pub request: Request,
    /// How far it is.
    pub state: State,
}

impl Record {
    /// The id to poll, once it is known.
    pub const fn operation_activity_id(&self) -> Option<OperationActivityId> {
        match &self.state {
            State::Running {
                operation_activity_id,
            }
            | State::Ended {
                operation_activity_id,
                ..
            } => Some(*operation_activity_id),
            State::Unknown | State::Refused { .. } => None,
        }
    }

    /// Whether somebody still has to look after it.
    pub const fn is_unfinished(&self) -> bool {
        matches!(self.state, State::Unknown | State::Running { .. })
    }

    /// What it takes to ask for its status; `None` while its id is not known.
    pub fn started(&self) -> Option<StartedOperation> {
        Some(StartedOperation {
            kind: self.request.kind,
            project_id: self.request.project_id,
            environment_id: self.request.environment_id,
            operation_activity_id: self.operation_activity_id()?,
            commerce: self.request.commerce.clone(),
        })
    }
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    /// Of the first entry of a record alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<Request>,
    #[serde(flatten)]
    pub(super) state: State,
}

/// The records that the entries amount to, oldest first. An entry of a record whose beginning is
/// lost says nothing.
pub(super) fn records(entries: impl IntoIterator<Item = Entry>) -> Vec<Record> {
    let mut records: BTreeMap<u64, Record> = BTreeMap::new();
    for entry in entries {
        if let Some(request) = entry.request {
            records.entry(entry.id).or_insert(Record {
                id: entry.id,
                recorded_at: entry.at,
                request,
                state: entry.state,
            });
        } else if let Some(record) = records.get_mut(&entry.id) {
            // What has ended stays so, whoever writes later.
            if !matches!(record.state, State::Ended { .. }) {
                record.state = entry.state;
            }
        }
    }
    records.into_values().collect()
}
