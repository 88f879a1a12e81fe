//! Reading `/me`, `/users`, `/organization`, `/domains`. Changing users is in [`super::users`].

use std::fmt;

use lcs_types::{TenantId, UserId, UserPrincipalName};
use lcs_wire::graph::{Organization, User as Shown, VerifiedDomain};

use serde::Serialize;

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation, instant};
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

impl Directory {
    /// The caller.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; [`GraphRefusal::NotFound`] when the account is gone; a failure of
    /// ours.
    pub async fn me(&self, caller: &GraphCaller) -> Result<Shown, GraphFailed> {
        caller.require(Operation::ReadMe)?;
        let key = UserKey::Id(caller.user()?);
        Ok(shown(&self.find_user(caller.tenant, &key).await?))
    }

    /// A user of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn user(&self, caller: &GraphCaller, key: &UserKey) -> Result<Shown, GraphFailed> {
        caller.require(Operation::ReadUser)?;
        let user = self.find_user(caller.tenant, key).await?;
        if !caller.is(user.id) {
            caller.require(Operation::ListUsers)?;
        }
        Ok(shown(&user))
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
        let user = user.filter(|user| user.deleted_at.is_none());
        Ok(user.ok_or_else(|| GraphRefusal::not_found(key))?)
    }

    /// The users of the caller's tenant, by sign-in name.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_users(&self, caller: &GraphCaller) -> Result<Vec<Shown>, GraphFailed> {
        caller.require(Operation::ListUsers)?;
        let users = self.store.users(caller.tenant).await?;
        let present = users.iter().filter(|user| user.deleted_at.is_none());
        Ok(present.map(shown).collect())
    }

    /// The domains of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn domains(&self, caller: &GraphCaller) -> Result<Vec<DomainView>, GraphFailed> {
        caller.require(Operation::ReadDomains)?;
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
        caller.require(Operation::ReadOrganization)?;
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

pub(super) fn shown(user: &User) -> Shown {
    let name = &user.user_principal_name;
    let nickname = user.mail_nickname.clone();
    Shown {
        id: user.id,
        user_principal_name: name.to_string(),
        display_name: Some(user.display_name.clone()),
        given_name: user.given_name.clone(),
        surname: user.surname.clone(),
        mail: Some(name.to_string()),
        mail_nickname: Some(nickname.unwrap_or_else(|| name.local_part().to_owned())),
        account_enabled: Some(user.is_enabled),
        user_type: Some(if user.is_guest() { "Guest" } else { "Member" }.to_owned()),
        created_date_time: Some(instant(user.created_at)),
        sign_in_sessions_valid_from_date_time: Some(instant(user.tokens_valid_from)),
    }
}
