//! Signing in on a page, and which account a person is where.
//!
//! - [`password`] – comparing, counting wrong ones, changing it
//! - [`second_factor`] – the authenticator app
//! - [`kept_session`] – staying signed in
//! - [`account`] – what an administrator may do to an account

pub mod account;
pub mod kept_session;
pub mod password;
pub mod second_factor;

use lcs_types::{Secret, TenantId, UserId, UserPrincipalName};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

pub use password::NewPasswordRejected;
pub(crate) use password::check_new_password;

use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    model::{Authentication, Federation, PasswordState, Tenant, TenantTarget, User, UserKind},
};

/// A person who signed in on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInUser {
    /// The tenant.
    pub tenant: TenantId,
    /// The user there.
    pub user: UserId,
    /// The account that holds password and second factor; another one for guests.
    pub home: HomeIdentity,
    /// The sign-in name.
    pub user_principal_name: UserPrincipalName,
    /// The name shown to people.
    pub display_name: String,
    /// How the person proved who they are.
    pub authentication: Authentication,
}

/// The account that holds password and second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HomeIdentity {
    /// Its tenant.
    pub tenant: TenantId,
    /// The user there.
    pub user: UserId,
}

/// What became of a user name and a password on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSignIn {
    /// The person is who they say.
    SignedIn(Box<SignedInUser>),
    /// So is this one, but needs a new password first.
    MustChangePassword(HomeIdentity),
}

/// Where a user name is at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Realm {
    /// In a tenant here, with a password.
    Managed,
    /// At an identity provider of the organization's own.
    Federated(Federation),
    /// Nowhere here.
    Unknown,
}

