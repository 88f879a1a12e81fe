//! What administrators see of the requests that wait for them, and what they say to them.

use std::net::IpAddr;

use jiff::Timestamp;
use lcs_types::ConsentRequestId;
use lcs_wire::{
    entra::Aadsts,
    well_known::{GRAPH_COMMAND_LINE_CLIENT_ID, GRAPH_RESOURCE},
};

use crate::{
    Directory,
    consent::{ConsentBy, WantedPermission},
    errand::{ClientView, ConsentView, Errand, Step},
    error::{DirectoryError, DirectoryFailure},
    model::{
        ConsentRequest, ConsentRequestState, Justification, RedirectType, RequestedPermission,
        SignInFlow, TenantTarget,
    },
    scopes::{OpenIdScopes, RequestedValues, ResourceRequest},
    sign_in::SignedInUser,
    store::Changed,
    token::TokenContext,
};

/// A pending request as a reviewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequestView {
    /// Its id.
    pub id: ConsentRequestId,
    /// What is asked for, by which application.
    pub consent: ConsentView,
    /// The sign-in name of who asks.
    pub user_principal_name: String,
    /// Why.
    pub justification: Justification,
    /// When.
    pub requested_at: Timestamp,
}

/// What a reviewer says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewDecision {
    /// To grant it to everybody in the tenant.
    Approve,
    /// Not to grant it.
    Deny,
}

/// What reviewers sign in for: the administrators' client, which stands in every tenant.
pub fn review_errand(target: TenantTarget) -> Errand {
    Errand {
        target,
        client: GRAPH_COMMAND_LINE_CLIENT_ID,
        flow: SignInFlow::AuthorizationCode(RedirectType::Public),
        resources: vec![ResourceRequest {
            resource: GRAPH_RESOURCE.to_owned(),
            values: RequestedValues::Default,
            open_id: OpenIdScopes::default(),
        }],
    }
}

impl Directory {
    /// What a person who wants to review requests must do first; [`Step::Done`] for an administrator.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_step`]; AADSTS90094 for everybody who is no administrator.
    pub async fn next_review_step(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<Step, DirectoryError> {
        let running = self.run(errand, person).await?;
        if let Some(step) = self.policy_step(errand, person, &running, address).await? {
            return Ok(step);
        }
        if running.user.consents_for_all() {
            Ok(Step::Done)
        } else {
            Err(Aadsts::AdminConsentNeeded.into())
        }
    }

    /// The requests that wait for an administrator of the person's tenant, oldest first.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_review_step`].
    pub async fn consent_requests_to_review(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<Vec<ConsentRequestView>, DirectoryError> {
        self.require_reviewer(errand, person, address).await?;
        let mut views = Vec::new();
        for request in self.pending_consent_requests(person.tenant).await? {
            views.push(self.view_of_request(request).await?);
        }
        Ok(views)
    }

    /// Grants a request to everybody, which answers all requests for the same, or denies it.
    /// [`Changed::NotFound`] when it does not wait any more.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_review_step`]; what Entra refuses of an application that is gone.
    pub async fn review_consent_request(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        id: ConsentRequestId,
        decision: ReviewDecision,
        context: &TokenContext,
    ) -> Result<Changed, DirectoryError> {
        self.require_reviewer(errand, person, context.client_address)
            .await?;
        let pending = self.pending_consent_requests(person.tenant).await?;
        let Some(request) = pending.into_iter().find(|request| request.id == id) else {
            return Ok(Changed::NotFound);
        };
        let (state, activity) = match decision {
            ReviewDecision::Approve => {
                self.grant_request(person, &request, context).await?;
                let completed = ConsentRequestState::Completed { at: self.now() };
                (completed, "Approve all requests in business flow")
            }
            ReviewDecision::Deny => {
                let denied = ConsentRequestState::Denied {
                    at: self.now(),
                    by: person.user,
                };
                (denied, "Deny request")
            }
        };
        // Approved, it is complete already unless a permission was removed meanwhile.
        let changed = self
            .store
            .decide_consent_request(person.tenant, id, state)
            .await?;
        if decision == ReviewDecision::Deny && changed == Changed::NotFound {
            return Ok(Changed::NotFound);
        }
        self.audit_request(person, context, activity, &request)
            .await?;
        Ok(Changed::Yes)
    }

    async fn require_reviewer(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<(), DirectoryError> {
        match self.next_review_step(errand, person, address).await? {
            Step::Done => Ok(()),
            _ => Err(Aadsts::AdminConsentNeeded.into()),
        }
    }

    async fn grant_request(
        &self,
        person: &SignedInUser,
        request: &ConsentRequest,
        context: &TokenContext,
    ) -> Result<(), DirectoryError> {
        let client = self
            .client_or_prospect_in(person.tenant, &request.client.to_string())
            .await?;
        let wanted = self.permissions_left(request).await?;
        let principal = self.ensure_presence(&client).await?;
        self.grant(person.tenant, principal, None, wanted).await?;
        self.audit_consent(person, context, &client, principal)
            .await?;
        Ok(())
    }

    /// What was asked for, without the permissions that were removed since.
    async fn permissions_left(
        &self,
        request: &ConsentRequest,
    ) -> Result<Vec<WantedPermission>, DirectoryFailure> {
        let principals = self.store.service_principals(request.tenant).await?;
        let is_there = |permission: &&RequestedPermission| {
            principals
                .iter()
                .find(|principal| principal.client_id == permission.resource)
                .is_some_and(|resource| resource.scope(&permission.value).is_some())
        };
        let left = request.permissions.iter().filter(is_there);
        Ok(left
            .map(|permission| WantedPermission {
                resource: permission.resource,
                value: permission.value.clone(),
                by: ConsentBy::Administrator,
            })
            .collect())
    }

    async fn view_of_request(
        &self,
        request: ConsentRequest,
    ) -> Result<ConsentRequestView, DirectoryError> {
        let found = self
            .client_or_prospect_in(request.tenant, &request.client.to_string())
            .await;
        let client = match found {
            Ok(client) => self.view_of_client(&client).await?,
            Err(DirectoryError::Refused(_)) => ClientView {
                client: request.client,
                name: request.client_name.clone(),
                publisher: "not available any more".to_owned(),
            },
            Err(error) => return Err(error),
        };
        let wanted = self.permissions_left(&request).await?;
        let user = self.store.user(request.tenant, request.user).await?;
        Ok(ConsentRequestView {
            id: request.id,
            consent: ConsentView {
                client,
                permissions: self.permission_views(request.tenant, &wanted).await?,
                may_accept_for_organization: true,
            },
            user_principal_name: user.map_or_else(
                || request.user.to_string(),
                |user| user.user_principal_name.to_string(),
            ),
            justification: request.justification,
            requested_at: request.requested_at,
        })
    }
}
