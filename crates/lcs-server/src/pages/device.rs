//! The device page: enter the code, sign in, confirm. One path, whose form says by the session how
//! far the person is.

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_directory::{
    DirectoryError, PageSignIn, SignedInUser,
    device::DeviceRequest,
    errand::{AcceptFor, Step},
};
use lcs_types::Secret;
use lcs_wire::entra::Aadsts;
use serde::Deserialize;

use super::{
    render::{DeviceCodePage, DeviceConfirmPage, DeviceSignInPage, Frame, MessagePage, page},
    session::{COOKIE, DeviceSession},
};
use crate::{context::RequestContext, failure, state::Services};

/// What the forms of the pages send; each page uses some of it.
#[derive(Debug, Deserialize)]
pub(crate) struct DeviceForm {
    #[serde(default)]
    csrf: Option<Secret>,
    #[serde(default)]
    action: String,
    #[serde(default)]
    otc: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    passwd: Option<Secret>,
}

/// One answer in the making.
struct Visit<'visit> {
    services: &'visit Services,
    context: &'visit RequestContext,
    path: String,
    id: String,
    session: DeviceSession<SignedInUser>,
}

/// `GET /{tenant}/oauth2/deviceauth`: begins a session.
pub(crate) async fn show(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
) -> Response {
    let (id, session) = services.device_sessions().begin();
    let visit = Visit {
        services: &services,
        context: &context,
        path: path(&tenant),
        id,
        session,
    };
    visit.ask_for_code("", None)
}

/// `POST /{tenant}/oauth2/deviceauth`: the next step.
pub(crate) async fn submit(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(form): Form<DeviceForm>,
) -> Response {
    let found = cookie(&headers).and_then(|id| {
        services
            .device_sessions()
            .find(&id)
            .map(|session| (id, session))
    });
    let (id, session) = match found {
        // A form of another site has no token, and one of an old page has another.
        Some((id, session)) if form.csrf.as_ref() == Some(&session.csrf) => (id, session),
        _ => {
            let (id, session) = services.device_sessions().begin();
            let visit = Visit {
                services: &services,
                context: &context,
                path: path(&tenant),
                id,
                session,
            };
            return visit.ask_for_code(
                "",
                Some("This page was open too long. Enter the code again."),
            );
        }
    };
    let visit = Visit {
        services: &services,
        context: &context,
        path: path(&tenant),
        id,
        session,
    };
    let stage = (visit.session.user_code.clone(), visit.session.user.clone());
    match (stage, form.action.as_str()) {
        ((None, _), _) => visit.enter_code(&form.otc).await,
        ((Some(code), _), "cancel") => visit.decline(&code).await,
        ((Some(code), None), _) => visit.sign_in(&code, form).await,
        ((Some(code), Some(user)), "accept") => visit.approve(&code, &user).await,
        ((Some(code), Some(user)), _) => visit.ask_to_confirm(&code, &user).await,
    }
}

