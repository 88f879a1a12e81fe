//! Where an administrator comes to decide what users asked for. The service has this in its portal.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use lcs_directory::{TenantTarget, admin_consent_workflow::review_errand};

use super::{
    interaction::{Interaction, Purpose, Stage},
    visit::Visit,
};
use crate::{context::RequestContext, state::Services};

/// `GET /{tenant}/consentrequests`.
pub(crate) async fn show(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    headers: HeaderMap,
) -> Response {
    let visit = Visit::begin(&services, &context, &tenant, &headers).await;
    match services.directory.resolve_tenant(&tenant).await {
        Ok(target) => visit.review(target).await,
        Err(error) => visit.trouble(&error),
    }
}

impl Visit<'_> {
    async fn review(mut self, target: TenantTarget) -> Response {
        let stage = match self.only_account(target).await {
            Some(stage) => stage,
            None => Stage::user_name(None),
        };
        let interaction = Interaction {
            purpose: Purpose::Review(Box::new(review_errand(target))),
            stage,
            must_consent: false,
            has_signed_in: false,
            error: None,
        };
        let id = self.services.browser_sessions().random_text();
        self.session
            .put(&id, interaction, self.services.clock.now());
        self.show(&id).await
    }
}
