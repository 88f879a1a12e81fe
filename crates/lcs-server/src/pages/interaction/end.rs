//! The end of an interaction: an answer for the client, a refusal, or *Cancel*.

use axum::{http::StatusCode, response::Response};
use lcs_directory::{DirectoryError, SignedInUser};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::{Interaction, Purpose, Stage, form::LoginForm};
use crate::{entra::token::page_context, pages::visit::Visit};

impl Visit<'_> {
    /// Nothing is left to ask.
    pub(super) async fn finish(
        mut self,
        id: &str,
        interaction: &Interaction,
        person: &SignedInUser,
    ) -> Response {
        let directory = &self.services.directory;
        let address = self.context.client_address;
        self.session.end(id);
        self.keep();
        match &interaction.purpose {
            Purpose::Authorize(request) => {
                match directory.finish_authorize(request, person, address).await {
                    Ok(reply) => self.reply(&reply),
                    Err(error) => self.trouble(&error),
                }
            }
            Purpose::Device { user_code, .. } => {
                match directory
                    .approve_device_code(user_code, person, address)
                    .await
                {
                    Ok(()) => self.message(
                        StatusCode::OK,
                        "Signed in",
                        "You have signed in on your device. You may now close this page.",
                    ),
                    Err(error) => self.trouble(&error),
                }
            }
            Purpose::AdminConsent(_) | Purpose::Review(_) => {
                self.refusal(&Aadsts::FlowTokenExpired.into())
            }
        }
    }

    /// A request with `prompt=none`: the end, or the refusal of what would be asked.
    pub(in crate::pages) async fn finish_silently(self, interaction: Interaction) -> Response {
        let (Purpose::Authorize(request), Stage::Next(person)) =
            (&interaction.purpose, &interaction.stage)
        else {
            return self.refusal(&Aadsts::FlowTokenExpired.into());
        };
        let reply_to = &request.reply_to;
        let refusal = match self.next_step(&interaction, person).await {
            Ok(step) => {
                let client = self.services.directory.client_view(&request.errand).await;
                match client.map(|client| step.refusal(&client)) {
                    Ok(refusal) => refusal,
                    Err(error) => return self.trouble(&error),
                }
            }
            Err(DirectoryError::Refused(refusal)) => Some(refusal),
            Err(error) => return self.trouble(&error),
        };
        match refusal {
            Some(refusal) => self.refuse(reply_to, &refusal),
            None => self.finish("", &interaction, person).await,
        }
    }

    /// The person pressed *Cancel*.
    pub(super) async fn cancel(mut self, id: &str, interaction: &Interaction) -> Response {
        let declined = Refusal::new(Aadsts::AuthorizationDeclined);
        self.session.end(id);
        self.keep();
        let reply_to = match &interaction.purpose {
            Purpose::Authorize(request) => Some(&request.reply_to),
            Purpose::AdminConsent(request) => request.reply_to.as_ref(),
            Purpose::Review(_) => {
                return self.message(
                    StatusCode::OK,
                    "Closed",
                    "You may now close this page. What you did not decide stays pending.",
                );
            }
            Purpose::Device { user_code, .. } => {
                let declined = self.services.directory.decline_device_code(user_code).await;
                return match declined {
                    Ok(()) => self.message(
                        StatusCode::OK,
                        "Cancelled",
                        "The sign-in was cancelled. Nothing was allowed.",
                    ),
                    Err(error) => self.trouble(&error),
                };
            }
        };
        match reply_to {
            Some(reply_to) => self.refuse(reply_to, &declined),
            None => self.refusal(&declined),
        }
    }

    /// A refusal ends the way; it is shown and noted in the log.
    pub(super) async fn stop(
        mut self,
        id: &str,
        interaction: &Interaction,
        error: &DirectoryError,
    ) -> Response {
        self.log_refusal(interaction, &LoginForm::default(), error)
            .await;
        self.session.end(id);
        self.keep();
        self.trouble(error)
    }

    pub(super) async fn log_refusal(
        &self,
        interaction: &Interaction,
        form: &LoginForm,
        error: &DirectoryError,
    ) {
        let DirectoryError::Refused(refusal) = error else {
            return;
        };
        let person = match &interaction.stage {
            Stage::Next(person) | Stage::Enrolment(person, _) => Some(&**person),
            _ => None,
        };
        let name = match &interaction.stage {
            Stage::Password(name) | Stage::NewPassword { name, .. } => name.clone(),
            _ => form.loginfmt.clone(),
        };
        let context = page_context(self.context, &self.tenant);
        let noted = self
            .services
            .directory
            .note_refused_page(
                interaction.purpose.errand(),
                &context,
                person,
                &name,
                refusal,
            )
            .await;
        if let Err(error) = noted {
            crate::failure::log(self.context, &error);
        }
    }
}
