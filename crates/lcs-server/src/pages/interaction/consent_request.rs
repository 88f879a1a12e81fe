//! The admin consent workflow on pages: asking an administrator, and what the administrator says.

use lcs_directory::{
    SignedInUser,
    admin_consent_workflow::{RequestSent, ReviewDecision},
    model::Justification,
    store::Changed,
};

use super::{
    Interaction, Stage,
    form::{LoginForm, Wrong},
};
use crate::{entra::token::page_context, pages::visit::Visit};

impl Visit<'_> {
    pub(super) async fn request_approval(
        &self,
        interaction: &Interaction,
        person: &SignedInUser,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let Some(justification) = Justification::of(&form.justification) else {
            return Err(Wrong::Said(
                "Enter a justification of at most 500 letters.".to_owned(),
            ));
        };
        let context = page_context(self.context, &self.tenant);
        let errand = interaction.purpose.errand();
        let directory = &self.services.directory;
        let person = Box::new(person.clone());
        match directory
            .request_admin_consent(errand, &person, justification, &context)
            .await?
        {
            RequestSent::Yes => Ok(Stage::RequestSent(person)),
            // The page says so.
            RequestSent::AlreadyPending => Ok(Stage::Next(person)),
        }
    }

    pub(super) async fn decide_request(
        &self,
        interaction: &Interaction,
        person: Box<SignedInUser>,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let decision = match form.action.as_str() {
            "approve" => ReviewDecision::Approve,
            "deny" => ReviewDecision::Deny,
            _ => return Ok(Stage::Next(person)),
        };
        let Some(request) = form.request else {
            return Ok(Stage::Next(person));
        };
        let context = page_context(self.context, &self.tenant);
        let errand = interaction.purpose.errand();
        let directory = &self.services.directory;
        match directory
            .review_consent_request(errand, &person, request, decision, &context)
            .await?
        {
            Changed::Yes => Ok(Stage::Next(person)),
            Changed::NotFound => Err(Wrong::Said(
                "That request does not wait for a decision any more.".to_owned(),
            )),
        }
    }
}
