//! Signing out ("OpenID Connect on the Microsoft identity platform": sign-out), and the page about an
//! error code that refusals link to.

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use lcs_directory::authorize::{Redirect, Reply, ResponseMode};
use lcs_types::Secret;
use lcs_wire::entra::Aadsts;

use super::{
    cookies::session_cookie,
    render::{ErrorCodePage, Frame, page},
    visit::Visit,
};
use crate::{
    context::RequestContext,
    entra::{form_body, token::page_context},
    state::Services,
};

/// `GET /{tenant}/oauth2/v2.0/logout` and `/{tenant}/oauth2/logout`: ends the browser's session. Refresh
/// tokens live on, as at the service.
pub(crate) async fn logout(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Some(id) = session_cookie(&headers) {
        services.browser_sessions().end(&id);
        let forgotten = services.directory.forget_session(&Secret::new(id)).await;
        if let Err(error) = forgotten {
            let visit = Visit::begin(&services, &context, &tenant, &HeaderMap::new()).await;
            return visit.trouble(&error.into());
        }
    }
    let visit = Visit::begin(&services, &context, &tenant, &HeaderMap::new()).await;
    let form = form_body::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let asked = page_context(&context, &tenant);
    // Nobody is sent anywhere but where the application is registered to send people.
    let goes_to = services.directory.post_logout_redirect(&form, &asked).await;
    match goes_to {
        Ok(Some(uri)) => visit.reply(&Reply {
            redirect: Redirect {
                uri,
                redirect_type: lcs_directory::model::RedirectType::Web,
            },
            mode: ResponseMode::Query,
            parameters: form
                .text("state")
                .map(|state| ("state", Secret::new(state)))
                .into_iter()
                .collect(),
        }),
        Ok(None) => visit.message(
            StatusCode::OK,
            "You signed out of your account",
            "It's a good idea to close all browser windows.",
        ),
        Err(error) => visit.trouble(&error),
    }
}

/// `GET /error?code=…`.
pub(crate) async fn error_code(
    State(services): State<Services>,
    RawQuery(query): RawQuery,
) -> Response {
    let form = form_body::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let code = form.text("code").unwrap_or_default();
    let number = code.parse::<u32>().ok();
    let rows: Vec<_> = Aadsts::ALL
        .iter()
        .map(|aadsts| aadsts.row())
        .filter(|row| Some(row.code) == number)
        .collect();
    let frame = Frame::plain(&*services.randomness);
    let template = ErrorCodePage {
        frame: &frame,
        code,
        rows: &rows,
    };
    page(StatusCode::OK, &frame, &template)
}
