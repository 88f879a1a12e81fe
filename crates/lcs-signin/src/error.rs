//! How signing in can fail.

use std::{fmt, time::Duration};

use lcs_types::ClientId;
use lcs_wire::entra::{Aadsts, ArticleStep, EntraError};

use crate::{cache::CacheError, http::HttpError};

/// No token could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The authority answered, and said no.
    #[error(transparent)]
    Refused(Box<RefusedSignIn>),
    /// There was no answer.
    #[error("the authority could not be asked for a token")]
    Network(#[source] HttpError),
    /// The authority asks to come back later.
    #[error("the authority {host} asks to wait before the next request")]
    Throttled {
        /// Host and port.
        host: String,
        /// How long, if it said so.
        retry_after: Option<Duration>,
    },
    /// The answer is none that an authority gives.
    #[error("{host} answered with status {status}, but not as an authority does: {reason}")]
    Unexpected {
        /// Host and port.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong; never holds any of the answer.
        reason: &'static str,
    },
    /// Nobody is signed in, or the sign-in has run out.
    #[error(transparent)]
    NotSignedIn(#[from] NotSignedIn),
    /// Entra does not hold the password, so it was not sent.
    #[error("the domain {domain} is federated: Entra does not check the passwords of its accounts")]
    FederatedDomain {
        /// The user's domain.
        domain: String,
    },
    /// The user did not enter the device code in time.
    #[error("the device code was not entered in time")]
    DeviceCodeExpired,
    /// The browser did not come back in time.
    #[error("the browser did not bring an answer in time")]
    BrowserTimedOut,
    /// The person cancelled the sign-in in the browser.
    #[error("the sign-in was cancelled in the browser")]
    Cancelled,
    /// The browser's answer cannot be listened for.
    #[error("{}", cannot_listen(*port))]
    Loopback {
        /// The port that was asked for; 0 if any would do.
        port: u16,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The page to enter the device code at is neither the authority's nor Microsoft's.
    #[error("the authority sends users to {host}, which it does not belong to")]
    ForeignVerificationPage {
        /// Host of the page.
        host: String,
    },
    /// Somebody else signed in than was asked for.
    #[error("{found} signed in instead of {wanted}")]
    OtherAccount {
        /// Who was to sign in.
        wanted: String,
        /// Who did.
        found: String,
    },
    /// A session from another machine is for another place.
    #[error("the session is for the application {client_id} at {authority}")]
    OtherSession {
        /// Host and port of its authority.
        authority: String,
        /// Its application.
        client_id: ClientId,
    },
    /// The token cache failed.
    #[error("the token cache failed")]
    Cache(#[from] CacheError),
}

impl SignInError {
    /// Whether trying again later, without anybody doing anything, can help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Network(error) => error.is_transient(),
            Self::Throttled { .. } => true,
            Self::Unexpected { status, .. } => *status >= 500,
            Self::Refused(refused) => refused.status >= 500,
            Self::NotSignedIn(_)
            | Self::FederatedDomain { .. }
            | Self::DeviceCodeExpired
            | Self::BrowserTimedOut
            | Self::Cancelled
            | Self::Loopback { .. }
            | Self::ForeignVerificationPage { .. }
            | Self::OtherAccount { .. }
            | Self::OtherSession { .. }
            | Self::Cache(_) => false,
        }
    }
}

fn cannot_listen(port: u16) -> String {
    match port {
        0 => "the browser's answer cannot be listened for on this machine".to_owned(),
        port => format!("the browser's answer cannot be listened for on port {port}"),
    }
}

/// There is nothing to get a token from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSignedIn {
    /// Nobody signed in with this application at this tenant.
    #[error("nobody is signed in to tenant {tenant}")]
    Nobody {
        /// The tenant segment.
        tenant: String,
    },
    /// The account that is wanted did not sign in.
    #[error("{account} is not signed in to tenant {tenant}")]
    Account {
        /// The tenant segment.
        tenant: String,
        /// Who was looked for.
        account: String,
    },
    /// The token ran out, and there is nothing to renew it with.
    #[error("the sign-in to tenant {tenant} has expired and cannot be renewed silently")]
    Expired {
        /// The tenant segment.
        tenant: String,
    },
    /// There is a token and nothing to renew it with.
    #[error("the sign-in to tenant {tenant} came without a refresh token")]
    NotRenewable {
        /// The tenant segment.
        tenant: String,
    },
    /// A token that was given from outside ran out or was refused.
    #[error("the given token has expired or was refused, and cannot be renewed")]
    GivenTokenSpent,
}

/// A refusal of the authority, with everything that it said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSignIn {
    /// The HTTP status; 400 for a refusal that a browser brought, which has none.
    pub status: u16,
    /// The error as sent: OAuth error, AADSTS text, trace and correlation id.
    pub error: EntraError,
}

impl RefusedSignIn {
    /// The AADSTS number.
    pub fn code(&self) -> Option<u32> {
        self.error.code()
    }

    /// The row of the catalogue of refusals that explains it.
    pub fn known(&self) -> Option<Aadsts> {
        Aadsts::from_answer(self.code()?, &self.error.error_description)
    }

    /// What brings it about.
    pub fn cause(&self) -> Option<&'static str> {
        self.known().map(|refusal| refusal.row().cause)
    }

    /// What the user should do about it.
    pub fn remedy(&self) -> Option<&'static str> {
        self.known().map(|refusal| refusal.row().remedy)
    }

    /// The step of the article that went wrong.
    pub fn step(&self) -> Option<ArticleStep> {
        self.known().map(|refusal| refusal.row().step)
    }

    /// Whether a person who signs in interactively could get further. Judged by `error` and
    /// `suberror`, as the service asks, never by the number.
    pub fn needs_interaction(&self) -> bool {
        let by_error = ["interaction_required", "consent_required", "login_required"];
        let by_suberror = [
            "basic_action",
            "additional_action",
            "consent_required",
            "bad_token",
            "token_expired",
            "user_password_expired",
        ];
        by_error.contains(&self.error.error.as_str())
            || self
                .error
                .suberror
                .as_deref()
                .is_some_and(|suberror| by_suberror.contains(&suberror))
    }
}

impl fmt::Display for RefusedSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.error.text();
        if text.is_empty() {
            write!(f, "the sign-in was refused: {}", self.error.error)
        } else {
            write!(f, "the sign-in was refused: {text}")
        }
    }
}

impl std::error::Error for RefusedSignIn {}

impl From<HttpError> for SignInError {
    fn from(error: HttpError) -> Self {
        Self::Network(error)
    }
}
