//! Chapters 2 and 3: the article's steps 1 to 4, over HTTP, as an administrator and a client do
//! them.

use std::sync::Arc;

use lcs_client::GraphApi;
use lcs_onboarding::{Registration, RegistrationRequest, StepChange};
use lcs_signin::{
    Authority, HttpClient, HttpSettings, PlainHttp, Resource, Session, SignInClient, TokenCache,
    TokenSource as _,
};
use lcs_types::{ClientId, Secret, SystemClock, SystemRandomness};
use lcs_wire::{
    entra::unverified,
    local::{ReadyFile, ReadyUser},
    well_known::{GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID},
};

use super::narrator::Narrator;
use crate::diagnostic::{Code, Diagnostic};

/// The name of the registration.
const DISPLAY_NAME: &str = "LCS toolkit";

/// The claims that people ask about, in the order in which they are asked.
const CLAIMS: &[&str] = &["iss", "aud", "appid", "upn", "scp", "amr", "ver"];

pub(super) fn http(facts: &ReadyFile) -> Result<HttpClient, Diagnostic> {
    let settings = HttpSettings {
        extra_certificates: Some(facts.ca_certificate.clone()),
        ..HttpSettings::default()
    };
    HttpClient::new(settings).map_err(|error| Diagnostic::of(Code::Unexpected, &error))
}

/// Steps 1 to 3: a registration, the permission and its consent, the public client switch.
pub(super) async fn register(
    narrator: &Narrator<'_>,
    facts: &ReadyFile,
    http: &HttpClient,
) -> Result<ClientId, Diagnostic> {
    narrator.chapter(
        2,
        "Steps 1 to 3 of the article, by the administrator, through Microsoft Graph",
    );
    let administrator = user(facts, "a global administrator", |user| {
        !user.roles.is_empty()
    })?;
    let graph = Resource::graph();
    let session = session(
        facts,
        http,
        GRAPH_COMMAND_LINE_CLIENT_ID,
        graph,
        TokenCache::in_memory().into(),
    )?;
    let password = Secret::new(administrator.password.clone());
    session
        .sign_in_with_password(&administrator.user_principal_name, &password)
        .await?;
    let base = facts
        .graph
        .parse()
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    let api = GraphApi::new(base, http.clone(), Arc::new(session));
    let request = RegistrationRequest {
        display_name: DISPLAY_NAME.to_owned(),
    };
    let report = Registration::ensure(&api, &request)
        .await
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    narrator.line(&format!("signed in as {}", report.signed_in_as));
    narrator.line(&format!(
        "found {} by its GUID {LCS_CLIENT_ID} beside {} entries with a similar name",
        report.lcs_display_name,
        report.lookalikes.len()
    ));
    for step in &report.steps {
        let change = match step.change {
            StepChange::Created => "created",
            StepChange::Updated => "updated",
            StepChange::AlreadyInPlace => "already in place",
            StepChange::Denied => "left to an administrator",
        };
        narrator.line(&format!("{change:<16} {}", step.what));
    }
    narrator.line(&format!("application (client) id {}", report.client_id));
    Ok(report.client_id)
}

/// Step 4: a token with user name and password.
pub(super) async fn sign_in(
    narrator: &Narrator<'_>,
    facts: &ReadyFile,
    http: &HttpClient,
    client_id: ClientId,
    cache: Arc<TokenCache>,
) -> Result<Arc<Session>, Diagnostic> {
    narrator.chapter(
        3,
        "Step 4 of the article: a token with user name and password",
    );
    let service = service_user(facts)?;
    let resource: Resource = facts
        .lcs_resource
        .parse()
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    let session = session(facts, http, client_id, resource, cache)?;
    narrator.line(&format!("POST {}/oauth2/v2.0/token", facts.authority));
    narrator.line(&format!(
        "     grant_type=password  username={}  password=…",
        service.user_principal_name
    ));
    narrator.line(&format!("     scope={}//.default", facts.lcs_resource));
    let password = Secret::new(service.password.clone());
    session
        .sign_in_with_password(&service.user_principal_name, &password)
        .await?;
    let token = session.token().await?;
    let token = unverified::read(token.secret.expose())
        .map_err(|error| Diagnostic::of(Code::UnexpectedAnswer, &error))?;
    narrator.line("the access token says:");
    for claim in CLAIMS {
        if let Some(value) = token.claims.get(*claim) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            narrator.line(&format!("  {claim:<6} {value}"));
        }
    }
    Ok(Arc::new(session))
}

fn session(
    facts: &ReadyFile,
    http: &HttpClient,
    client_id: ClientId,
    resource: Resource,
    cache: Arc<TokenCache>,
) -> Result<Session, Diagnostic> {
    let authority = Authority::parse(&facts.authority, PlainHttp::Refused)
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    let clock = Arc::new(SystemClock);
    let randomness = Arc::new(SystemRandomness);
    let client = SignInClient::new(http.clone(), authority, client_id, clock, randomness);
    Ok(Session::new(client, resource, None, cache))
}

/// The user without a directory role and without multifactor authentication.
pub(super) fn service_user(facts: &ReadyFile) -> Result<&ReadyUser, Diagnostic> {
    user(facts, "a user without multifactor authentication", |user| {
        user.roles.is_empty() && !user.mfa
    })
}

fn user<'facts>(
    facts: &'facts ReadyFile,
    wanted: &str,
    fits: impl Fn(&ReadyUser) -> bool,
) -> Result<&'facts ReadyUser, Diagnostic> {
    facts.users.iter().find(|user| fits(user)).ok_or_else(|| {
        Diagnostic::new(
            Code::LocalCloud,
            format!("the local cloud's tenant has no {wanted}"),
        )
        .help("use another data directory: lcs quickstart --data-dir PATH")
    })
}
