//! The sign-in log: one entry for each token request or sign-in on a page that was decided.

use std::{net::IpAddr, str::FromStr};

use jiff::Timestamp;
use lcs_types::{CorrelationId, TenantId, TraceId, UserId};

use super::UnknownWord;

/// One sign-in and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInEvent {
    /// When.
    pub at: Timestamp,
    /// The client's id of its work.
    pub correlation_id: CorrelationId,
    /// Our id of the request.
    pub trace_id: TraceId,
    /// Where it came from.
    pub client_address: IpAddr,
    /// `password`, `device_code`, … or what was asked for instead.
    pub grant: String,
    /// The tenant, once it was known.
    pub tenant: Option<TenantId>,
    /// The client id as given.
    pub client: Option<String>,
    /// The client's name, once it was known.
    pub client_name: Option<String>,
    /// The user name as given, or the user's own once known.
    pub user_name: Option<String>,
    /// The user, once known.
    pub user: Option<UserId>,
    /// The resource as requested.
    pub resource: Option<String>,
    /// What became of it.
    pub outcome: SignInOutcome,
    /// What conditional access said.
    pub conditional_access: ConditionalAccessStatus,
}

/// What conditional access said of a sign-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ConditionalAccessStatus {
    /// No policy concerned it.
    #[default]
    NotApplied,
    /// Those that did were satisfied.
    Success,
    /// One was not.
    Failure,
}

impl ConditionalAccessStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotApplied => "notApplied",
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

impl FromStr for ConditionalAccessStatus {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::NotApplied, Self::Success, Self::Failure]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// What became of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOutcome {
    /// Tokens were issued, or a code.
    Granted,
    /// Refused with this AADSTS number.
    Refused(u32),
}
