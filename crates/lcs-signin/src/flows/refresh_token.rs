//! Renewing silently with a refresh token (RFC 6749 §6).

use lcs_types::Secret;

use crate::{
    error::SignInError,
    resource::Resource,
    token_request::{SignInClient, Tokens},
};

impl SignInClient {
    /// Exchanges a refresh token for tokens. Entra binds refresh tokens to user and application,
    /// not to a resource, so it may come from a sign-in for another one.
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] when somebody has to sign in again; otherwise as
    /// [`SignInClient::with_password`].
    pub async fn renew(
        &self,
        resource: &Resource,
        refresh_token: &Secret,
    ) -> Result<Tokens, SignInError> {
        self.request_tokens(&[
            ("grant_type", "refresh_token"),
            ("scope", &Self::scope(resource)),
            ("refresh_token", refresh_token.expose()),
        ])
        .await
    }
}
