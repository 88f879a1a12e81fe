//! Staying signed in: sessions that outlive the browser and the server.
//!
//! What is kept is who signed in and how, under a hash of the cookie. Whether that still counts is
//! asked of the account whenever the session comes back.

use lcs_types::Secret;

use super::SignedInUser;
use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    model::{KEPT_SESSION_LIFETIME, KeptAccount, KeptSession, TenantTarget},
    secret_hash::SecretHash,
};

/// A kept session that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredSession {
    /// Who is still signed in, the latest at the end.
    pub accounts: Vec<SignedInUser>,
    /// When it ends.
    pub expires_at: jiff::Timestamp,
}

impl Directory {
    /// Whether this person is asked if they want to stay signed in: the tenant of the account says.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn offers_to_keep_signed_in(
        &self,
        person: &SignedInUser,
    ) -> Result<bool, DirectoryFailure> {
        let tenant = self.tenant_named(person.home.tenant).await?;
        Ok(tenant.settings.keep_me_signed_in)
    }

    /// Keeps the session with this id and these accounts; answers until when.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn keep_session(
        &self,
        id: &Secret,
        accounts: &[SignedInUser],
    ) -> Result<jiff::Timestamp, DirectoryFailure> {
        let now = self.now();
        let expires_at = now + KEPT_SESSION_LIFETIME;
        let session = KeptSession {
            session: SecretHash::of(id.expose()),
            accounts: accounts.iter().map(kept).collect(),
            expires_at,
        };
        self.store.keep_session(&session, now).await?;
        Ok(expires_at)
    }

    /// The kept session with this id, with those of its accounts that may still be used: a new
    /// password, revoked sessions and a disabled account end it.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn restore_session(
        &self,
        id: &Secret,
    ) -> Result<Option<RestoredSession>, DirectoryFailure> {
        let hash = SecretHash::of(id.expose());
        let Some(session) = self.store.kept_session(hash, self.now()).await? else {
            return Ok(None);
        };
        let mut accounts = Vec::with_capacity(session.accounts.len());
        for account in session.accounts {
            let home = TenantTarget::Tenant(account.tenant);
            let person = self
                .signed_in_before(home, account.tenant, account.user, account.authentication)
                .await;
            match person {
                Ok(person) => accounts.push(person),
                Err(DirectoryError::Refused(_)) => {}
                Err(DirectoryError::Failed(failure)) => return Err(failure),
            }
        }
        if accounts.is_empty() {
            self.store.forget_session(hash).await?;
            return Ok(None);
        }
        Ok(Some(RestoredSession {
            accounts,
            expires_at: session.expires_at,
        }))
    }

    /// Forgets the session with this id, if it was kept.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn forget_session(&self, id: &Secret) -> Result<(), DirectoryFailure> {
        self.store
            .forget_session(SecretHash::of(id.expose()))
            .await?;
        Ok(())
    }
}

fn kept(person: &SignedInUser) -> KeptAccount {
    KeptAccount {
        tenant: person.home.tenant,
        user: person.home.user,
        authentication: person.authentication.clone(),
    }
}
