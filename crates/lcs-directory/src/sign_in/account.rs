//! What an administrator may do to an account.

use lcs_types::{Secret, TenantId, UserId, UserPrincipalName};

use crate::{
    Directory,
    error::DirectoryFailure,
    model::{PasswordState, User},
    store::Changed,
};

impl Directory {
    /// Switches an account on or off.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn set_user_enabled(
        &self,
        tenant: TenantId,
        user: UserId,
        is_enabled: bool,
    ) -> Result<Changed, DirectoryFailure> {
        self.change_user(tenant, user, |user| user.is_enabled = is_enabled)
            .await
    }

    /// Revokes every grant and every session of a user from before now.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn revoke_sign_in_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Changed, DirectoryFailure> {
        let now = self.now();
        self.change_user(tenant, user, |user| user.tokens_valid_from = now)
            .await
    }

    /// Gives a user a new password, which revokes every grant that the old one led to.
    ///
    /// # Errors
    ///
    /// A failure of the store or of hashing.
    pub async fn set_password(
        &self,
        tenant: TenantId,
        user: UserId,
        password: &Secret,
    ) -> Result<Changed, DirectoryFailure> {
        let hash = self.hash_password(password).await?;
        let now = self.now();
        self.change_user(tenant, user, |user| {
            user.password = Some(hash);
            user.password_state = PasswordState::Current;
            user.tokens_valid_from = now;
        })
        .await
    }

    /// The user with this sign-in name.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn user_named(
        &self,
        tenant: TenantId,
        name: &UserPrincipalName,
    ) -> Result<Option<User>, DirectoryFailure> {
        Ok(self.store.user_by_name(tenant, name).await?)
    }

    /// Changes what there is to change of a user.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn change_user(
        &self,
        tenant: TenantId,
        id: UserId,
        change: impl FnOnce(&mut User) + Send,
    ) -> Result<Changed, DirectoryFailure> {
        let Some(mut user) = self.store.user(tenant, id).await? else {
            return Ok(Changed::NotFound);
        };
        change(&mut user);
        Ok(self.store.replace_user(&user).await?)
    }
}
