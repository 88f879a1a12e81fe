//! Writing the audit log.

use crate::{
    Directory,
    error::DirectoryFailure,
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
        let event = AuditEvent {
            id: lcs_types::randomness::random_uuid(&*self.randomness),
            at: self.now(),
            tenant: person.tenant,
            correlation_id: context.correlation_id,
            activity: activity.to_owned(),
            category,
            initiator: Initiator::User {
                id: person.user,
                user_principal_name: person.user_principal_name.to_string(),
            },
            targets,
        };
        Ok(self.store.record_audit(&event).await?)
    }
}
