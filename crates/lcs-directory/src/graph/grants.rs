//! `/oauth2PermissionGrants`.

use lcs_types::{ObjectId, TenantId, UserId};
use lcs_wire::graph::{ConsentType, GrantPatch, NewGrant, OAuth2PermissionGrant as Shown};

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation};
use crate::{
    Directory,
    model::{AuditTarget, PermissionGrant, PermissionGrantId, scope_values},
    store::{Added, Changed},
};

impl Directory {
    /// The permission grants of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_grants(&self, caller: &GraphCaller) -> Result<Vec<Shown>, GraphFailed> {
        caller.require(Operation::ReadGrants)?;
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
        caller.require(Operation::ReadGrants)?;
        Ok(shown(&self.find_grant(caller.tenant, id).await?))
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
        caller.require(Operation::WriteGrants)?;
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
                self.audit_grant(caller, "Add delegated permission grant", grant.client)
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
        caller.require(Operation::WriteGrants)?;
        let grant = self.find_grant(caller.tenant, id).await?;
        let values = scope_values(&patch.scope);
        let changed = self
            .store
            .change_grant(caller.tenant, &grant.id(), &values)
            .await?;
        found(changed, id)?;
        self.complete_consent_requests(grant.tenant, grant.client)
            .await?;
        self.audit_grant(caller, "Update delegated permission grant", grant.client)
            .await
    }

    /// Withdraws consent.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn delete_grant(&self, caller: &GraphCaller, id: &str) -> Result<(), GraphFailed> {
        caller.require(Operation::WriteGrants)?;
        let grant = self.find_grant(caller.tenant, id).await?;
        found(
            self.store.remove_grant(caller.tenant, &grant.id()).await?,
            id,
        )?;
        self.audit_grant(caller, "Remove delegated permission grant", grant.client)
            .await
    }

    async fn find_grant(&self, tenant: TenantId, id: &str) -> Result<PermissionGrant, GraphFailed> {
        let key = PermissionGrantId::from_text(id);
        let grant = self.store.grant(tenant, &key).await?;
        Ok(grant.ok_or_else(|| GraphRefusal::not_found(id))?)
    }

    async fn audit_grant(
        &self,
        caller: &GraphCaller,
        activity: &str,
        client: ObjectId,
    ) -> Result<(), GraphFailed> {
        let principal = self.store.service_principal(caller.tenant, client).await?;
        let name = principal.map(|principal| principal.settings.display_name);
        let target = AuditTarget::new("ServicePrincipal", &client, name.unwrap_or_default());
        self.audit_call(caller, activity, target).await
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
