//! The authorize endpoint and the admin consent endpoint: where a client sends a browser.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use lcs_directory::{
    AuthorizeRequest, DirectoryError, Form,
    authorize::{AccountChoice, AccountFacts, Prompt, account::choose},
    model::TenantTarget,
};
use lcs_wire::entra::{Aadsts, Endpoint};

use super::{
    interaction::{Interaction, Purpose, Stage},
    visit::Visit,
};
use crate::{
    context::RequestContext,
    entra::{form_body, token::token_context},
    state::Services,
};

/// `GET /{tenant}/oauth2/v2.0/authorize`.
pub(crate) async fn authorize_v2(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    authorize(&services, &context, &tenant, query, &headers, Endpoint::V2).await
}

/// `GET /{tenant}/oauth2/authorize`.
pub(crate) async fn authorize_v1(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    authorize(&services, &context, &tenant, query, &headers, Endpoint::V1).await
}

/// `POST` to either: another site's form comes without our cookie, so the browser is asked to come
/// again as if it had followed a link.
pub(crate) async fn authorize_post(uri: axum::http::Uri, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body);
    let is_form = body.bytes().all(|byte| byte.is_ascii_graphic());
    let query = if is_form { body.trim() } else { "" };
    Redirect::to(&format!("{}?{query}", uri.path())).into_response()
}

async fn authorize(
    services: &Services,
    context: &RequestContext,
    tenant: &str,
    query: Option<String>,
    headers: &HeaderMap,
    endpoint: Endpoint,
) -> Response {
    let visit = Visit::begin(services, context, tenant, headers).await;
    let form = match form_body::parse(query.unwrap_or_default().as_bytes()) {
        Ok(form) => form,
        Err(refusal) => return visit.refusal(&refusal),
    };
    let asked = token_context(context, &form, tenant.to_owned(), endpoint);
    match services
        .directory
        .read_authorize_request(&form, &asked)
        .await
    {
        Ok(request) => begin(visit, request).await,
        Err(error) => visit.not_shown(&error),
    }
}

async fn begin(mut visit: Visit<'_>, request: AuthorizeRequest) -> Response {
    let accounts: Vec<AccountFacts> = visit
        .session
        .accounts
        .iter()
        .map(|account| AccountFacts {
            name: account.user_principal_name.clone(),
            // A guest is let in under another account, which only the directory knows.
            is_admitted: true,
            signed_in_at: account.authentication.at,
        })
        .collect();
    let choice = choose(
        request.prompt,
        request.login_hint.as_deref(),
        request.max_age,
        &accounts,
        visit.services.clock.now(),
    );
    let stage = match choice {
        AccountChoice::NobodySignedIn => {
            return visit.refuse(&request.reply_to, &Aadsts::NoSession.into());
        }
        AccountChoice::SeveralSignedIn => {
            return visit.refuse(&request.reply_to, &Aadsts::SeveralSessions.into());
        }
        AccountChoice::Pick => Stage::PickAccount,
        AccountChoice::SignIn => Stage::user_name(request.login_hint.clone()),
        AccountChoice::Use(index) => {
            let account = visit.session.accounts[index].clone();
            match visit
                .services
                .directory
                .person_at(request.errand.target, &account)
                .await
            {
                Ok(person) => Stage::Next(Box::new(person)),
                // The session is over, or this tenant doesn't know the account: somebody else may.
                Err(_) if request.prompt != Prompt::None => {
                    Stage::user_name(request.login_hint.clone())
                }
                Err(DirectoryError::Refused(refusal)) => {
                    let directory = &visit.services.directory;
                    return match directory.name_client(&request.errand, refusal).await {
                        Ok(refusal) => visit.refuse(&request.reply_to, &refusal),
                        Err(error) => visit.trouble(&error),
                    };
                }
                Err(error) => return visit.trouble(&error),
            }
        }
    };
    let asks_nobody = request.prompt == Prompt::None;
    let interaction = Interaction {
        must_consent: request.prompt == Prompt::Consent,
        purpose: Purpose::Authorize(Box::new(request)),
        stage,
        has_signed_in: false,
        error: None,
    };
    if asks_nobody {
        return visit.finish_silently(interaction).await;
    }
    let id = visit.services.browser_sessions().random_text();
    visit
        .session
        .put(&id, interaction, visit.services.clock.now());
    visit.show(&id).await
}

/// `GET /{tenant}/v2.0/adminconsent`.
pub(crate) async fn admin_consent_v2(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    admin_consent(&services, &context, &tenant, query, &headers, Endpoint::V2).await
}

/// `GET /{tenant}/adminconsent`.
pub(crate) async fn admin_consent_v1(
    State(services): State<Services>,
    context: RequestContext,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    admin_consent(&services, &context, &tenant, query, &headers, Endpoint::V1).await
}

async fn admin_consent(
    services: &Services,
    context: &RequestContext,
    tenant: &str,
    query: Option<String>,
    headers: &HeaderMap,
    endpoint: Endpoint,
) -> Response {
    let mut visit = Visit::begin(services, context, tenant, headers).await;
    let form: Form = match form_body::parse(query.unwrap_or_default().as_bytes()) {
        Ok(form) => form,
        Err(refusal) => return visit.refusal(&refusal),
    };
    let asked = token_context(context, &form, tenant.to_owned(), endpoint);
    let request = match services
        .directory
        .read_admin_consent_request(&form, &asked)
        .await
    {
        Ok(request) => request,
        Err(error) => return visit.not_shown(&error),
    };
    let stage = match visit.only_account(request.errand.target).await {
        Some(stage) => stage,
        None => Stage::user_name(None),
    };
    let interaction = Interaction {
        purpose: Purpose::AdminConsent(Box::new(request)),
        stage,
        must_consent: true,
        has_signed_in: false,
        error: None,
    };
    let id = services.browser_sessions().random_text();
    visit.session.put(&id, interaction, services.clock.now());
    visit.show(&id).await
}

impl Visit<'_> {
    /// Where to begin when the request says nothing of accounts.
    pub(super) async fn only_account(&self, target: TenantTarget) -> Option<Stage> {
        match self.session.accounts.as_slice() {
            [] => None,
            [account] => {
                let directory = &self.services.directory;
                let person = directory.person_at(target, account).await.ok()?;
                Some(Stage::Next(Box::new(person)))
            }
            _ => Some(Stage::PickAccount),
        }
    }
}
