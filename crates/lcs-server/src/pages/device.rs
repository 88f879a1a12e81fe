//! The device page: entering the code that another machine shows.

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_types::Secret;
use serde::Deserialize;

use super::{
    interaction::{Interaction, Purpose, Stage},
    render::{DeviceCodePage, page},
    visit::Visit,
};
use crate::{context::RequestContext, state::Services};

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct DeviceForm {
    #[serde(default)]
    csrf: Option<Secret>,
    #[serde(default)]
    otc: String,
}

/// `GET /{tenant}/oauth2/deviceauth`.
pub(crate) async fn show(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    headers: HeaderMap,
) -> Response {
    Visit::begin(&services, &context, &tenant, &headers)
        .await
        .ask_for_code("", None)
}

/// `POST /{tenant}/oauth2/deviceauth`.
pub(crate) async fn submit(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(form): Form<DeviceForm>,
) -> Response {
    let visit = Visit::begin(&services, &context, &tenant, &headers).await;
    // A form of another site has no token, and one of an old page has another.
    if form.csrf.as_ref() != Some(&visit.session.csrf) {
        let text = "This page was open too long. Enter the code again.";
        return visit.ask_for_code("", Some(text));
    }
    visit.enter_code(&form.otc).await
}

impl Visit<'_> {
    async fn enter_code(mut self, code: &str) -> Response {
        let request = match self.services.directory.find_device_request(code).await {
            Ok(Some(request)) => request,
            Ok(None) => return self.wrong_code(code).await,
            Err(error) => return self.trouble(&error),
        };
        let stage = match self.only_account(request.errand.target).await {
            Some(stage) => stage,
            None => Stage::user_name(None),
        };
        let interaction = Interaction {
            purpose: Purpose::Device {
                user_code: code.to_owned(),
                request: Box::new(request),
            },
            stage,
            must_consent: false,
            has_signed_in: false,
            error: None,
        };
        let id = self.services.browser_sessions().random_text();
        self.session
            .put(&id, interaction, self.services.clock.now());
        self.keep();
        self.go_on(&id)
    }

    async fn wrong_code(mut self, code: &str) -> Response {
        if !self.session.may_try_again() {
            self.services.browser_sessions().end(&self.id);
            let id = Secret::new(self.id.clone());
            if let Err(error) = self.services.directory.forget_session(&id).await {
                return self.trouble(&error.into());
            }
            return self.message(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many wrong codes",
                "Start the sign-in on your device again.",
            );
        }
        self.keep();
        let error = "That code didn't work. Check the code and try again.";
        self.ask_for_code(code, Some(error))
    }

    fn ask_for_code(&self, code: &str, error: Option<&str>) -> Response {
        let frame = self.frame(format!("/{}/oauth2/deviceauth", self.tenant), "");
        let template = DeviceCodePage {
            frame: &frame,
            code,
            error,
        };
        self.send(page(StatusCode::OK, &frame, &template))
    }
}
