//! The OAuth error of an answer: the word that programs may branch on.

/// The OAuth error of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OAuthError {
    /// RFC 6749 §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §5.2.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §5.2.
    InvalidScope,
    /// Entra: the resource is unknown or disabled.
    InvalidResource,
    /// Entra, discovery: the tenant is unknown.
    InvalidTenant,
    /// Entra, instance discovery: the authority host is unknown.
    InvalidInstance,
    /// Entra, v1, and OpenID Connect Core §3.1.2.6: a person must act.
    InteractionRequired,
    /// RFC 8628 §3.5.
    AuthorizationPending,
    /// Entra's name for RFC 8628's `access_denied`.
    AuthorizationDeclined,
    /// Entra: the device code is unknown.
    BadVerificationCode,
    /// RFC 8628 §3.5.
    ExpiredToken,
    /// Entra, v1: the device code expired.
    CodeExpired,
    /// RFC 6749 §4.1.2.1; on pages only.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// OpenID Connect Core §3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    ConsentRequired,
}

impl OAuthError {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidResource => "invalid_resource",
            Self::InvalidTenant => "invalid_tenant",
            Self::InvalidInstance => "invalid_instance",
            Self::InteractionRequired => "interaction_required",
            Self::AuthorizationPending => "authorization_pending",
            Self::AuthorizationDeclined => "authorization_declined",
            Self::BadVerificationCode => "bad_verification_code",
            Self::ExpiredToken => "expired_token",
            Self::CodeExpired => "code_expired",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
        }
    }
}
