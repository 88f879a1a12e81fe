//! `/me`, `/users`, `/organization`.

use std::fmt;

use lcs_types::{TenantId, UserId, UserPrincipalName};
use lcs_wire::graph::{Organization, User as Shown, VerifiedDomain};

use super::{GraphCaller, GraphFailed, GraphRefusal};
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
