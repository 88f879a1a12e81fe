//! How Graph says no.

use lcs_types::ClientId;

use crate::{error::DirectoryFailure, store::StoreError};

/// A call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum GraphFailed {
    /// A rule says no, as Graph does.
    #[error(transparent)]
    Refused(#[from] GraphRefusal),
    /// Something of ours failed.
    #[error(transparent)]
    Failed(#[from] DirectoryFailure),
}

impl From<StoreError> for GraphFailed {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// A refusal of Graph; its text is the message on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphRefusal {
    /// The token is not believed, is for something else, or has no user behind it.
    #[error("{reason}")]
    InvalidToken {
        /// What is wrong with it.
        reason: String,
    },
    /// The token lacks the permission, or the user the role.
    #[error("Insufficient privileges to complete the operation.")]
    Denied,
    /// An application calls as itself where only a user makes sense.
    #[error("/me request is only valid with delegated authentication flow.")]
    NeedsUser,
    /// Only a role lets a caller make a foreign application present.
    #[error(
        "When using this permission, the backing application of the service principal being created must in the local tenant"
    )]
    BackingApplicationNotLocal,
    /// There is no such object.
    #[error(
        "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
    )]
    NotFound {
        /// The key that was asked for.
        key: String,
    },
    /// A property is missing or has a value that it may not have.
    #[error("{message}")]
    BadRequest {
        /// What is wrong.
        message: String,
    },
    /// No application with this id is known here.
    #[error(
        "The appId '{app_id}' of the service principal does not reference a valid application object."
    )]
    NoBackingApplicationObject {
        /// The id.
        app_id: ClientId,
    },
    /// The application is already present in the tenant.
    #[error(
        "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
    )]
    ServicePrincipalExists {
        /// The id.
        app_id: ClientId,
    },
    /// The alternate key is taken.
    #[error("Another object with the same value for property uniqueName already exists.")]
    UniqueNameInUse,
    /// The sign-in name is taken.
    #[error("Another object with the same value for property userPrincipalName already exists.")]
    UserPrincipalNameInUse,
    /// The deleted object's key was taken by another one since.
    #[error(
        "Another object with the same value for property {property} already exists; the object cannot be restored."
    )]
    RestoreConflict {
        /// The property.
        property: &'static str,
    },
    /// There is a grant for the same client, resource and principal.
    #[error("Permission entry already exists.")]
    GrantExists,
}

impl GraphRefusal {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::InvalidToken { .. } => 401,
            Self::Denied | Self::BackingApplicationNotLocal => 403,
            Self::NotFound { .. } => 404,
            Self::BadRequest { .. }
            | Self::NeedsUser
            | Self::NoBackingApplicationObject { .. }
            | Self::UserPrincipalNameInUse => 400,
            Self::ServicePrincipalExists { .. }
            | Self::UniqueNameInUse
            | Self::RestoreConflict { .. }
            | Self::GrantExists => 409,
        }
    }

    /// The code on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidToken { .. } => "InvalidAuthenticationToken",
            Self::Denied | Self::BackingApplicationNotLocal => "Authorization_RequestDenied",
            Self::NotFound { .. } => "Request_ResourceNotFound",
            Self::NeedsUser => "BadRequest",
            Self::BadRequest { .. }
            | Self::NoBackingApplicationObject { .. }
            | Self::UserPrincipalNameInUse => "Request_BadRequest",
            Self::ServicePrincipalExists { .. }
            | Self::UniqueNameInUse
            | Self::RestoreConflict { .. }
            | Self::GrantExists => "Request_MultipleObjectsWithSameKeyValue",
        }
    }

    /// The finer code in the details, where Graph has one.
    pub const fn detail(&self) -> Option<&'static str> {
        match self {
            Self::NoBackingApplicationObject { .. } => Some("NoBackingApplicationObject"),
            Self::UserPrincipalNameInUse => Some("ObjectConflict"),
            Self::InvalidToken { .. }
            | Self::Denied
            | Self::BackingApplicationNotLocal
            | Self::NotFound { .. }
            | Self::NeedsUser
            | Self::BadRequest { .. }
            | Self::ServicePrincipalExists { .. }
            | Self::UniqueNameInUse
            | Self::RestoreConflict { .. }
            | Self::GrantExists => None,
        }
    }

    pub(crate) fn not_found(key: impl std::fmt::Display) -> Self {
        Self::NotFound {
            key: key.to_string(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest {
            message: message.into(),
        }
    }
}
