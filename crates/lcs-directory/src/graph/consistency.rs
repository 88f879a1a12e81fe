//! Graph's servers agree on what is new after seconds, rarely minutes. A local cloud agrees at
//! once, unless it is told to take its time, so that clients' patience can be rehearsed.
//!
//! While an application is younger than the delay: reading and changing it answers 404
//! `Request_ResourceNotFound`, lists do not show it, and its service principal cannot be created:
//! 400 `NoBackingApplicationObject`, or for owners without a role 403 "in the local tenant". Seen at
//! the service (msgraph-sdk-dotnet issue 3108; terraform-provider-azuread issues 581 and 992).

use lcs_types::ClientId;

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation};
use crate::{Directory, model::Application};

impl Directory {
    /// Whether every server of Graph knows the application.
    pub(super) fn is_settled(&self, application: &Application) -> bool {
        let age = self.now().duration_since(application.created_at);
        age >= self.settings.consistency_delay
    }

    /// Refuses to make an application present that not every server knows.
    pub(super) async fn require_settled(
        &self,
        caller: &GraphCaller,
        client: ClientId,
    ) -> Result<(), GraphFailed> {
        let application = self.local_application(caller.tenant, client).await?;
        if application.is_none_or(|application| self.is_settled(&application)) {
            return Ok(());
        }
        let has_role = caller.require_unless(Operation::WriteApplication, false);
        Err(match has_role {
            Ok(()) => GraphRefusal::NoBackingApplicationObject { app_id: client },
            Err(_) => GraphRefusal::BackingApplicationNotLocal,
        }
        .into())
    }
}
