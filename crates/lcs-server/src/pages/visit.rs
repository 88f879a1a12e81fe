//! One request of a person's browser, and the answers that every page shares: refusals, messages,
//! replies to the client.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lcs_directory::{
    DirectoryError,
    authorize::{AuthorizeError, Reply, ReplyIds, ReplyTo, ResponseMode},
};
use lcs_types::Secret;
use lcs_wire::entra::aadsts::Refusal;

use super::{
    cookies,
    render::{FormPostPage, Frame, MessagePage, RefusalPage, page},
    session::BrowserSession,
};
use crate::{context::RequestContext, entra::error::entra_timestamp, failure, state::Services};

/// One answer in the making.
pub(super) struct Visit<'visit> {
    pub(super) services: &'visit Services,
    pub(super) context: &'visit RequestContext,
    /// The tenant segment of the path, when it is a plain one.
    pub(super) tenant: String,
    /// The session's id.
    pub(super) id: String,
    pub(super) session: BrowserSession,
    /// Whether the person said, for good, to stay signed in or not.
    pub(super) remembered_answer: Option<bool>,
    /// That answer, when the browser is to remember it.
    pub(super) answer_to_remember: Option<bool>,
}

impl<'visit> Visit<'visit> {
    /// Finds the browser's session, or begins one.
    pub(super) async fn begin(
        services: &'visit Services,
        context: &'visit RequestContext,
        tenant: &str,
        headers: &HeaderMap,
    ) -> Self {
        let sessions = services.browser_sessions();
        let (id, session) = match sessions.known(headers) {
            Some(known) => known,
            None => match kept_session(services, context, headers).await {
                Some(kept) => kept,
                None => sessions.begin(),
            },
        };
        Self {
            services,
            context,
            tenant: plain(tenant).to_owned(),
            id,
            session,
            remembered_answer: cookies::remembered_answer(headers),
            answer_to_remember: None,
        }
    }

    /// A frame for a page whose form goes to this path.
    pub(super) fn frame(&self, action: String, interaction: &str) -> Frame {
        Frame {
            csrf: self.session.csrf.expose().to_owned(),
            interaction: interaction.to_owned(),
            action,
            ..Frame::plain(&*self.services.randomness)
        }
    }

    /// Where the forms of sign-in pages go.
    pub(super) fn login_path(&self) -> String {
        format!("/{}/login", self.tenant)
    }

    /// Sends the browser on to the page of an interaction. 303, so that nothing that was posted is
    /// posted again (RFC 9700 §4.12).
    pub(super) fn go_on(&self, interaction: &str) -> Response {
        let location = format!("{}?ctx={interaction}", self.login_path());
        self.send(see_other(&location))
    }

    /// Keeps what changed of the session.
    pub(super) fn keep(&self) {
        self.services
            .browser_sessions()
            .put(&self.id, self.session.clone());
    }

    /// A reply that the browser carries to the client.
    pub(super) fn reply(&self, reply: &Reply) -> Response {
        if reply.mode != ResponseMode::FormPost {
            return self.send(see_other(&reply.location()));
        }
        let frame = Frame {
            form_target: Some(reply.redirect.origin()),
            ..Frame::plain(&*self.services.randomness)
        };
        let parameters: Vec<_> = reply
            .parameters
            .iter()
            .map(|(name, value)| (*name, value.expose().to_owned()))
            .collect();
        let template = FormPostPage {
            frame: &frame,
            target: &reply.form_action(),
            parameters: &parameters,
        };
        self.send(page(StatusCode::OK, &frame, &template))
    }

    /// A refusal that the browser carries to the client.
    pub(super) fn refuse(&self, reply_to: &ReplyTo, refusal: &Refusal) -> Response {
        let ids = ReplyIds {
            origin: self.context.origin.to_string(),
            trace_id: self.context.trace_id.to_string(),
            correlation_id: self.context.correlation_id,
            timestamp: entra_timestamp(self.services.clock.now()),
        };
        self.reply(&reply_to.refuse(refusal, &ids))
    }

    /// What a request came to that cannot be shown to a person.
    pub(super) fn not_shown(&self, error: &AuthorizeError) -> Response {
        match error {
            AuthorizeError::Page(refusal) => self.refusal(refusal),
            AuthorizeError::Client(reply_to, refusal) => self.refuse(reply_to, refusal),
            AuthorizeError::Failed(failure) => self.failure(failure),
        }
    }

    /// A refusal or failure on a page.
    pub(super) fn trouble(&self, error: &DirectoryError) -> Response {
        match error {
            DirectoryError::Refused(refusal) => self.refusal(refusal),
            DirectoryError::Failed(failure) => self.failure(failure),
        }
    }

    /// A refusal on a page, with what support asks for.
    pub(super) fn refusal(&self, refusal: &Refusal) -> Response {
        let row = refusal.aadsts.row();
        let frame = Frame::plain(&*self.services.randomness);
        let template = RefusalPage {
            frame: &frame,
            text: &refusal.text(),
            cause: row.cause,
            remedy: row.remedy,
            request_id: &self.context.trace_id.to_string(),
            correlation_id: &self.context.correlation_id.to_string(),
            timestamp: &entra_timestamp(self.services.clock.now()),
        };
        self.send(page(StatusCode::BAD_REQUEST, &frame, &template))
    }

    fn failure(&self, error: &dyn std::error::Error) -> Response {
        failure::log(self.context, error);
        let text = format!(
            "Something of ours failed. Try again. Correlation Id: {}",
            self.context.correlation_id
        );
        self.message(StatusCode::INTERNAL_SERVER_ERROR, "Sorry", &text)
    }

    /// A page that only says something.
    pub(super) fn message(&self, status: StatusCode, heading: &str, text: &str) -> Response {
        let frame = Frame::plain(&*self.services.randomness);
        let template = MessagePage {
            frame: &frame,
            heading,
            text,
        };
        self.send(page(status, &frame, &template))
    }

    /// Adds the cookies.
    pub(super) fn send(&self, mut response: Response) -> Response {
        let now = self.services.clock.now();
        let session = cookies::set_session(&self.id, self.session.kept_for(now));
        let answer = self.answer_to_remember.and_then(cookies::remember_answer);
        for (name, value) in session.into_iter().chain(answer) {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// The session that the request's cookie names and that outlived the server, if there is one.
async fn kept_session(
    services: &Services,
    context: &RequestContext,
    headers: &HeaderMap,
) -> Option<(String, BrowserSession)> {
    let id = cookies::session_cookie(headers)?;
    let kept = services
        .directory
        .restore_session(&Secret::new(id.clone()))
        .await;
    match kept {
        Ok(kept) => {
            let kept = kept?;
            let sessions = services.browser_sessions();
            let session = sessions.restore(&id, kept.accounts, kept.expires_at);
            Some((id, session))
        }
        // The person may still sign in.
        Err(error) => {
            failure::log(context, &error);
            None
        }
    }
}

fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    match HeaderValue::from_str(location) {
        Ok(location) => headers.insert(header::LOCATION, location),
        Err(error) => {
            tracing::error!(%error, "could not write a location");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The tenant segment is only ever echoed when it is a plain one.
fn plain(tenant: &str) -> &str {
    let is_plain = tenant
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if is_plain { tenant } else { "common" }
}
