//! The authenticator app: its codes, and setting one up.

use jiff::Timestamp;
use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::SignedInUser;
use crate::{
    Directory,
    error::DirectoryError,
    model::TotpEnrolment,
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
        let Ok(step) = totp::verify(&enrolment.secret, code, now, last_step) else {
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
        user.totp = Some(TotpEnrolment {
            secret,
            last_used_step: None,
            enrolled_at: now,
        });
        self.store.replace_user(&user).await?;
        self.store.use_totp_step(user.tenant, user.id, step).await?;
        Ok(with_second_factor(person, now))
    }
}

fn with_second_factor(person: &SignedInUser, now: Timestamp) -> SignedInUser {
    SignedInUser {
        authentication: person.authentication.clone().with_one_time_code(now),
        ..person.clone()
    }
}
