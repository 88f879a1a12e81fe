//! The page of each stage of an interaction.

use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use lcs_directory::{
    SignedInUser,
    consent::Approval,
    errand::{ClientView, Errand, Step},
};

use super::{
    interaction::{Interaction, Purpose, Stage},
    render::{
        ApprovalRequiredPage, ConfirmPage, ConsentPage, ConsentRequestsPage, EnrolmentPage, Frame,
        NeedAdministratorPage, NewPasswordPage, PasswordPage, PickAccountPage, RequestSentPage,
        SecondFactorPage, StaySignedInPage, UserNamePage, page,
    },
    visit::Visit,
};

impl Visit<'_> {
    /// The page of the stage; of the step that the directory demands where it says what comes next.
    pub(super) async fn render(
        &self,
        frame: &Frame,
        interaction: &Interaction,
        step: Option<&Step>,
    ) -> Response {
        let errand = interaction.purpose.errand();
        let client = match self.services.directory.client_view(errand).await {
            Ok(client) => client,
            Err(error) => return self.trouble(&error),
        };
        let error = interaction.error.as_deref();
        let response = match &interaction.stage {
            Stage::PickAccount => {
                let accounts = &self.session.accounts;
                let client = &client;
                let template = PickAccountPage {
                    frame,
                    client,
                    accounts,
                };
                page(StatusCode::OK, frame, &template)
            }
            Stage::UserName(name) => {
                let template = UserNamePage {
                    frame,
                    client: &client,
                    name,
                    is_device: interaction.purpose.is_device(),
                    error,
                };
                page(StatusCode::OK, frame, &template)
            }
            Stage::Password(name) => {
                page(StatusCode::OK, frame, &PasswordPage { frame, name, error })
            }
            Stage::NewPassword { name, .. } => page(
                StatusCode::OK,
                frame,
                &NewPasswordPage { frame, name, error },
            ),
            Stage::Enrolment(person, secret) => {
                let user = person.user_principal_name.as_str();
                let (text, uri) = (secret.base32(), secret.uri("lcs local cloud", user));
                let template = EnrolmentPage {
                    frame,
                    user,
                    secret: text.expose(),
                    uri: uri.expose(),
                    error,
                };
                page(StatusCode::OK, frame, &template)
            }
            Stage::StaySignedIn(person) => {
                let user = person.user_principal_name.as_str();
                page(StatusCode::OK, frame, &StaySignedInPage { frame, user })
            }
            Stage::RequestSent(person) => {
                let user = person.user_principal_name.as_str();
                let client = &client;
                let template = RequestSentPage {
                    frame,
                    user,
                    client,
                };
                page(StatusCode::OK, frame, &template)
            }
            Stage::Next(person) => match (&interaction.purpose, step) {
                (Purpose::Review(errand), Some(Step::Done)) => {
                    return self.review_page(frame, errand, person, error).await;
                }
                _ => step_page(frame, interaction, step, person, &client),
            },
        };
        self.send(response)
    }

    async fn review_page(
        &self,
        frame: &Frame,
        errand: &Errand,
        person: &SignedInUser,
        error: Option<&str>,
    ) -> Response {
        let address = self.context.client_address;
        let requests = self
            .services
            .directory
            .consent_requests_to_review(errand, person, address)
            .await;
        let requests = match requests {
            Ok(requests) => requests,
            Err(error) => return self.trouble(&error),
        };
        let template = ConsentRequestsPage {
            frame,
            user: person.user_principal_name.as_str(),
            requests: &requests,
            error,
        };
        self.send(page(StatusCode::OK, frame, &template))
    }
}

/// The page of a step that a signed-in person must take.
fn step_page(
    frame: &Frame,
    interaction: &Interaction,
    step: Option<&Step>,
    person: &SignedInUser,
    client: &ClientView,
) -> Response {
    let user = person.user_principal_name.as_str();
    match step {
        Some(Step::Consent(consent)) => {
            let template = ConsentPage {
                frame,
                user,
                consent,
                for_organization: matches!(interaction.purpose, Purpose::AdminConsent(_)),
                is_device: interaction.purpose.is_device(),
            };
            page(StatusCode::OK, frame, &template)
        }
        Some(Step::NeedAdministrator(consent, Approval::Elsewhere)) => {
            let template = NeedAdministratorPage {
                frame,
                user,
                consent,
                code: Approval::Elsewhere.refusal().row().code,
            };
            page(StatusCode::OK, frame, &template)
        }
        Some(Step::NeedAdministrator(consent, approval)) => {
            let template = ApprovalRequiredPage {
                frame,
                user,
                consent,
                code: approval.refusal().row().code,
                requested_at: match approval {
                    Approval::Requested { at } => Some(day(*at)),
                    Approval::OnRequest | Approval::Elsewhere => None,
                },
                error: interaction.error.as_deref(),
            };
            page(StatusCode::OK, frame, &template)
        }
        Some(Step::Done) => {
            let template = ConfirmPage {
                frame,
                user,
                client,
            };
            page(StatusCode::OK, frame, &template)
        }
        Some(Step::SecondFactor(_) | Step::Enrolment(_) | Step::SignInAgain) | None => {
            let error = interaction.error.as_deref();
            page(
                StatusCode::OK,
                frame,
                &SecondFactorPage { frame, user, error },
            )
        }
    }
}

/// A day as pages write it.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
