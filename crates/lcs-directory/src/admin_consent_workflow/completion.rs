//! Requests that a grant has answered, whoever granted and by whatever path.

use lcs_types::{ObjectId, TenantId};
use lcs_wire::{entra::scope::OpenIdScope, well_known::GRAPH_CLIENT_ID};

use crate::{
    Directory,
    error::DirectoryFailure,
    model::{
        ConsentRequest, ConsentRequestState, PermissionGrant, RequestedPermission, ServicePrincipal,
    },
};

impl Directory {
    /// Completes the pending requests for what is granted now, whoever granted it.
    pub(crate) async fn complete_consent_requests(
        &self,
        tenant: TenantId,
        client: ObjectId,
    ) -> Result<(), DirectoryFailure> {
        let pending = self.pending_consent_requests(tenant).await?;
        if pending.is_empty() {
            return Ok(());
        }
        let principals = self.store.service_principals(tenant).await?;
        let grants = self.store.grants(tenant).await?;
        let is_client = |request: &&ConsentRequest| {
            principals
                .iter()
                .any(|principal| principal.id == client && principal.client_id == request.client)
        };
        for request in pending.iter().filter(is_client) {
            if is_granted(request, client, &grants, &principals) {
                let completed = ConsentRequestState::Completed { at: self.now() };
                self.store
                    .decide_consent_request(tenant, request.id, completed)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Whether everything that a request asks for counts for who asked.
fn is_granted(
    request: &ConsentRequest,
    client: ObjectId,
    grants: &[PermissionGrant],
    principals: &[ServicePrincipal],
) -> bool {
    let is_of = |grant: &PermissionGrant, permission: &RequestedPermission| {
        principals
            .iter()
            .any(|it| it.id == grant.resource && it.client_id == permission.resource)
    };
    request
        .permissions
        .iter()
        // They never need an administrator, so an administrator need not have granted them.
        .filter(|permission| !is_open_id(permission))
        .all(|permission| {
            grants.iter().any(|grant| {
                grant.client == client
                    && grant.counts_for(request.user)
                    && is_of(grant, permission)
                    && grant.values.contains(&permission.value)
            })
        })
}

fn is_open_id(permission: &RequestedPermission) -> bool {
    let all = [
        OpenIdScope::OpenId,
        OpenIdScope::Profile,
        OpenIdScope::Email,
        OpenIdScope::OfflineAccess,
    ];
    permission.resource == GRAPH_CLIENT_ID
        && all.iter().any(|scope| scope.as_str() == permission.value)
}
