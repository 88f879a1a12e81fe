//! Changing `/users`: creation, profile, account, password, sessions, deletion.
//!
//! Whoever holds a directory role is out of reach of all but global administrators, so that no
//! lesser administrator takes over a greater one's account ("Who can perform sensitive actions").

use lcs_types::{Secret, UserId};
use lcs_wire::graph::{PasswordProfile, User as Shown, UserPatch};

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation, UserKey, people::shown};
use crate::{
    Directory,
    lockout::Lockout,
    model::{Multifactor, PasswordState, User, UserKind},
    sign_in::check_new_password,
    store::{Added, Changed},
};

/// "user resource type": the longest display name.
const LONGEST_NAME: usize = 256;

impl Directory {
    /// Creates a member of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; [`GraphRefusal::BadRequest`] when a property is missing or has a
    /// value that it may not have; [`GraphRefusal::UserPrincipalNameInUse`]; a failure of ours.
    pub async fn create_user(
        &self,
        caller: &GraphCaller,
        new: &UserPatch,
    ) -> Result<Shown, GraphFailed> {
        caller.require(Operation::CreateUser)?;
        let required = |property: &str| {
            GraphRefusal::bad_request(format!(
                "A value is required for property '{property}' of resource 'User'."
            ))
        };
        let is_enabled = new
            .account_enabled
            .ok_or_else(|| required("accountEnabled"))?;
        let name = new.user_principal_name.as_deref();
        let name = name.ok_or_else(|| required("userPrincipalName"))?;
        let display_name = new.display_name.clone();
        let profile = new.password_profile.as_ref();
        let profile = profile.ok_or_else(|| required("passwordProfile"))?;
        let password = profile.password.as_ref();
        let password = password.ok_or_else(|| required("passwordProfile"))?;
        if new.mail_nickname.is_none() {
            return Err(required("mailNickname").into());
        }
        check_password_complexity(password)?;
        let hash = self.hash_password(password).await?;
        let mut user = User {
            tenant: caller.tenant,
            id: UserId::random(&*self.randomness),
            user_principal_name: name.parse().map_err(|_| invalid("userPrincipalName"))?,
            display_name: display_name.ok_or_else(|| required("displayName"))?,
            given_name: None,
            surname: None,
            mail_nickname: None,
            roles: Vec::new(),
            is_enabled,
            kind: UserKind::Member,
            multifactor: Multifactor::NotRequired,
            password: Some(hash),
            password_state: state_after_reset(profile),
            totp: None,
            lockout: Lockout::default(),
            created_at: self.now(),
            deleted_at: None,
            tokens_valid_from: self.now(),
        };
        apply_profile(&mut user, new)?;
        self.require_own_domain(&user).await?;
        match self.store.add_user(&user).await? {
            Added::Yes => {}
            Added::Conflict => return Err(GraphRefusal::UserPrincipalNameInUse.into()),
        }
        self.audit_call(caller, "Add user", &user).await?;
        Ok(shown(&user))
    }

    /// Changes what the patch holds. A new password revokes what the old one led to; an account that
    /// is switched off renews no token.
    ///
    /// # Errors
    ///
    /// As [`Directory::create_user`], and [`GraphRefusal::NotFound`].
    pub async fn update_user(
        &self,
        caller: &GraphCaller,
        key: &UserKey,
        patch: &UserPatch,
    ) -> Result<(), GraphFailed> {
        for operation in operations(patch) {
            caller.require(operation)?;
        }
        let mut user = self.find_user(caller.tenant, key).await?;
        if is_sensitive(patch) {
            may_touch(caller, &user)?;
        }
        apply_profile(&mut user, patch)?;
        let activity = match (&patch.password_profile, patch.account_enabled) {
            (Some(_), _) => "Reset user password",
            (None, Some(true)) => "Enable account",
            (None, Some(false)) => "Disable account",
            (None, None) => "Update user",
        };
        if let Some(is_enabled) = patch.account_enabled {
            user.is_enabled = is_enabled;
        }
        if let Some(profile) = &patch.password_profile {
            if let Some(password) = &profile.password {
                check_password_complexity(password)?;
                user.password = Some(self.hash_password(password).await?);
                user.tokens_valid_from = self.now();
            }
            user.password_state = state_after_reset(profile);
        }
        if let Some(name) = &patch.user_principal_name {
            user.user_principal_name = name.parse().map_err(|_| invalid("userPrincipalName"))?;
            self.require_own_domain(&user).await?;
            self.rename(&user, || GraphRefusal::UserPrincipalNameInUse)
                .await?;
        }
        match self.store.replace_user(&user).await? {
            Changed::Yes => {}
            Changed::NotFound => return Err(GraphRefusal::not_found(key).into()),
        }
        self.audit_call(caller, activity, &user).await
    }

