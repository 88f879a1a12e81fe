//! What a person is in the middle of: the steps from a user name to a code, an approved device or a
//! granted consent. Each page shows the stage that the session remembers; its form leads to the next.
//!
//! What a step is, and what it takes to pass it, is the directory's to say; here are pages and forms.

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_directory::{
    AuthorizeRequest, DirectoryError, PageSignIn, SignedInUser,
    admin_consent::AdminConsentRequest,
    device::DeviceRequest,
    errand::{AcceptFor, Errand, Step},
    sign_in::{HomeIdentity, NewPasswordRejected, Realm},
    totp::TotpSecret,
};
use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};
use serde::Deserialize;

use super::{render::Frame, visit::Visit};
use crate::{context::RequestContext, entra::token::page_context, state::Services};

/// What a person is in the middle of.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    /// What for.
    pub(super) purpose: Purpose,
    /// How far.
    pub(super) stage: Stage,
    /// Whether consent is asked for though it was given before.
    pub(super) must_consent: bool,
    /// What was wrong with the last form.
    pub(super) error: Option<String>,
}

/// What a person signs in for.
#[derive(Debug, Clone)]
pub(super) enum Purpose {
    /// A request to the authorize endpoint.
    Authorize(Box<AuthorizeRequest>),
    /// A device that shows this code.
    Device {
        user_code: String,
        request: Box<DeviceRequest>,
    },
    /// A request to the admin consent endpoint.
    AdminConsent(Box<AdminConsentRequest>),
}

/// How far a person is.
#[derive(Debug, Clone)]
pub(super) enum Stage {
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
}

/// What the forms of the pages send; each page uses some of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LoginForm {
    ctx: String,
    csrf: Option<Secret>,
    action: String,
    account: Option<usize>,
    loginfmt: String,
    passwd: Option<Secret>,
    otc: Option<Secret>,
    oldpasswd: Option<Secret>,
    newpasswd: Option<Secret>,
    confirmnewpasswd: Option<Secret>,
    consent_for_organization: Option<String>,
}

/// Names an interaction in a URL.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct LoginQuery {
    #[serde(default)]
    ctx: String,
}

impl Stage {
    /// Asks for a user name, with one to start from.
    pub(super) fn user_name(hint: Option<String>) -> Self {
        Self::UserName(hint.unwrap_or_default())
    }
}

impl Purpose {
    pub(super) fn errand(&self) -> &Errand {
        match self {
            Self::Authorize(request) => &request.errand,
            Self::Device { request, .. } => &request.errand,
            Self::AdminConsent(request) => &request.errand,
        }
    }

    pub(super) const fn is_device(&self) -> bool {
        matches!(self, Self::Device { .. })
    }

