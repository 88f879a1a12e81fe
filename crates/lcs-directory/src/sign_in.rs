//! Signing in with user name and password, the second factor, a new password; and what an
//! administrator may do to an account.

use jiff::Timestamp;
use lcs_types::{Secret, TenantId, UserId, UserPrincipalName};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    lockout::Lockout,
    model::{
        Authentication, Federation, PasswordState, Tenant, TenantTarget, TotpEnrolment, User,
        UserKind,
    },
    password_hash::WrongPassword,
    store::Changed,
    totp::{self, TotpSecret},
};

/// The fewest and the most letters of a new password ("Password policies in Microsoft Entra").
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=256;

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
        let user = self
            .store
            .user(person.home.tenant, person.home.user)
            .await?
            .ok_or(Aadsts::SessionNotValid)?;
        if user.tokens_valid_from > person.authentication.at {
            return Err(Aadsts::SessionRevoked.into());
        }
        let tenant = self.tenant_named(user.tenant).await?;
        check_account(&user, &tenant)?;
        self.person_in(target, user, person.authentication.clone())
            .await
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
    async fn compare_password(
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

    /// Gives a user who knows the old password a new one.
    ///
    /// # Errors
    ///
    /// AADSTS50126 when the old one is wrong, 50053 while the account is locked; a failure of ours.
    /// [`NewPasswordRejected`] inside when the new one is too short or the old one.
    pub async fn change_own_password(
        &self,
        identity: HomeIdentity,
        old: &Secret,
        new: &Secret,
    ) -> Result<Result<(), NewPasswordRejected>, DirectoryError> {
        let user = self.store.user(identity.tenant, identity.user).await?;
        let user = user.ok_or(DirectoryFailure::Dangling("user"))?;
        let tenant = self.tenant_named(identity.tenant).await?;
        let name = user.user_principal_name.as_str();
        self.compare_password(&tenant, name, old).await?;
        if !PASSWORD_LENGTH.contains(&new.expose().chars().count()) {
            return Ok(Err(NewPasswordRejected::Length));
        }
        if new == old {
            return Ok(Err(NewPasswordRejected::SameAsOld));
        }
        self.set_password(identity.tenant, identity.user, new)
            .await?;
        Ok(Ok(()))
    }

    async fn home_user(&self, person: &SignedInUser) -> Result<User, DirectoryFailure> {
        let user = self
            .store
            .user(person.home.tenant, person.home.user)
            .await?;
        user.ok_or(DirectoryFailure::Dangling("user"))
    }

    async fn count_failure(
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

/// Why a new password is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewPasswordRejected {
    /// It has fewer than 8 or more than 256 letters.
    Length,
    /// It is the old one.
    SameAsOld,
}

fn with_second_factor(person: &SignedInUser, now: Timestamp) -> SignedInUser {
    SignedInUser {
        authentication: person.authentication.clone().with_one_time_code(now),
        ..person.clone()
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
