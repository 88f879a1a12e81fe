//! The client credentials grant (RFC 6749 §4.4): an application acts for itself.
//!
//! Entra is believed to issue such a token for LCS too, which defines no roles and demands no
//! assignment; that LCS refuses it is the resource's decision.

use lcs_wire::{
    entra::{Aadsts, Endpoint, aadsts::Refusal},
    well_known::LCS_CLIENT_ID,
};

use super::{Demand, OwnIssue, SignInDraft, TokenContext, TokenResponse, require_resource};
use crate::{
    Directory,
    error::DirectoryError,
    form::Form,
    model::TenantTarget,
    scopes::{RequestedValues, ResourceRequest},
};

impl Directory {
    pub(super) async fn client_credentials_grant(
        &self,
        form: &Form,
        context: &TokenContext,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        // The grant is for one tenant; without a user there is none to derive it from.
        let TenantTarget::Tenant(tenant) = target else {
            return Err(Aadsts::GrantNotForCommon.into());
        };
        draft.tenant = Some(tenant);
        let client = self.client_in(tenant, form.require("client_id")?).await?;
        draft.note_client(&client);
        let client_authentication = self.authenticate(&client, form, context, Demand::OwnProof)?;
        require_resource(form, context.endpoint)?;
        let request = requested(form, context.endpoint)?;
        draft.resource = Some(request.audience());
        let resource = self.resource_for(&client, &request).await?;
        let roles = self.roles_of_application(&client, &resource).await?;
        // Inferred: that LCS demands no assignment.
        let requires_assignment = resource.settings.requires_assignment
            || (resource.client_id == LCS_CLIENT_ID
                && !self.settings.inferences.lcs_issued_to_applications);
        if requires_assignment && roles.is_empty() {
            return Err(Refusal::new(Aadsts::ApplicationNotAssigned)
                .with("client", client.id().to_string())
                .with("name", client.name())
                .with("resource_id", resource.client_id.to_string())
                .with("resource_name", resource.settings.display_name)
                .into());
        }
        let own = OwnIssue {
            client: &client,
            client_authentication,
            request: &request,
            resource: &resource,
            roles,
            context,
        };
        Ok(self.issue_own(&own).await?)
    }
}

/// Everything of one resource, by `.default`.
fn requested(form: &Form, endpoint: Endpoint) -> Result<ResourceRequest, Refusal> {
    match endpoint {
        Endpoint::V1 => Ok(ResourceRequest::from_resource(
            form.require("resource")?,
            None,
        )),
        Endpoint::V2 => {
            let scope = form.require("scope")?;
            let request = ResourceRequest::from_scope(scope)?;
            if request.values == RequestedValues::Default {
                Ok(request)
            } else {
                Err(Refusal::new(Aadsts::ClientCredentialsScope).with("scope", scope))
            }
        }
    }
}
