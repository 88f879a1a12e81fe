//! Where calls get their token from.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_types::{Clock, Secret};

use crate::error::{NotSignedIn, SignInError};

/// A token to call with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The token.
    pub secret: Secret,
    /// When it runs out, by the local clock.
    pub expires_at: Timestamp,
}

/// Where calls get their token from.
#[async_trait]
pub trait TokenSource: Send + Sync + fmt::Debug {
    /// A token that is valid now and for the next minutes; renewed if need be.
    ///
    /// # Errors
    ///
    /// [`SignInError::NotSignedIn`] when somebody must sign in; the rest as the sign-in fails.
    async fn token(&self) -> Result<AccessToken, SignInError>;

    /// Another token than the one that was refused, although it seemed valid.
    ///
    /// # Errors
    ///
    /// As [`TokenSource::token`].
    async fn renewed(&self, refused: &AccessToken) -> Result<AccessToken, SignInError>;
}

/// A token that was given from outside and cannot be renewed.
#[derive(Debug)]
pub struct FixedToken {
    token: AccessToken,
    clock: Arc<dyn Clock>,
}

impl FixedToken {
    /// This token, until it expires.
    pub fn new(token: AccessToken, clock: Arc<dyn Clock>) -> Self {
        Self { token, clock }
    }
}

#[async_trait]
impl TokenSource for FixedToken {
    async fn token(&self) -> Result<AccessToken, SignInError> {
        if self.clock.now() < self.token.expires_at {
            Ok(self.token.clone())
        } else {
            Err(NotSignedIn::GivenTokenSpent.into())
        }
    }

    async fn renewed(&self, _refused: &AccessToken) -> Result<AccessToken, SignInError> {
        Err(NotSignedIn::GivenTokenSpent.into())
    }
}
