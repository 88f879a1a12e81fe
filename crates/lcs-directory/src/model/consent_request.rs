//! What a user asked an administrator to consent to.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, ConsentRequestId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// How long a request waits for an administrator: the service's *Consent request expires after*.
pub const CONSENT_REQUEST_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The most letters of a justification.
const MOST_LETTERS: usize = 500;

/// What a user asked an administrator to consent to ("userConsentRequest resource type").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    /// The tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: ConsentRequestId,
    /// The application that wants the permissions.
    pub client: ClientId,
    /// Its name at that time.
    pub client_name: String,
    /// Who asks.
    pub user: UserId,
    /// For what.
    pub permissions: Vec<RequestedPermission>,
    /// Why.
    pub justification: Justification,
    /// When.
    pub requested_at: Timestamp,
    /// What became of it.
    pub state: ConsentRequestState,
}

/// A delegated permission that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedPermission {
    /// The resource's application id.
    pub resource: ClientId,
    /// The value.
    pub value: String,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentRequestState {
    /// Nobody has decided.
    Pending,
    /// An administrator granted what was asked for.
    Completed {
        /// When.
        at: Timestamp,
    },
    /// An administrator refused it.
    Denied {
        /// When.
        at: Timestamp,
        /// Who.
        by: UserId,
    },
    /// It waited too long.
    Expired,
}

impl ConsentRequest {
    /// What became of it until now: a request that nobody decided in time has expired.
    pub fn state_at(&self, now: Timestamp) -> ConsentRequestState {
        match self.state {
            ConsentRequestState::Pending
                if now.duration_since(self.requested_at) >= CONSENT_REQUEST_LIFETIME =>
            {
                ConsentRequestState::Expired
            }
            state => state,
        }
    }

    /// Whether an administrator may still decide.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        self.state_at(now) == ConsentRequestState::Pending
    }
}

/// Why somebody wants an application, in their own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Justification(String);

impl Justification {
    /// What was typed, without blanks around it; nothing when that is empty or too long.
    pub fn of(typed: &str) -> Option<Self> {
        let text = typed.trim();
        (1..=MOST_LETTERS)
            .contains(&text.chars().count())
            .then(|| Self(text.to_owned()))
    }

    /// One from a store.
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Justification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_justification_says_something_and_is_no_book() {
        assert_eq!(Justification::of(" \r\n "), None);
        assert_eq!(Justification::of(&"x".repeat(501)), None);
        let longest = "ü".repeat(500);
        assert_eq!(Justification::of(&longest).unwrap().as_str(), longest);
        assert_eq!(
            Justification::of(" I need it. ").unwrap().as_str(),
            "I need it."
        );
    }

    #[test]
    fn a_request_expires_unless_it_was_decided() {
        let asked = Timestamp::UNIX_EPOCH;
        let mut request = ConsentRequest {
            tenant: TenantId::from_u128(1),
            id: ConsentRequestId::from_u128(2),
            client: ClientId::from_u128(3),
            client_name: "Tool".to_owned(),
            user: UserId::from_u128(4),
            permissions: Vec::new(),
            justification: Justification::of("x").unwrap(),
            requested_at: asked,
            state: ConsentRequestState::Pending,
        };
        let last = asked + CONSENT_REQUEST_LIFETIME - SignedDuration::from_secs(1);
        assert!(request.is_pending(last));
        let late = asked + CONSENT_REQUEST_LIFETIME;
        assert_eq!(request.state_at(late), ConsentRequestState::Expired);
        request.state = ConsentRequestState::Completed { at: asked };
        assert_eq!(request.state_at(late), request.state);
    }
}
