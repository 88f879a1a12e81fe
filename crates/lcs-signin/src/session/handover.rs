//! A session goes to another machine, and one that came from there is taken into the cache.

use lcs_types::Secret;

use super::Session;
use crate::{
    cache::{Contents, Entry},
    error::{NotSignedIn, SignInError},
    exported_session::ExportedSession,
    session::TokenSource as _,
};

impl Session {
    /// The session as it can go to another machine, renewed so that it holds as long as it can.
    ///
    /// # Errors
    ///
    /// As [`TokenSource::token`](super::TokenSource::token); [`NotSignedIn::NotRenewable`] when
    /// there is no refresh token.
    pub async fn export(&self) -> Result<ExportedSession, SignInError> {
        let started = self.client.clock.now();
        let current = self.token().await?;
        let slot = self.slot();
        let not_renewable = || NotSignedIn::NotRenewable {
            tenant: slot.tenant.clone(),
        };
        let contents = self.cache.read().await?;
        let renewed_at = contents.renewed_at(&slot, self.wanted_account());
        let renewed_at = renewed_at.ok_or_else(not_renewable)?;
        if renewed_at < started {
            self.renewed(&current).await?;
        }
        let contents = self.cache.read().await?;
        let (entry, refresh_token) = contents
            .find_renewable(&slot, self.wanted_account())
            .and_then(|entry| Some((entry, entry.refresh_token.clone()?)))
            .ok_or_else(not_renewable)?;
        Ok(ExportedSession {
            authority: slot.authority.clone(),
            tenant: slot.tenant.clone(),
            client_id: slot.client_id,
            account: entry.account.clone(),
            obtained_at: entry.obtained_at,
            refresh_token,
        })
    }

    /// Takes what was brought from another machine into the cache. Asks the authority nothing: the
    /// first token that is asked for does.
    pub(super) async fn take_in(&self) -> Result<(), SignInError> {
        let Some(exported) = &self.brought else {
            return Ok(());
        };
        let slot = self.slot();
        if exported.authority != slot.authority || exported.client_id != slot.client_id {
            return Err(SignInError::OtherSession {
                authority: exported.authority.clone(),
                client_id: exported.client_id,
            });
        }
        let is_older = |contents: &Contents| {
            contents
                .renewed_at(&slot, Some(&exported.account))
                .is_none_or(|at| at < exported.obtained_at)
        };
        if !is_older(&self.cache.read().await?) {
            return Ok(());
        }
        let mut cache = self.cache.lock().await?;
        let mut contents = cache.read()?;
        if is_older(&contents) {
            contents.put(Entry {
                authority: slot.authority.clone(),
                tenant: slot.tenant.clone(),
                client_id: slot.client_id,
                resource: slot.resource.clone(),
                account: exported.account.clone(),
                // It ran out when it began, so it is never used.
                access_token: Secret::new(""),
                obtained_at: exported.obtained_at,
                expires_at: exported.obtained_at,
                refresh_token: Some(exported.refresh_token.clone()),
            });
            cache.write(contents)?;
        }
        Ok(())
    }
}
