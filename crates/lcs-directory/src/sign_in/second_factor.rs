//! The authenticator app: its codes, and setting one up.

use jiff::Timestamp;
use lcs_types::{Secret, TenantId, UserId};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::SignedInUser;
use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    model::{SealedTotpSecret, TotpEnrolment},
    store::Changed,
    totp::{self, TotpSecret},
};

impl Directory {
    /// Checks the one-time code of a person who gave the password.
    ///
    /// # Errors
    ///
    /// AADSTS50053 while the account is locked, 500121 for a wrong or used code; a failure of ours.
    pub async fn give_one_time_code(
        &self,
        person: &SignedInUser,
        code: &Secret,
    ) -> Result<SignedInUser, DirectoryError> {
        let user = self.home_user(person).await?;
        let tenant = self.tenant_named(user.tenant).await?;
        let now = self.now();
        if user.lockout.admit(now).is_err() {
            return Err(Aadsts::AccountLocked.into());
        }
        let enrolment = user.totp.as_ref().ok_or(Aadsts::MfaEnrolmentPage)?;
        let last_step = enrolment.last_used_step;
        let sealed = &enrolment.sealed_secret;
        let secret = sealed
            .open(user.tenant, user.id, &self.key_encryption_key)
            .map_err(DirectoryFailure::from)?;
        let Ok(step) = totp::verify(&secret, code, now, last_step) else {
            // Six digits are guessed sooner than a password, so they count as one.
            if let Some(hash) = &user.password
                && let Err(wrong) = self.check_hash(hash, code).await?
            {
                self.count_failure(&tenant, &user, &wrong).await?;
            }
            return Err(Aadsts::StrongAuthenticationFailed.into());
        };
        match self.store.use_totp_step(user.tenant, user.id, step).await? {
            Changed::Yes => Ok(with_second_factor(person, now)),
            Changed::NotFound => Err(Aadsts::StrongAuthenticationFailed.into()),
        }
    }

    /// A secret for an authenticator app that a person is about to set up; nothing is kept yet.
    pub fn new_totp_secret(&self) -> TotpSecret {
        TotpSecret::random(&*self.randomness)
    }

    /// Sets an authenticator app up for a person who has none, once it shows the right code.
    ///
    /// # Errors
    ///
    /// AADSTS500121 for a wrong code and for an account that has one already: whoever knows only the
    /// password must not replace the second factor; a failure of ours.
    pub async fn enrol_totp(
        &self,
        person: &SignedInUser,
        secret: TotpSecret,
        code: &Secret,
    ) -> Result<SignedInUser, DirectoryError> {
        let mut user = self.home_user(person).await?;
        let now = self.now();
        let step = totp::verify(&secret, code, now, None)
            .map_err(|_| Refusal::new(Aadsts::StrongAuthenticationFailed))?;
        if user.totp.is_some() {
            return Err(Aadsts::StrongAuthenticationFailed.into());
        }
        user.totp = Some(self.enrolment(&secret, user.tenant, user.id));
        self.store.replace_user(&user).await?;
        self.store.use_totp_step(user.tenant, user.id, step).await?;
        Ok(with_second_factor(person, now))
    }

    /// An enrolment with this secret, sealed for this user.
    pub(crate) fn enrolment(
        &self,
        secret: &TotpSecret,
        tenant: TenantId,
        user: UserId,
    ) -> TotpEnrolment {
        let (key, randomness) = (&self.key_encryption_key, &*self.randomness);
        TotpEnrolment {
            sealed_secret: SealedTotpSecret::seal(secret, tenant, user, key, randomness),
            last_used_step: None,
            enrolled_at: self.now(),
        }
    }
}

fn with_second_factor(person: &SignedInUser, now: Timestamp) -> SignedInUser {
    SignedInUser {
        authentication: person.authentication.clone().with_one_time_code(now),
        ..person.clone()
    }
}