impl Directory {
    /// Where a user name is at home. Answers for its domain, never for the user.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn realm(&self, user_name: &str) -> Result<Realm, DirectoryFailure> {
        let Ok(name) = user_name.parse::<UserPrincipalName>() else {
            return Ok(Realm::Unknown);
        };
        let domain = name.domain();
        Ok(match self.store.tenant_of_domain(&domain).await? {
            None => Realm::Unknown,
            Some(tenant) => match tenant.settings.federation_of(&domain) {
                None => Realm::Managed,
                Some(federation) => Realm::Federated(federation.clone()),
            },
        })
    }

    /// Signs a person in on a page.
    ///
    /// # Errors
    ///
    /// AADSTS50059, 50034, 50053, 50056, 50126, 50057; 50020 and 50014 for people of other tenants;
    /// a failure of ours.
    pub async fn sign_in(
        &self,
        target: TenantTarget,
        user_name: &str,
        password: &Secret,
    ) -> Result<PageSignIn, DirectoryError> {
        let home = self.home_tenant(target, user_name).await?;
        let user = self.compare_password(&home, user_name, password).await?;
        let identity = HomeIdentity {
            tenant: user.tenant,
            user: user.id,
        };
        if user.password_state != PasswordState::Current {
            return Ok(PageSignIn::MustChangePassword(identity));
        }
        let session = lcs_types::randomness::random_uuid(&*self.randomness);
        let authentication = Authentication::by_password(self.now(), session);
        let person = self.person_in(target, user, authentication).await?;
        Ok(PageSignIn::SignedIn(Box::new(person)))
    }

    /// The same person in another tenant, for a session that goes on there.
    ///
    /// # Errors
    ///
    /// AADSTS50020 and 50014 when that tenant doesn't know them; 50057, 500341 when the account is
    /// gone meanwhile; a failure of ours.
    pub async fn person_at(
        &self,
        target: TenantTarget,
        person: &SignedInUser,
    ) -> Result<SignedInUser, DirectoryError> {
        let home = person.home;
        let authentication = person.authentication.clone();
        self.signed_in_before(target, home.tenant, home.user, authentication)
            .await
    }

    /// Who signed in like this before, as far as that still counts.
    async fn signed_in_before(
        &self,
        target: TenantTarget,
        home: TenantId,
        user: UserId,
        authentication: Authentication,
    ) -> Result<SignedInUser, DirectoryError> {
        let user = self
            .store
            .user(home, user)
            .await?
            .ok_or(Aadsts::SessionNotValid)?;
        if user.tokens_valid_from > authentication.at {
            return Err(Aadsts::SessionRevoked.into());
        }
        let tenant = self.tenant_named(user.tenant).await?;
        check_account(&user, &tenant)?;
        self.person_in(target, user, authentication).await
    }

    async fn person_in(
        &self,
        target: TenantTarget,
        home: User,
        authentication: Authentication,
    ) -> Result<SignedInUser, DirectoryError> {
        let identity = HomeIdentity {
            tenant: home.tenant,
            user: home.id,
        };
        let user = match target {
            TenantTarget::Tenant(tenant) if tenant != home.tenant => {
                self.guest_in(tenant, &home).await?
            }
            TenantTarget::Tenant(_) | TenantTarget::Common | TenantTarget::Organizations => {
                home.clone()
            }
        };
        Ok(SignedInUser {
            tenant: user.tenant,
            user: user.id,
            home: identity,
            user_principal_name: home.user_principal_name,
            display_name: user.display_name,
            authentication,
        })
    }

    /// The guest that this account is in another tenant.
    async fn guest_in(&self, tenant: TenantId, home: &User) -> Result<User, DirectoryError> {
        let is_this = |user: &User| match &user.kind {
            UserKind::Guest(account) => {
                account.tenant == home.tenant
                    && account.user == home.id
                    && user.deleted_at.is_none()
            }
            UserKind::Member => false,
        };
        let guest = self.store.users(tenant).await?.into_iter().find(is_this);
        let tenant = self.tenant_named(tenant).await?;
        let Some(guest) = guest else {
            return Err(Refusal::new(Aadsts::ForeignUser)
                .with("user", "{EUII Hidden}")
                .with(
                    "provider",
                    format!("https://sts.windows.net/{}/", home.tenant),
                )
                .with("tenant", tenant.display_name)
                .into());
        };
        match &guest.kind {
            UserKind::Guest(account) if !account.has_accepted => Err(Aadsts::GuestPending.into()),
            UserKind::Guest(_) | UserKind::Member => {
                check_account(&guest, &tenant)?;
                Ok(guest)
            }
        }
    }

    /// The tenant whose account a user name means: that of its domain, else the one of the path.
    async fn home_tenant(
        &self,
        target: TenantTarget,
        user_name: &str,
    ) -> Result<Tenant, DirectoryError> {
        let of_domain = match user_name.parse::<UserPrincipalName>() {
            Ok(name) => self.store.tenant_of_domain(&name.domain()).await?,
            Err(_) => None,
        };
        match (of_domain, target) {
            (Some(tenant), _) => Ok(tenant),
            (None, TenantTarget::Tenant(tenant)) => Ok(self.tenant_named(tenant).await?),
            (None, TenantTarget::Common | TenantTarget::Organizations) => {
                Err(Aadsts::NoTenantInformation.into())
            }
        }
    }

    pub(crate) async fn tenant_named(&self, id: TenantId) -> Result<Tenant, DirectoryFailure> {
        let tenant = self.store.tenant(id).await?;
        tenant.ok_or(DirectoryFailure::Dangling("tenant"))
    }

    /// The user whom a grant, a token or a session names. One who was removed since is unknown.
    ///
    /// # Errors
    ///
    /// AADSTS50034; a failure of the store.
    pub(crate) async fn named_user(
        &self,
        tenant: &Tenant,
        id: UserId,
    ) -> Result<User, DirectoryError> {
        let user = self.store.user(tenant.id, id).await?;
        Ok(user.ok_or_else(|| user_not_found(tenant))?)
    }

    pub(super) async fn home_user(&self, person: &SignedInUser) -> Result<User, DirectoryError> {
        let tenant = self.tenant_named(person.home.tenant).await?;
        self.named_user(&tenant, person.home.user).await
    }
}

/// Refuses a deleted or disabled account.
pub(crate) fn check_account(user: &User, tenant: &Tenant) -> Result<(), Refusal> {
    if user.deleted_at.is_some() {
        return Err(Refusal::new(Aadsts::UserDeleted)
            .with("user", "{EUII Hidden}")
            .with("tenant", tenant.display_name.clone()));
    }
    if !user.is_enabled {
        return Err(Aadsts::UserDisabled.into());
    }
    Ok(())
}

/// The service hides the name as well.
pub(crate) fn user_not_found(tenant: &Tenant) -> Refusal {
    Refusal::new(Aadsts::UserNotFound)
        .with("user", "{EUII Hidden}")
        .with("tenant", tenant.display_name.clone())
}
