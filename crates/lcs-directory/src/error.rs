//! Refusals, which are answers, and failures, which are ours.

pub use lcs_tokens::KeyError;
use lcs_tokens::mint::MintError;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use crate::{model::TotpSecretSealed, password_hash::HashPasswordError, store::StoreError};

/// A request to the directory did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// A rule says no, as Entra does.
    #[error("{}", .0.text())]
    Refused(Refusal),
    /// Something of ours failed.
    #[error(transparent)]
    Failed(#[from] DirectoryFailure),
}

/// Something of ours failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryFailure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A signing key.
    #[error("a signing key cannot be used")]
    Key(#[from] KeyError),
    /// The secret of an authenticator app.
    #[error("a second factor cannot be checked")]
    TotpSecret(#[from] TotpSecretSealed),
    /// A token.
    #[error("a token could not be made")]
    Mint(#[from] MintError),
    /// A password.
    #[error("a password could not be kept")]
    Password(#[from] HashPasswordError),
    /// Work was cut off: it panicked, or the process ends.
    #[error("the work was cut off")]
    Interrupted,
    /// No tenant was created yet.
    #[error("there is no signing key yet: no tenant was created")]
    NoSigningKey,
    /// The store refers to an object that it does not have.
    #[error("the store refers to a {0} that it does not have")]
    Dangling(&'static str),
}

impl From<Refusal> for DirectoryError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Aadsts> for DirectoryError {
    fn from(aadsts: Aadsts) -> Self {
        Self::Refused(Refusal::new(aadsts))
    }
}

impl From<StoreError> for DirectoryError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl DirectoryError {
    /// The refusal, when it is one.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Failed(_) => None,
        }
    }
}
