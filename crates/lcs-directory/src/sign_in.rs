//! Signing in with user name and password, and what an administrator may do to an account.

use lcs_types::{Secret, TenantId, UserId, UserPrincipalName};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    model::{Multifactor, Tenant, TenantTarget, User},
    password_hash::PasswordHash,
    store::Changed,
};

/// A person who signed in on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInUser {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The sign-in name.
    pub user_principal_name: UserPrincipalName,
    /// The name shown to people.
    pub display_name: String,
}

impl Directory {
    /// Signs a person in on a page.
    ///
    /// # Errors
    ///
    /// AADSTS50059, 50034, 50056, 50126, 50057; 50076 and 50079 for accounts that demand a second
    /// factor, which pages do not offer yet; a failure of ours.
    pub async fn sign_in(
        &self,
        target: TenantTarget,
        user_name: &str,
        password: &Secret,
    ) -> Result<SignedInUser, DirectoryError> {
        let tenant = self.tenant_of_user(target, user_name).await?;
        let tenant = self.store.tenant(tenant).await?;
        let tenant = tenant.ok_or(DirectoryFailure::Dangling("tenant"))?;
        let user = self.check_password(&tenant, user_name, password).await?;
        check_second_factor(&user, &tenant.id.to_string())?;
        Ok(SignedInUser {
            tenant: user.tenant,
            user: user.id,
            user_principal_name: user.user_principal_name,
            display_name: user.display_name,
        })
    }

    /// The user with this name and password whose account may sign in.
    pub(crate) async fn check_password(
        &self,
        tenant: &Tenant,
        user_name: &str,
        password: &Secret,
    ) -> Result<User, DirectoryError> {
        let user = match user_name.parse::<UserPrincipalName>() {
            Ok(name) => self.store.user_by_name(tenant.id, &name).await?,
            Err(_) => None,
        };
        let Some(user) = user else {
            self.compare_with_decoy(password)?;
            return Err(Refusal::new(Aadsts::UserNotFound)
                // The service hides the name as well.
                .with("user", "{EUII Hidden}")
                .with("tenant", tenant.display_name.clone())
                .into());
        };
        let Some(hash) = &user.password else {
            self.compare_with_decoy(password)?;
            return Err(Aadsts::NoPassword.into());
        };
        if !hash.matches(password) {
            return Err(Aadsts::WrongPassword.into());
        }
        if !user.is_enabled {
            return Err(Aadsts::UserDisabled.into());
        }
        Ok(user)
    }

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

    /// Revokes every grant of a user that was issued before now.
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
        let hash = PasswordHash::of(password, self.settings.password_cost, &*self.randomness)?;
        let now = self.now();
        self.change_user(tenant, user, |user| {
            user.password = Some(hash);
            user.tokens_valid_from = now;
        })
        .await
    }

    async fn change_user(
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

/// A second factor cannot be given in a token request, nor on a page yet.
pub(crate) fn check_second_factor(user: &User, resource_id: &str) -> Result<(), Refusal> {
    let refuse = |aadsts| Err(Refusal::new(aadsts).with("resource_id", resource_id));
    match user.multifactor {
        Multifactor::NotRequired => Ok(()),
        Multifactor::Required => refuse(Aadsts::MfaRequired),
        Multifactor::RequiredNotEnrolled => refuse(Aadsts::MfaEnrolment),
    }
}
