//! What a person is in the middle of: the steps from a user name to a code, an approved device or a
//! granted consent. Each page shows the stage that the session remembers; its form leads to the next.
//!
//! - here – the stages, and the handlers that show one and take its form
//! - `account` – picking an account, the user name
//! - `password` – the password, and a new one
//! - `second_factor` – the code of an authenticator app, and setting one up
//! - `consent` – accepting permissions
//! - `consent_request` – asking an administrator for them, and what the administrator says
//! - `stay_signed_in` – whether the session outlives browser and server
//! - `end` – back to the client: with an answer, a refusal, or nothing after *Cancel*
//! - `form` – what the forms send; `purpose` – what a person signs in for
//!
//! What a step is, and what it takes to pass it, is the directory's to say; here are pages and forms.

mod account;
mod consent;
mod consent_request;
mod end;
mod form;
mod password;
mod purpose;
mod second_factor;
mod stay_signed_in;

use axum::{
    Form,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use lcs_directory::{
    DirectoryError, SignedInUser, errand::Step, sign_in::HomeIdentity, totp::TotpSecret,
};
use lcs_wire::entra::Aadsts;

use self::form::{LoginForm, LoginQuery, Wrong};
pub(in crate::pages) use self::purpose::Purpose;
use super::{render::Frame, visit::Visit};
use crate::{context::RequestContext, state::Services};

/// What a person is in the middle of.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    /// What for.
    pub(in crate::pages) purpose: Purpose,
    /// How far.
    pub(in crate::pages) stage: Stage,
    /// Whether consent is asked for though it was given before.
    pub(in crate::pages) must_consent: bool,
    /// Whether the person gave a password or a code on the way, and not only came signed in.
    pub(in crate::pages) has_signed_in: bool,
    /// What was wrong with the last form.
    pub(in crate::pages) error: Option<String>,
}

/// How far a person is.
#[derive(Debug, Clone)]
pub(in crate::pages) enum Stage {
    /// Several accounts are signed in.
    PickAccount,
    /// Nobody is.
    UserName(String),
    /// The user name is known.
    Password(String),
    /// The password is right and must be changed.
    NewPassword {
        name: String,
        identity: HomeIdentity,
    },
    /// The directory says what comes next.
    Next(Box<SignedInUser>),
    /// The person sets up an authenticator app with this secret.
    Enrolment(Box<SignedInUser>, TotpSecret),
    /// The person is asked whether to stay signed in.
    StaySignedIn(Box<SignedInUser>),
    /// The person asked an administrator to consent.
    RequestSent(Box<SignedInUser>),
}

impl Stage {
    /// Asks for a user name, with one to start from.
    pub(in crate::pages) fn user_name(hint: Option<String>) -> Self {
        Self::UserName(hint.unwrap_or_default())
    }
}

/// `GET /{tenant}/login?ctx=…`: the page of the stage.
pub(crate) async fn show(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    Query(query): Query<LoginQuery>,
    headers: HeaderMap,
) -> Response {
    let visit = Visit::begin(&services, &context, &tenant, &headers).await;
    visit.show(&query.ctx).await
}

