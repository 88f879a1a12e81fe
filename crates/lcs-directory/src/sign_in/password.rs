//! Passwords: comparing them, counting wrong ones, changing one's own.

use jiff::Timestamp;
use lcs_types::{Secret, UserPrincipalName};
use lcs_wire::entra::Aadsts;

use super::{HomeIdentity, check_account, user_not_found};
use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    lockout::Lockout,
    model::{PasswordState, Tenant, User},
    password_hash::WrongPassword,
    store::Changed,
};

/// The fewest and the most characters of a new password ("Password policies in Microsoft Entra").
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=256;

impl Directory {
    /// The user with this name and password whose account may sign in with it as it is.
    pub(crate) async fn check_password(
        &self,
        tenant: &Tenant,
        user_name: &str,
        password: &Secret,
    ) -> Result<User, DirectoryError> {
        let user = self.compare_password(tenant, user_name, password).await?;
        if user.password_state == PasswordState::Current {
            Ok(user)
        } else {
            Err(Aadsts::PasswordExpired.into())
        }
    }

    /// The user with this name and password whose account may sign in. Unknown users, locked ones and
    /// those whose password is elsewhere cost the same work as a wrong password.
    pub(super) async fn compare_password(
        &self,
        tenant: &Tenant,
        user_name: &str,
        password: &Secret,
    ) -> Result<User, DirectoryError> {
        let user = match user_name.parse::<UserPrincipalName>() {
            Ok(name) => self.store.user_by_name(tenant.id, &name).await?,
            Err(_) => None,
        };
        let found = user.filter(|user| !user.is_guest() && user.deleted_at.is_none());
        let Some(user) = found else {
            self.compare_with_decoy(password).await?;
            return Err(user_not_found(tenant).into());
        };
        let domain = user.user_principal_name.domain();
        if tenant.settings.federation_of(&domain).is_some() {
            // The password is at the organization's own identity provider, so every one is wrong here.
            self.compare_with_decoy(password).await?;
            return Err(Aadsts::WrongPassword.into());
        }
        if user.lockout.admit(self.now()).is_err() {
            self.compare_with_decoy(password).await?;
            return Err(Aadsts::AccountLocked.into());
        }
        let Some(hash) = &user.password else {
            self.compare_with_decoy(password).await?;
            return Err(Aadsts::NoPassword.into());
        };
        if let Err(wrong) = self.check_hash(hash, password).await? {
            self.count_failure(tenant, &user, &wrong).await?;
            return Err(Aadsts::WrongPassword.into());
        }
        self.change_lockout(&user, Lockout::after_success).await?;
        check_account(&user, tenant)?;
        Ok(user)
    }

    /// Gives a user who knows the old password a new one.
    ///
    /// # Errors
    ///
    /// AADSTS50126 when the old one is wrong, 50053 while the account is locked; a failure of ours.
    /// [`NewPasswordRejected`] inside when the new one will not do.
    pub async fn change_own_password(
        &self,
        identity: HomeIdentity,
        old: &Secret,
        new: &Secret,
    ) -> Result<Result<(), NewPasswordRejected>, DirectoryError> {
        let tenant = self.tenant_named(identity.tenant).await?;
        let user = self.named_user(&tenant, identity.user).await?;
        let name = user.user_principal_name.as_str();
        self.compare_password(&tenant, name, old).await?;
        if new == old {
            return Ok(Err(NewPasswordRejected::SameAsOld));
        }
        if let Err(rejected) = check_new_password(new) {
            return Ok(Err(rejected));
        }
        self.set_password(identity.tenant, identity.user, new)
            .await?;
        Ok(Ok(()))
    }

    pub(super) async fn count_failure(
        &self,
        tenant: &Tenant,
        user: &User,
        wrong: &WrongPassword,
    ) -> Result<(), DirectoryFailure> {
        let policy = tenant.settings.lockout;
        self.change_lockout(user, |lockout, now| {
            lockout.after_failure(*wrong, &policy, now)
        })
        .await
    }

    /// Guesses that are made at once are counted one after the other.
    async fn change_lockout(
        &self,
        user: &User,
        change: impl Fn(Lockout, Timestamp) -> Lockout + Send + Sync,
    ) -> Result<(), DirectoryFailure> {
        let mut seen = user.lockout.clone();
        loop {
            let lockout = change(seen.clone(), self.now());
            if lockout == seen {
                return Ok(());
            }
            let changed = self
                .store
                .change_lockout(user.tenant, user.id, &seen, &lockout)
                .await?;
            if changed == Changed::Yes {
                return Ok(());
            }
            match self.store.user(user.tenant, user.id).await? {
                Some(user) => seen = user.lockout,
                None => return Ok(()),
            }
        }
    }
}

/// Whether a password will do as a new one: long enough, and of three of the four kinds of
/// characters ("Password policies in Microsoft Entra").
///
/// # Errors
///
/// [`NewPasswordRejected`].
pub(crate) fn check_new_password(new: &Secret) -> Result<(), NewPasswordRejected> {
    let text = new.expose();
    if !PASSWORD_LENGTH.contains(&text.chars().count()) {
        return Err(NewPasswordRejected::Length);
    }
    let kinds = [
        text.chars().any(char::is_lowercase),
        text.chars().any(char::is_uppercase),
        text.chars().any(|c| c.is_ascii_digit()),
        text.chars().any(|c| !c.is_alphanumeric()),
    ];
    if kinds.into_iter().filter(|is_there| *is_there).count() < 3 {
        return Err(NewPasswordRejected::TooSimple);
    }
    Ok(())
}

/// Why a new password is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewPasswordRejected {
    /// It has fewer than 8 or more than 256 characters.
    Length,
    /// Its characters are of fewer than three kinds.
    TooSimple,
    /// It is the old one.
    SameAsOld,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_enough_and_of_three_kinds_of_characters() {
        let check = |text: &str| check_new_password(&Secret::new(text));
        for good in ["Passw0rd", "a Password", "pa55-word", "ÄÖÜ-öäü-"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check(&"aB1".repeat(85)), Ok(()));
        for short_or_long in ["aB1-xyz".to_owned(), "aB1".repeat(86)] {
            assert_eq!(check(&short_or_long), Err(NewPasswordRejected::Length));
        }
        for simple in ["password", "a password", "PASSWORD1", "12345678"] {
            assert_eq!(
                check(simple),
                Err(NewPasswordRejected::TooSimple),
                "{simple}"
            );
        }
    }
}
