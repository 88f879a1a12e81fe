//! The admin consent workflow ("Configure the admin consent workflow"): a user who may not consent
//! asks an administrator, who approves for everybody or denies.
//!
//! - here – asking, and what is pending
//! - `review` – what administrators see, and what they say to it
//! - `completion` – requests that a grant has answered
//!
//! What a person may consent to by themselves is decided in [`crate::consent`].

mod completion;
mod review;

use jiff::Timestamp;
use lcs_types::{ConsentRequestId, TenantId};
use lcs_wire::entra::Aadsts;

pub use self::review::{ConsentRequestView, ReviewDecision, review_errand};
use crate::{
    Directory,
    errand::{Errand, Running, with_open_id},
    error::{DirectoryError, DirectoryFailure},
    model::{
        AuditCategory, AuditTarget, CONSENT_REQUEST_LIFETIME, ConsentRequest, ConsentRequestState,
        Justification, RequestedPermission,
    },
    sign_in::SignedInUser,
    store::Added,
    token::TokenContext,
};

/// Whether a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestSent {
    /// It was, now.
    Yes,
    /// One was before, and is pending.
    AlreadyPending,
}

impl Directory {
    /// Asks an administrator, in the person's name, for what [`Directory::next_step`] said that only
    /// an administrator may grant.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_step`]; AADSTS90094 where the tenant has no such workflow or the person
    /// needs nobody.
    pub async fn request_admin_consent(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        justification: Justification,
        context: &TokenContext,
    ) -> Result<RequestSent, DirectoryError> {
        let running = self.run(errand, person).await?;
        let (wanted, needs_administrator) = running.wanted(false)?;
        if !needs_administrator || !running.client.tenant.settings.admin_consent_workflow {
            return Err(Aadsts::AdminConsentNeeded.into());
        }
        let now = self.now();
        let request = ConsentRequest {
            tenant: person.tenant,
            id: ConsentRequestId::random(&*self.randomness),
            client: running.client.id(),
            client_name: running.client.name().to_owned(),
            user: person.user,
            permissions: with_open_id(wanted, errand)
                .into_iter()
                .map(|permission| RequestedPermission {
                    resource: permission.resource,
                    value: permission.value,
                })
                .collect(),
            justification,
            requested_at: now,
            state: ConsentRequestState::Pending,
        };
        let expired_before = now - CONSENT_REQUEST_LIFETIME;
        match self
            .store
            .add_consent_request(&request, expired_before)
            .await?
        {
            Added::Conflict => Ok(RequestSent::AlreadyPending),
            Added::Yes => {
                self.audit_request(person, context, "Create request", &request)
                    .await?;
                Ok(RequestSent::Yes)
            }
        }
    }

    /// Since when a request of this person for this application is pending, if one is.
    pub(crate) async fn pending_consent_request(
        &self,
        running: &Running,
    ) -> Result<Option<Timestamp>, DirectoryFailure> {
        let tenant = running.client.tenant.id;
        let pending = self.pending_consent_requests(tenant).await?;
        Ok(pending
            .iter()
            .find(|request| {
                request.client == running.client.id() && request.user == running.user.id
            })
            .map(|request| request.requested_at))
    }

    /// The requests that wait for an administrator, oldest first.
    async fn pending_consent_requests(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<ConsentRequest>, DirectoryFailure> {
        let now = self.now();
        let mut requests = self.store.consent_requests(tenant).await?;
        requests.retain(|request| request.is_pending(now));
        Ok(requests)
    }

    async fn audit_request(
        &self,
        person: &SignedInUser,
        context: &TokenContext,
        activity: &str,
        request: &ConsentRequest,
    ) -> Result<(), DirectoryFailure> {
        let target = AuditTarget {
            id: request.id.to_string(),
            display_name: request.client_name.clone(),
            kind: "Request".to_owned(),
        };
        self.audit_person(
            person,
            context,
            activity,
            AuditCategory::Policy,
            vec![target],
        )
        .await
    }
}