/// `POST /{tenant}/login`: the form of the stage.
pub(crate) async fn submit(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Response {
    let visit = Visit::begin(&services, &context, &tenant, &headers).await;
    let now = services.clock.now();
    // A form of another site has no token, and one of an old page has another.
    let is_ours = form.csrf.as_ref() == Some(&visit.session.csrf);
    let interaction = visit.session.interaction(&form.ctx, now);
    match interaction.filter(|_| is_ours) {
        Some(interaction) => visit.take(interaction, form).await,
        None => visit.refusal(&Aadsts::FlowTokenExpired.into()),
    }
}

impl Visit<'_> {
    /// The page of an interaction's stage, or its end.
    pub(in crate::pages) async fn show(mut self, id: &str) -> Response {
        let now = self.services.clock.now();
        let Some(mut interaction) = self.session.interaction(id, now) else {
            return self.refusal(&Aadsts::FlowTokenExpired.into());
        };
        let step = match &interaction.stage {
            Stage::Next(person) => match self.next_step(&interaction, person).await {
                Ok(step) => Some(step),
                Err(error) => return self.stop(id, &interaction, &error).await,
            },
            _ => None,
        };
        if let (Some(step), Stage::Next(person)) = (&step, &interaction.stage)
            && !step.proves_who_somebody_is()
        {
            let person = person.clone();
            match self.stay_signed_in(&mut interaction, person).await {
                Ok(()) => {}
                Err(error) => return self.trouble(&error),
            }
        }
        match (&step, interaction.stage.clone()) {
            (Some(Step::Done), Stage::Next(person)) if !interaction.purpose.stays() => {
                return self.finish(id, &interaction, &person).await;
            }
            (Some(Step::Enrolment(_)), Stage::Next(person)) => {
                let secret = self.services.directory.new_totp_secret();
                interaction.stage = Stage::Enrolment(person, secret);
            }
            (Some(Step::SignInAgain), Stage::Next(person)) => {
                let name = person.user_principal_name.to_string();
                interaction.stage = Stage::Password(name);
            }
            _ => {}
        }
        let frame = Frame {
            form_target: interaction.purpose.form_target(),
            ..self.frame(self.login_path(), id)
        };
        let response = self.render(&frame, &interaction, step.as_ref()).await;
        interaction.error = None;
        self.session.put(id, interaction, now);
        self.keep();
        response
    }

    /// Takes the form of a stage.
    async fn take(mut self, mut interaction: Interaction, form: LoginForm) -> Response {
        let id = form.ctx.clone();
        if form.action == "cancel" {
            return self.cancel(&id, &interaction).await;
        }
        let id_before = self.id.clone();
        let taken = match interaction.stage.clone() {
            Stage::PickAccount => self.pick(&interaction, &form).await,
            Stage::UserName(_) => self.take_user_name(&form).await,
            Stage::Password(name) if form.action == "back" => Ok(Stage::UserName(name)),
            Stage::Password(name) => self.take_password(&interaction, name, &form).await,
            Stage::NewPassword { name, identity } => {
                self.take_new_password(name, identity, &form).await
            }
            Stage::Enrolment(person, secret) => self.enrol(&person, secret, &form).await,
            Stage::StaySignedIn(person) => {
                self.answer_stay_signed_in(&mut interaction, person, &form)
                    .await
            }
            Stage::RequestSent(person) => Ok(Stage::RequestSent(person)),
            Stage::Next(_) if form.action == "other" => Ok(Stage::user_name(None)),
            Stage::Next(person) => match self.next_step(&interaction, &person).await {
                Ok(Step::SecondFactor(_)) => self.take_code(&person, &form).await,
                Ok(Step::Consent(_)) if form.action == "accept" => {
                    return self.accept(&id, interaction, &person, &form).await;
                }
                Ok(Step::NeedAdministrator(..)) if form.action == "request" => {
                    self.request_approval(&interaction, &person, &form).await
                }
                Ok(Step::Done) if matches!(interaction.purpose, Purpose::Review(_)) => {
                    self.decide_request(&interaction, person, &form).await
                }
                Ok(Step::Done) if form.action == "continue" => {
                    return self.finish(&id, &interaction, &person).await;
                }
                Ok(_) => Ok(Stage::Next(person)),
                Err(error) => return self.stop(&id, &interaction, &error).await,
            },
        };
        match taken {
            Ok(stage) => {
                // Whoever signs in gets a session with another id.
                interaction.has_signed_in |= self.id != id_before;
                interaction.stage = stage;
                interaction.error = None;
            }
            Err(Wrong::Said(text)) => interaction.error = Some(text),
            Err(Wrong::Refused(error)) => {
                self.log_refusal(&interaction, &form, &error).await;
                let DirectoryError::Refused(refusal) = error else {
                    return self.trouble(&error);
                };
                let directory = &self.services.directory;
                let errand = interaction.purpose.errand();
                match directory.name_client(errand, refusal).await {
                    Ok(refusal) => interaction.error = Some(refusal.text()),
                    Err(error) => return self.trouble(&error),
                }
            }
        }
        self.session
            .put(&id, interaction, self.services.clock.now());
        self.keep();
        self.go_on(&id)
    }

    /// What the directory demands next.
    async fn next_step(
        &self,
        interaction: &Interaction,
        person: &SignedInUser,
    ) -> Result<Step, DirectoryError> {
        let directory = &self.services.directory;
        let address = self.context.client_address;
        match &interaction.purpose {
            Purpose::AdminConsent(request) => {
                directory.next_admin_step(request, person, address).await
            }
            Purpose::Review(errand) => directory.next_review_step(errand, person, address).await,
            Purpose::Authorize(_) | Purpose::Device { .. } => {
                let errand = interaction.purpose.errand();
                directory
                    .next_step(errand, person, interaction.must_consent, address)
                    .await
            }
        }
    }
}
