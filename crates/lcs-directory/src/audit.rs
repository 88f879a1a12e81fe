//! Writing the audit log: what people do on pages, and what callers of Graph do.

use lcs_types::{CorrelationId, TenantId};

use crate::{
    Directory,
    error::DirectoryFailure,
    graph::{GraphCaller, GraphFailed},
    model::{AuditCategory, AuditEvent, AuditTarget, Initiator},
    sign_in::SignedInUser,
    token::TokenContext,
};

impl Directory {
    /// Notes what a person did on a page.
    pub(crate) async fn audit_person(
        &self,
        person: &SignedInUser,
        context: &TokenContext,
        activity: &str,
        category: AuditCategory,
        targets: Vec<AuditTarget>,
    ) -> Result<(), DirectoryFailure> {
        let initiator = Initiator::User {
            id: person.user,
            user_principal_name: person.user_principal_name.to_string(),
        };
        let change = (activity, category, targets);
        self.note(person.tenant, context.correlation_id, initiator, change)
            .await
    }

    /// Notes what a caller of Graph did to one object.
    pub(crate) async fn audit_call(
        &self,
        caller: &GraphCaller,
        activity: &str,
        target: impl Into<AuditTarget> + Send,
    ) -> Result<(), GraphFailed> {
        let target = target.into();
        let change = (activity, target.category(), vec![target]);
        let initiator = caller.initiator();
        Ok(self
            .note(caller.tenant, caller.correlation_id, initiator, change)
            .await?)
    }

    async fn note(
        &self,
        tenant: TenantId,
        correlation_id: CorrelationId,
        initiator: Initiator,
        (activity, category, targets): (&str, AuditCategory, Vec<AuditTarget>),
    ) -> Result<(), DirectoryFailure> {
        let event = AuditEvent {
            id: lcs_types::randomness::random_uuid(&*self.randomness),
            at: self.now(),
            tenant,
            correlation_id,
            activity: activity.to_owned(),
            category,
            initiator,
            targets,
        };
        Ok(self.store.record_audit(&event).await?)
    }
}