impl Visit<'_> {
    async fn enter_code(mut self, code: &str) -> Response {
        match self.services.directory.find_device_request(code).await {
            Ok(Some(request)) => {
                self.session.user_code = Some(code.to_owned());
                self.services
                    .device_sessions()
                    .put(&self.id, self.session.clone());
                self.ask_to_sign_in(&request, "", None)
            }
            Ok(None) => {
                if !self.session.may_try_again() {
                    self.services.device_sessions().end(&self.id);
                    return self.message(
                        StatusCode::TOO_MANY_REQUESTS,
                        "Too many wrong codes",
                        "Start the sign-in on your device again.",
                        None,
                    );
                }
                self.services
                    .device_sessions()
                    .put(&self.id, self.session.clone());
                let error = "That code didn't work. Check the code and try again.";
                self.ask_for_code(code, Some(error))
            }
            Err(error) => self.trouble(&error),
        }
    }

    async fn sign_in(mut self, code: &str, form: DeviceForm) -> Response {
        let request = match self.services.directory.find_device_request(code).await {
            Ok(Some(request)) => request,
            Ok(None) => return self.gone(),
            Err(error) => return self.trouble(&error),
        };
        let password = form.passwd.unwrap_or_else(|| Secret::new(""));
        let signed_in = self
            .services
            .directory
            .sign_in(request.errand.target, form.login.trim(), &password)
            .await;
        match signed_in {
            Ok(PageSignIn::MustChangePassword(_)) => self.trouble(&Aadsts::PasswordExpired.into()),
            Ok(PageSignIn::SignedIn(user)) => {
                let user = *user;
                self.session.user = Some(user.clone());
                // A new id at sign-in, so that a planted one is worth nothing.
                self.id = self
                    .services
                    .device_sessions()
                    .rotate(&self.id, self.session.clone());
                self.ask_to_confirm(code, &user).await
            }
            Err(DirectoryError::Refused(refusal)) => {
                self.ask_to_sign_in(&request, form.login.trim(), Some(&refusal.text()))
            }
            Err(error) => self.trouble(&error),
        }
    }

    async fn ask_to_confirm(self, code: &str, user: &SignedInUser) -> Response {
        let directory = &self.services.directory;
        let request = match directory.find_device_request(code).await {
            Ok(Some(request)) => request,
            Ok(None) => return self.gone(),
            Err(error) => return self.trouble(&error),
        };
        let permissions = match directory.next_step(&request.errand, user, false).await {
            Ok(Step::Done) => Vec::new(),
            Ok(Step::Consent(view)) => view.permissions,
            Ok(Step::NeedAdministrator(_)) => {
                return self.trouble(&Aadsts::AdminConsentNeeded.into());
            }
            Ok(Step::SecondFactor) => return self.trouble(&Aadsts::MfaRequired.into()),
            Ok(Step::Enrolment | Step::SignInAgain) => {
                return self.trouble(&Aadsts::MfaEnrolment.into());
            }
            Err(error) => return self.trouble(&error),
        };
        let frame = self.frame();
        let template = DeviceConfirmPage {
            frame: &frame,
            application: &request.client.name,
            tenant: &request.client.publisher,
            user: user.user_principal_name.as_str(),
            permissions: &permissions,
        };
        self.send(page(StatusCode::OK, &frame, &template))
    }

    async fn approve(self, code: &str, user: &SignedInUser) -> Response {
        let directory = &self.services.directory;
        let context = crate::entra::token::page_context(self.context, "common");
        if let Ok(Some(request)) = directory.find_device_request(code).await
            && let Err(error) = directory
                .accept(&request.errand, user, AcceptFor::Myself, &context)
                .await
        {
            return self.trouble(&error);
        }
        match self
            .services
            .directory
            .approve_device_code(code, user)
            .await
        {
            Ok(()) => {
                self.services.device_sessions().end(&self.id);
                let text = "You have signed in on your device. You may now close this page.";
                self.message(StatusCode::OK, "Signed in", text, None)
            }
            Err(error) => self.trouble(&error),
        }
    }

    async fn decline(self, code: &str) -> Response {
        self.services.device_sessions().end(&self.id);
        match self.services.directory.decline_device_code(code).await {
            Ok(()) => {
                let text = "The sign-in was cancelled. Nothing was allowed.";
                self.message(StatusCode::OK, "Cancelled", text, None)
            }
            Err(error) => self.trouble(&error),
        }
    }

    fn ask_for_code(&self, code: &str, error: Option<&str>) -> Response {
        let frame = self.frame();
        self.send(page(
            StatusCode::OK,
            &frame,
            &DeviceCodePage {
                frame: &frame,
                code,
                error,
            },
        ))
    }

    fn ask_to_sign_in(
        &self,
        request: &DeviceRequest,
        login: &str,
        error: Option<&str>,
    ) -> Response {
        let frame = self.frame();
        let template = DeviceSignInPage {
            frame: &frame,
            application: &request.client.name,
            tenant: &request.client.publisher,
            login,
            error,
        };
        self.send(page(StatusCode::OK, &frame, &template))
    }

    fn gone(&self) -> Response {
        let text = "The code was used or has expired. Start the sign-in on your device again.";
        self.message(StatusCode::OK, "That code is no longer valid", text, None)
    }

    fn trouble(&self, error: &DirectoryError) -> Response {
        match error {
            DirectoryError::Refused(refusal) => {
                let remedy = refusal.aadsts.row().remedy;
                self.message(
                    StatusCode::BAD_REQUEST,
                    "Sorry, but we're having trouble signing you in",
                    remedy,
                    Some(&refusal.text()),
                )
            }
            DirectoryError::Failed(error) => {
                failure::log(self.context, error);
                let text = "Something of ours failed. Try again.";
                let id = format!("Correlation id: {}", self.context.correlation_id);
                self.message(StatusCode::INTERNAL_SERVER_ERROR, "Sorry", text, Some(&id))
            }
        }
    }

    fn message(
        &self,
        status: StatusCode,
        heading: &str,
        text: &str,
        code: Option<&str>,
    ) -> Response {
        let frame = self.frame();
        let template = MessagePage {
            frame: &frame,
            heading,
            text,
            code,
        };
        self.send(page(status, &frame, &template))
    }

    fn frame(&self) -> Frame {
        let mut nonce = [0; 18];
        self.services.randomness.fill(&mut nonce);
        Frame {
            nonce: URL_SAFE_NO_PAD.encode(nonce),
            csrf: self.session.csrf.expose().to_owned(),
            action: self.path.clone(),
        }
    }

    fn send(&self, mut response: Response) -> Response {
        let cookie = format!(
            "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax",
            self.id
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            pair.trim()
                .strip_prefix(COOKIE)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
}

/// The page's own path; the tenant is only ever echoed when it is a plain segment.
fn path(tenant: &str) -> String {
    let is_plain = tenant
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    format!(
        "/{}/oauth2/deviceauth",
        if is_plain { tenant } else { "common" }
    )
}
