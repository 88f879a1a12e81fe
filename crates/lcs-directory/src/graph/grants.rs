//! `/oauth2PermissionGrants`.

use lcs_types::UserId;
use lcs_wire::graph::{ConsentType, GrantPatch, NewGrant, OAuth2PermissionGrant as Shown};

use super::{GraphCaller, GraphFailed, GraphRefusal};
use crate::{
    Directory,
    model::{PermissionGrant, PermissionGrantId, scope_values},
    store::{Added, Changed},
};

impl Directory {
    /// The permission grants of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_grants(&self, caller: &GraphCaller) -> Result<Vec<Shown>, GraphFailed> {
        caller.may_read_grants()?;
        Ok(self
            .store
            .grants(caller.tenant)
            .await?
            .iter()
            .map(shown)
            .collect())
    }

    /// One permission grant of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn permission_grant(
        &self,
        caller: &GraphCaller,
        id: &str,
    ) -> Result<Shown, GraphFailed> {
        caller.may_read_grants()?;
        let grant = self
            .store
            .grant(caller.tenant, &PermissionGrantId::from_text(id))
            .await?;
        Ok(shown(&grant.ok_or_else(|| GraphRefusal::not_found(id))?))
    }

    /// Grants permissions: for everybody (admin consent), or for one user.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::BadRequest`], [`GraphRefusal::NotFound`],
    /// [`GraphRefusal::GrantExists`]; a failure of ours.
    pub async fn create_grant(
        &self,
        caller: &GraphCaller,
        new: &NewGrant,
    ) -> Result<Shown, GraphFailed> {
        caller.may_write_grants()?;
        let principal = match (new.consent_type, new.principal_id) {
            (ConsentType::AllPrincipals, None) => None,
            (ConsentType::Principal, Some(user)) => Some(UserId::from(*user.as_uuid())),
            (ConsentType::AllPrincipals, Some(_)) | (ConsentType::Principal, None) => {
                return Err(GraphRefusal::bad_request(
                    "principalId is required for consentType Principal and must be null for AllPrincipals.",
                )
                .into());
            }
        };
        for id in [new.client_id, new.resource_id] {
            if self
                .store
                .service_principal(caller.tenant, id)
                .await?
                .is_none()
            {
                return Err(GraphRefusal::not_found(id).into());
            }
        }
        if let Some(user) = principal
            && self.store.user(caller.tenant, user).await?.is_none()
        {
            return Err(GraphRefusal::not_found(user).into());
        }
        let grant = PermissionGrant {
            tenant: caller.tenant,
            client: new.client_id,
            resource: new.resource_id,
            principal,
            values: scope_values(&new.scope),
        };
        match self.store.add_grant(&grant).await? {
            Added::Yes => {
                self.complete_consent_requests(grant.tenant, grant.client)
                    .await?;
                Ok(shown(&grant))
            }
            Added::Conflict => Err(GraphRefusal::GrantExists.into()),
        }
    }

    /// Replaces the values of a grant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn update_grant(
        &self,
        caller: &GraphCaller,
        id: &str,
        patch: &GrantPatch,
    ) -> Result<(), GraphFailed> {
        caller.may_write_grants()?;
        let key = PermissionGrantId::from_text(id);
        let values = scope_values(&patch.scope);
        found(
            self.store
                .change_grant(caller.tenant, &key, &values)
                .await?,
            id,
        )?;
        if let Some(grant) = self.store.grant(caller.tenant, &key).await? {
            self.complete_consent_requests(grant.tenant, grant.client)
                .await?;
        }
        Ok(())
    }

    /// Withdraws consent.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn delete_grant(&self, caller: &GraphCaller, id: &str) -> Result<(), GraphFailed> {
        caller.may_write_grants()?;
        let key = PermissionGrantId::from_text(id);
        found(self.store.remove_grant(caller.tenant, &key).await?, id)
    }
}

fn found(changed: Changed, id: &str) -> Result<(), GraphFailed> {
    match changed {
        Changed::Yes => Ok(()),
        Changed::NotFound => Err(GraphRefusal::not_found(id).into()),
    }
}

fn shown(grant: &PermissionGrant) -> Shown {
    Shown {
        id: grant.id().to_string(),
        client_id: grant.client,
        consent_type: grant.consent_type(),
        principal_id: grant.principal.map(UserId::as_object_id),
        resource_id: grant.resource,
        scope: grant.scope(),
    }
}
