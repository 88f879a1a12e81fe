//! Accepting permissions: for oneself, or for everybody in the tenant.

use axum::response::Response;
use lcs_directory::{SignedInUser, errand::AcceptFor};
use lcs_wire::entra::Aadsts;

use super::{Interaction, Purpose, form::LoginForm};
use crate::{entra::token::page_context, pages::visit::Visit};

impl Visit<'_> {
    pub(super) async fn accept(
        mut self,
        id: &str,
        mut interaction: Interaction,
        person: &SignedInUser,
        form: &LoginForm,
    ) -> Response {
        let directory = &self.services.directory;
        let context = page_context(self.context, &self.tenant);
        if let Purpose::AdminConsent(request) = &interaction.purpose {
            let granted = directory
                .accept_for_organization(request, person, &context)
                .await;
            self.session.end(id);
            self.keep();
            return match granted {
                Ok(Some(reply)) => self.reply(&reply),
                // Consent is recorded, and there is nowhere to go: that is what the service says too.
                Ok(None) => self.refusal(&Aadsts::NoRedirectUri.into()),
                Err(error) => self.trouble(&error),
            };
        }
        let accept_for = if form.consent_for_organization.as_deref() == Some("true") {
            AcceptFor::Organization
        } else {
            AcceptFor::Myself
        };
        let errand = interaction.purpose.errand();
        if let Err(error) = directory.accept(errand, person, accept_for, &context).await {
            return self.stop(id, &interaction, &error).await;
        }
        interaction.must_consent = false;
        if interaction.purpose.is_device() {
            // Whoever accepted permissions need not confirm the sign-in as well.
            return self.finish(id, &interaction, person).await;
        }
        self.session.put(id, interaction, self.services.clock.now());
        self.keep();
        self.go_on(id)
    }
}