    /// Where else the forms of the pages may end.
    fn form_target(&self) -> Option<String> {
        match self {
            Self::Authorize(request) => Some(request.reply_to.redirect.origin()),
            Self::AdminConsent(request) => request
                .reply_to
                .as_ref()
                .map(|reply_to| reply_to.redirect.origin()),
            Self::Device { .. } => None,
        }
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
    let visit = Visit::begin(&services, &context, &tenant, &headers);
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
    let visit = Visit::begin(&services, &context, &tenant, &headers);
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
    pub(super) async fn show(mut self, id: &str) -> Response {
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
        match (&step, interaction.stage.clone()) {
            (Some(Step::Done), Stage::Next(person)) if !interaction.purpose.is_device() => {
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
        let taken = match interaction.stage.clone() {
            Stage::PickAccount => self.pick(&interaction, &form).await,
            Stage::UserName(_) => self.take_user_name(&form).await,
            Stage::Password(name) if form.action == "back" => Ok(Stage::UserName(name)),
            Stage::Password(name) => self.take_password(&interaction, name, &form).await,
            Stage::NewPassword { name, identity } => {
                self.take_new_password(name, identity, &form).await
            }
            Stage::Enrolment(person, secret) => self.enrol(&person, secret, &form).await,
            Stage::Next(_) if form.action == "other" => Ok(Stage::user_name(None)),
            Stage::Next(person) => match self.next_step(&interaction, &person).await {
                Ok(Step::SecondFactor(_)) => self.take_code(&person, &form).await,
                Ok(Step::Consent(_)) if form.action == "accept" => {
                    return self.accept(&id, interaction, &person, &form).await;
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

    async fn pick(&self, interaction: &Interaction, form: &LoginForm) -> Result<Stage, Wrong> {
        let account = form
            .account
            .and_then(|index| self.session.accounts.get(index));
        let Some(account) = account else {
            return Ok(Stage::user_name(None));
        };
        let target = interaction.purpose.errand().target;
        let person = self.services.directory.person_at(target, account).await?;
        Ok(Stage::Next(Box::new(person)))
    }

    async fn take_user_name(&self, form: &LoginForm) -> Result<Stage, Wrong> {
        let name = form.loginfmt.trim();
        let realm = self
            .services
            .directory
            .realm(name)
            .await
            .map_err(DirectoryError::from)?;
        match realm {
            Realm::Managed => Ok(Stage::Password(name.to_owned())),
            Realm::Federated(federation) => Err(Wrong::Said(format!(
                "{} signs in at its own identity provider ({}), where the local cloud cannot follow.",
                federation.domain, federation.passive_sign_in_url
            ))),
            Realm::Unknown => Err(Wrong::Said(
                "This username may be incorrect. Make sure that you typed it correctly.".to_owned(),
            )),
        }
    }

    async fn take_password(
        &mut self,
        interaction: &Interaction,
        name: String,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let password = form.passwd.clone().unwrap_or_else(|| Secret::new(""));
        let target = interaction.purpose.errand().target;
        match self
            .services
            .directory
            .sign_in(target, &name, &password)
            .await?
        {
            PageSignIn::MustChangePassword(identity) => Ok(Stage::NewPassword { name, identity }),
            PageSignIn::SignedIn(person) => {
                self.signed_in(&person);
                Ok(Stage::Next(person))
            }
        }
    }

    async fn take_new_password(
        &mut self,
        name: String,
        identity: HomeIdentity,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let empty = || Secret::new("");
        let new = form.newpasswd.clone().unwrap_or_else(empty);
        if form.confirmnewpasswd.as_ref() != Some(&new) {
            return Err(Wrong::Said("The two new passwords differ.".to_owned()));
        }
        let old = form.oldpasswd.clone().unwrap_or_else(empty);
        let changed = self
            .services
            .directory
            .change_own_password(identity, &old, &new)
            .await?;
        match changed {
            Ok(()) => Ok(Stage::Password(name)),
            Err(NewPasswordRejected::Length) => Err(Wrong::Said(
                "A password has 8 to 256 characters.".to_owned(),
            )),
            Err(NewPasswordRejected::TooSimple) => Err(Wrong::Said(
                "A password has characters of three of these kinds: small letters, capital letters, digits, symbols.".to_owned(),
            )),
            Err(NewPasswordRejected::SameAsOld) => Err(Wrong::Said(
                "Choose a password that is not the current one.".to_owned(),
            )),
        }
    }

    async fn take_code(&mut self, person: &SignedInUser, form: &LoginForm) -> Result<Stage, Wrong> {
        let code = form.otc.clone().unwrap_or_else(|| Secret::new(""));
        let person = self
            .services
            .directory
            .give_one_time_code(person, &code)
            .await?;
        self.signed_in(&person);
        Ok(Stage::Next(Box::new(person)))
    }

    async fn enrol(
        &mut self,
        person: &SignedInUser,
        secret: TotpSecret,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let code = form.otc.clone().unwrap_or_else(|| Secret::new(""));
        let person = self
            .services
            .directory
            .enrol_totp(person, secret, &code)
            .await?;
        self.signed_in(&person);
        Ok(Stage::Next(Box::new(person)))
    }

    /// Remembers who signed in, under a new session id.
    fn signed_in(&mut self, person: &SignedInUser) {
        self.session.remember(person.clone());
        self.id = self
            .services
            .browser_sessions()
            .rotate(&self.id, &mut self.session);
    }

    async fn accept(
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
            Purpose::Authorize(_) | Purpose::Device { .. } => {
                let errand = interaction.purpose.errand();
                directory
                    .next_step(errand, person, interaction.must_consent, address)
                    .await
            }
        }
    }

    /// Nothing is left to ask.
    async fn finish(
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
            Purpose::AdminConsent(_) => self.refusal(&Aadsts::FlowTokenExpired.into()),
        }
    }

    /// A request with `prompt=none`: the end, or the refusal of what would be asked.
    pub(super) async fn finish_silently(self, interaction: Interaction) -> Response {
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
    async fn cancel(mut self, id: &str, interaction: &Interaction) -> Response {
        let declined = Refusal::new(Aadsts::AuthorizationDeclined);
        self.session.end(id);
        self.keep();
        let reply_to = match &interaction.purpose {
            Purpose::Authorize(request) => Some(&request.reply_to),
            Purpose::AdminConsent(request) => request.reply_to.as_ref(),
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
    async fn stop(
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

    async fn log_refusal(
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

/// Why a form leads nowhere.
enum Wrong {
    /// Something that only a page says.
    Said(String),
    /// A refusal or failure of the directory.
    Refused(DirectoryError),
}

impl From<DirectoryError> for Wrong {
    fn from(error: DirectoryError) -> Self {
        Self::Refused(error)
    }
}
