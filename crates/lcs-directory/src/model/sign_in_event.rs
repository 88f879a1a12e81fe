//! The sign-in log: one entry for each token request that was decided.

use std::net::IpAddr;

use jiff::Timestamp;
use lcs_types::{CorrelationId, TenantId, UserId};

/// One token request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInEvent {
    /// When.
    pub at: Timestamp,
    /// The client's id of its work.
    pub correlation_id: CorrelationId,
    /// Where it came from.
    pub client_address: IpAddr,
    /// `password`, `device_code`, … or what was asked for instead.
    pub grant: String,
    /// The tenant, once it was known.
    pub tenant: Option<TenantId>,
    /// The client id as given.
    pub client: Option<String>,
    /// The user name as given, or the user's own once known.
    pub user_name: Option<String>,
    /// The user, once known.
    pub user: Option<UserId>,
    /// The resource as requested.
    pub resource: Option<String>,
    /// What became of it.
    pub outcome: SignInOutcome,
}

/// What became of a token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOutcome {
    /// Tokens were issued.
    Granted,
    /// Refused with this AADSTS number.
    Refused(u32),
}
