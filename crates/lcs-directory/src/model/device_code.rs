//! Device codes: a request of one machine that a person answers on another (RFC 8628).

use jiff::Timestamp;
use lcs_types::{ClientId, TenantId, UserId};
use lcs_wire::entra::Endpoint;
use serde::{Deserialize, Serialize};

use super::{Authentication, TenantTarget};
use crate::secret_hash::SecretHash;

/// A device code request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// The hash of what the client polls with.
    pub device_code: SecretHash,
    /// The hash of what the person types, upper-case.
    pub user_code: SecretHash,
    /// Whose users may answer.
    pub target: TenantTarget,
    /// Who asks.
    pub client: ClientId,
    /// The endpoint generation that was asked.
    pub endpoint: Endpoint,
    /// What is asked for, in the form of the v2 endpoint.
    pub scope: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How far it is.
    pub state: DeviceCodeState,
}

/// How far a device code request is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceCodeState {
    /// Nobody answered.
    Pending,
    /// A person agreed; the next poll gets tokens.
    Approved(DeviceApproval),
    /// A person refused.
    Declined,
    /// A poll got the tokens.
    Redeemed,
}

/// Who agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceApproval {
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// How they proved who they are.
    pub authentication: Authentication,
}

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceDecision {
    /// Go on.
    Approve(DeviceApproval),
    /// No.
    Decline,
}

impl From<DeviceDecision> for DeviceCodeState {
    /// The state after a person's answer to a pending request.
    fn from(decision: DeviceDecision) -> Self {
        match decision {
            DeviceDecision::Approve(approval) => Self::Approved(approval),
            DeviceDecision::Decline => Self::Declined,
        }
    }
}
