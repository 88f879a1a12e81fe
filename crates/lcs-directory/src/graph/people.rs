//! `/me`, `/users`, `/organization`.

use std::fmt;

use lcs_types::{TenantId, UserId, UserPrincipalName};
use lcs_wire::graph::{Organization, User as Shown, VerifiedDomain};

use super::{GraphCaller, GraphFailed, GraphRefusal};
use serde::Serialize;

use crate::{Directory, error::DirectoryFailure, model::User};

/// How a call names a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserKey {
    /// `/users/{id}`.
    Id(UserId),
    /// `/users/{userPrincipalName}`.
    Name(UserPrincipalName),
}

impl fmt::Display for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// A domain in the shape of Graph's `domain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainView {
    /// The name.
    pub id: String,
    /// `Managed` or `Federated`.
    pub authentication_type: &'static str,
    /// Whether new users get it.
    pub is_default: bool,
    /// Whether it came with the tenant.
    pub is_initial: bool,
    /// Always: there are no others here.
    pub is_verified: bool,
}

const READ_USERS: &[&str] = &[
    "User.Read.All",
    "User.ReadBasic.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];

impl Directory {
    /// The caller.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; [`GraphRefusal::NotFound`] when the account is gone; a failure of
    /// ours.
    pub async fn me(&self, caller: &GraphCaller) -> Result<Shown, GraphFailed> {
        caller
            .require_scope(&["User.Read"])
            .or_else(|_| caller.require_scope(READ_USERS))?;
        let user = self.store.user(caller.tenant, caller.user).await?;
        Ok(shown(
            &user.ok_or_else(|| GraphRefusal::not_found(caller.user))?,
        ))
    }

    /// A user of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn user(&self, caller: &GraphCaller, key: &UserKey) -> Result<Shown, GraphFailed> {
        caller.require_scope(READ_USERS)?;
        Ok(shown(&self.find_user(caller.tenant, key).await?))
    }

    pub(super) async fn find_user(
        &self,
        tenant: TenantId,
        key: &UserKey,
    ) -> Result<User, GraphFailed> {
        let user = match key {
            UserKey::Id(id) => self.store.user(tenant, *id).await?,
            UserKey::Name(name) => self.store.user_by_name(tenant, name).await?,
        };
        Ok(user.ok_or_else(|| GraphRefusal::not_found(key))?)
    }

    /// The users of the caller's tenant, by sign-in name.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_users(&self, caller: &GraphCaller) -> Result<Vec<Shown>, GraphFailed> {
        caller.require_scope(READ_USERS)?;
        Ok(self
            .store
            .users(caller.tenant)
            .await?
            .iter()
            .map(shown)
            .collect())
    }

    /// Revokes the sessions and grants of a user: one's own with the permission alone, others' with a
    /// directory role too.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn revoke_sessions(
        &self,
        caller: &GraphCaller,
        key: &UserKey,
    ) -> Result<(), GraphFailed> {
        let user = match key {
            UserKey::Id(id) => self.store.user(caller.tenant, *id).await?,
            UserKey::Name(name) => self.store.user_by_name(caller.tenant, name).await?,
        };
        let is_own = user.as_ref().is_some_and(|user| user.id == caller.user);
        if is_own {
            caller.require_scope(&["User.RevokeSessions.All", "Directory.AccessAsUser.All"])?;
        } else {
            caller.may_revoke_sessions()?;
        }
        let user = user.ok_or_else(|| GraphRefusal::not_found(key))?;
        self.revoke_sign_in_sessions(caller.tenant, user.id).await?;
        Ok(())
    }

    /// The domains of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn domains(&self, caller: &GraphCaller) -> Result<Vec<DomainView>, GraphFailed> {
        caller.require_scope(&[
            "Domain.Read.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])?;
        let tenant = self.store.tenant(caller.tenant).await?;
        let tenant = tenant.ok_or(DirectoryFailure::Dangling("tenant"))?;
        let view = |(index, domain): (usize, &lcs_types::Domain)| DomainView {
            id: domain.to_string(),
            authentication_type: match tenant.settings.federation_of(domain) {
                Some(_) => "Federated",
                None => "Managed",
            },
            is_default: index == 0,
            is_initial: domain.as_str().ends_with(".onmicrosoft.com"),
            is_verified: true,
        };
        Ok(tenant.domains.iter().enumerate().map(view).collect())
    }

    /// The caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn organization(&self, caller: &GraphCaller) -> Result<Organization, GraphFailed> {
        caller.require_scope(&[
            "Organization.Read.All",
            "User.Read",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Directory.AccessAsUser.All",
        ])?;
        let tenant = self.store.tenant(caller.tenant).await?;
        let tenant = tenant.ok_or(DirectoryFailure::Dangling("tenant"))?;
        let domain = |(index, name): (usize, &lcs_types::Domain)| VerifiedDomain {
            name: name.to_string(),
            is_default: index == 0,
            is_initial: name.as_str().ends_with(".onmicrosoft.com"),
        };
        Ok(Organization {
            id: tenant.id,
            display_name: tenant.display_name,
            verified_domains: tenant.domains.iter().enumerate().map(domain).collect(),
        })
    }
}

fn shown(user: &User) -> Shown {
    Shown {
        id: user.id,
        user_principal_name: user.user_principal_name.to_string(),
        display_name: Some(user.display_name.clone()),
        given_name: user.given_name.clone(),
        surname: user.surname.clone(),
        mail: Some(user.user_principal_name.to_string()),
    }
}