    /// Deletes a user, who renews no token any more and for thirty days can be restored. The sign-in
    /// name is free at once: a deleted user's is preceded by the object id.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn delete_user(
        &self,
        caller: &GraphCaller,
        key: &UserKey,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::DeleteUser)?;
        let mut user = self.find_user(caller.tenant, key).await?;
        may_touch(caller, &user)?;
        let original = user.clone();
        let name = format!("{}{}", prefix(user.id), user.user_principal_name);
        user.user_principal_name = name.parse().map_err(|_| invalid("userPrincipalName"))?;
        user.deleted_at = Some(self.now());
        user.tokens_valid_from = self.now();
        match self.store.replace_user(&user).await? {
            Changed::Yes => {}
            Changed::NotFound => return Err(GraphRefusal::not_found(key).into()),
        }
        self.audit_call(caller, "Delete user", &original).await
    }

    /// Revokes the sessions and grants of a user: one's own with the permission alone, others' with
    /// a directory role too.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn revoke_sessions(
        &self,
        caller: &GraphCaller,
        key: &UserKey,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::RevokeSessions)?;
        let user = self.find_user(caller.tenant, key).await?;
        caller.require_unless(Operation::RevokeSessions, caller.is(user.id))?;
        self.revoke_sign_in_sessions(caller.tenant, user.id).await?;
        self.audit_call(caller, "Update StsRefreshTokenValidFrom Timestamp", &user)
            .await
    }

    /// The same for the caller.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NeedsUser`]; a failure of ours.
    pub async fn revoke_own_sessions(&self, caller: &GraphCaller) -> Result<(), GraphFailed> {
        caller.require(Operation::RevokeOwnSessions)?;
        self.revoke_sessions(caller, &UserKey::Id(caller.user()?))
            .await
    }

    /// Brings a deleted user back under the old name.
    pub(super) async fn restore_user(
        &self,
        caller: &GraphCaller,
        mut user: User,
    ) -> Result<Shown, GraphFailed> {
        caller.require(Operation::DeleteUser)?;
        may_touch(caller, &user)?;
        let name = name_before_deletion(&user);
        user.user_principal_name = name.parse().map_err(|_| invalid("userPrincipalName"))?;
        let conflict = || GraphRefusal::RestoreConflict {
            property: "userPrincipalName",
        };
        self.rename(&user, conflict).await?;
        user.deleted_at = None;
        self.store.replace_user(&user).await?;
        self.audit_call(caller, "Restore user", &user).await?;
        Ok(shown(&user))
    }

    /// Removes a deleted user for good.
    pub(super) async fn purge_user(
        &self,
        caller: &GraphCaller,
        user: &User,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::DeleteUser)?;
        may_touch(caller, user)?;
        self.store.remove_user(user.tenant, user.id).await?;
        self.audit_call(caller, "Hard delete user", user).await
    }

    async fn rename(
        &self,
        user: &User,
        conflict: impl FnOnce() -> GraphRefusal + Send,
    ) -> Result<(), GraphFailed> {
        let name = &user.user_principal_name;
        match self.store.rename_user(user.tenant, user.id, name).await? {
            Added::Yes => Ok(()),
            Added::Conflict => Err(conflict().into()),
        }
    }

    /// Refuses a sign-in name of a domain that is not the tenant's.
    async fn require_own_domain(&self, user: &User) -> Result<(), GraphFailed> {
        let tenant = self.tenant_named(user.tenant).await?;
        if tenant.domains.contains(&user.user_principal_name.domain()) {
            return Ok(());
        }
        Err(GraphRefusal::bad_request(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
        )
        .into())
    }
}

/// What the properties of a patch need.
fn operations(patch: &UserPatch) -> Vec<Operation> {
    let UserPatch {
        account_enabled,
        display_name,
        given_name,
        surname,
        mail_nickname,
        user_principal_name,
        password_profile,
    } = patch;
    let profile = [
        display_name,
        given_name,
        surname,
        mail_nickname,
        user_principal_name,
    ];
    let mut operations = Vec::new();
    if account_enabled.is_some() {
        operations.push(Operation::EnableUser);
    }
    if password_profile.is_some() {
        operations.push(Operation::ResetPassword);
    }
    // Whoever changes nothing still needs the permission to change.
    if operations.is_empty() || profile.iter().any(|property| property.is_some()) {
        operations.push(Operation::UpdateUser);
    }
    operations
}

const fn is_sensitive(patch: &UserPatch) -> bool {
    patch.account_enabled.is_some()
        || patch.password_profile.is_some()
        || patch.user_principal_name.is_some()
}

/// Refuses a lesser administrator who reaches for somebody with a directory role.
pub(super) fn may_touch(caller: &GraphCaller, user: &User) -> Result<(), GraphRefusal> {
    if user.roles.is_empty() || caller.is_global_administrator() {
        Ok(())
    } else {
        Err(GraphRefusal::Denied)
    }
}

fn apply_profile(user: &mut User, patch: &UserPatch) -> Result<(), GraphRefusal> {
    if let Some(name) = &patch.display_name {
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(invalid("displayName"));
        }
        user.display_name.clone_from(name);
    }
    if patch.given_name.is_some() {
        user.given_name.clone_from(&patch.given_name);
    }
    if patch.surname.is_some() {
        user.surname.clone_from(&patch.surname);
    }
    if let Some(nickname) = &patch.mail_nickname {
        let is_legal = |c: char| c.is_ascii_graphic() && !"@()\\[]\";:<>,".contains(c);
        if nickname.is_empty() || nickname.len() > 64 || !nickname.chars().all(is_legal) {
            return Err(invalid("mailNickname"));
        }
        user.mail_nickname = Some(nickname.clone());
    }
    Ok(())
}

/// "passwordProfile resource type": the user chooses another one unless it is said otherwise.
fn state_after_reset(profile: &PasswordProfile) -> PasswordState {
    if profile.force_change_password_next_sign_in == Some(false) {
        PasswordState::Current
    } else {
        PasswordState::MustChange
    }
}

fn check_password_complexity(password: &Secret) -> Result<(), GraphRefusal> {
    check_new_password(password).map_err(|_| {
        GraphRefusal::bad_request(
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
        )
    })
}

/// What precedes the sign-in name of a deleted user.
fn prefix(id: UserId) -> String {
    id.as_uuid().simple().to_string()
}

fn name_before_deletion(user: &User) -> String {
    let name = user.user_principal_name.as_str();
    let original = name.strip_prefix(&prefix(user.id));
    original.unwrap_or(name).to_owned()
}

fn invalid(property: &str) -> GraphRefusal {
    GraphRefusal::bad_request(format!(
        "Invalid value specified for property '{property}' of resource 'User'."
    ))
}
