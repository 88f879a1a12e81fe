//! Signing in with a user name and a password (RFC 6749 §4.3).
//!
//! RFC 9700 §2.4 forbids it; it is here because the LCS article prescribes it, and only works for
//! accounts without multifactor authentication. The password is never kept.

use lcs_types::{Secret, UserPrincipalName};

use crate::{
    error::SignInError,
    resource::Resource,
    token_request::{SignInClient, Tokens},
    user_realm::UserRealm,
};

impl SignInClient {
    /// Exchanges a user name and a password for tokens.
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] with Entra's reason; [`SignInError::Network`],
    /// [`SignInError::Throttled`] and [`SignInError::Unexpected`] when there is none. The request
    /// is not repeated: wrong passwords lock accounts. [`SignInError::FederatedDomain`] before
    /// anything is sent to Entra that it cannot check.
    pub async fn with_password(
        &self,
        resource: &Resource,
        user: &UserPrincipalName,
        password: &Secret,
    ) -> Result<Tokens, SignInError> {
        match self.user_realm(user).await {
            Ok(UserRealm::Federated { domain }) => {
                return Err(SignInError::FederatedDomain { domain });
            }
            Ok(UserRealm::Managed | UserRealm::Unknown { .. }) => {}
            // Not every authority tells; the answer to the password will.
            Err(error) => tracing::debug!(%error, "the user realm was not told"),
        }
        let mut tokens = self
            .request_tokens(&[
                ("grant_type", "password"),
                ("scope", &Self::scope(resource)),
                ("username", user.as_str()),
                ("password", password.expose()),
            ])
            .await?;
        if tokens.account.is_none() {
            tokens.account = Some(user.as_str().to_owned());
        }
        Ok(tokens)
    }
}
