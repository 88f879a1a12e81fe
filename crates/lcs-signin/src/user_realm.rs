//! Who checks the passwords of a domain: Entra itself, or a federated identity provider.
//!
//! The authority answers for the domain and never for the user, without a sign-in. Asked before a
//! password is sent: Entra would call the right password of a federated account wrong
//! (AADSTS50126) and count it towards the lockout ("Resource owner password credentials").

use std::time::Duration;

use lcs_types::UserPrincipalName;
use lcs_wire::entra;
use reqwest::header::ACCEPT;

use crate::{
    error::SignInError,
    http::{HttpError, TOKEN_ANSWER_LIMIT, read_bounded},
    token_request::{SignInClient, unexpected},
};

/// Nobody waits longer for an answer that only helps.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Who checks the passwords of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRealm {
    /// Entra does.
    Managed,
    /// A federated identity provider does, such as AD FS.
    Federated {
        /// The domain.
        domain: String,
    },
    /// No tenant of this cloud has the domain.
    Unknown {
        /// The domain.
        domain: String,
    },
}

impl SignInClient {
    /// Asks who checks the passwords of the user's domain.
    ///
    /// # Errors
    ///
    /// [`SignInError::Network`] and [`SignInError::Unexpected`] when there is no such answer.
    pub async fn user_realm(&self, user: &UserPrincipalName) -> Result<UserRealm, SignInError> {
        let url = self.authority().user_realm_endpoint(user);
        let response = self
            .http
            .client_for(&url)?
            .get(url.clone())
            .header(ACCEPT, "application/json")
            .timeout(REQUEST_TIMEOUT)
            .send()
            .await
            .map_err(|error| HttpError::from_exchange(&url, error))?;
        let status = response.status().as_u16();
        let body = read_bounded(response, TOKEN_ANSWER_LIMIT).await?;
        let answer: Option<entra::UserRealm> = serde_json::from_slice(&body).ok();
        let (200, Some(answer)) = (status, answer) else {
            return Err(unexpected(&url, status, "its body is no user realm"));
        };
        let (_, domain) = user.as_str().rsplit_once('@').unwrap_or_default();
        let domain = domain.to_owned();
        Ok(match answer.account_type.as_str() {
            "Federated" => UserRealm::Federated { domain },
            "Managed" => UserRealm::Managed,
            _ => UserRealm::Unknown { domain },
        })
    }
}
