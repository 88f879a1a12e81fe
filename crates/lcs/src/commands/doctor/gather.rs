//! From settings to a doctor: the session, the password if there is one, Microsoft Graph if it may
//! be asked.

use std::sync::Arc;

use lcs_client::GraphApi;
use lcs_diagnosis::{Doctor, Identification, observations::Settings};
use lcs_signin::{
    AccessToken, FixedToken, HttpClient, Session, SignInClient, TokenCache, TokenSource,
};
use lcs_types::{ClientId, Clock as _, SystemClock, SystemRandomness, UserPrincipalName};
use lcs_wire::well_known::GRAPH_COMMAND_LINE_CLIENT_ID;

use crate::{
    args::DoctorArgs,
    commands::{Context, sign_in, signed_in, token_cache},
    config::Connection,
    diagnostic::{Code, Diagnostic},
};

pub(super) async fn doctor(
    context: &Context,
    connection: &Connection,
    args: &DoctorArgs,
) -> Result<Doctor, Diagnostic> {
    let http = signed_in::http(connection)?;
    let account = sign_in::user(connection, args.username.as_deref())?;
    let password = sign_in::given_password(context, args.password_stdin, account.as_ref())?;
    let project = match connection.project() {
        Ok(project) => Some(project),
        Err(missing) if missing.code == Code::MissingSetting => None,
        Err(invalid) => return Err(invalid),
    };
    let settings = Settings {
        tenant: connection.authority()?.tenant().to_owned(),
        authority: connection.authority()?.host_and_port(),
        client_id: connection.client_id()?,
        resource: connection.resource()?.as_str().to_owned(),
        api: connection.api_url()?,
        project,
        account: account.as_ref().map(|user| user.as_str().to_owned()),
        now: SystemClock.now(),
        proxy: context.environment.proxy.clone(),
    };
    Ok(Doctor {
        client: client(connection, &http, connection.client_id()?)?,
        resource: connection.resource()?,
        session: session(
            context,
            connection,
            &http,
            account.clone(),
            password.is_some(),
        )?,
        identification: match account.zip(password) {
            Some((user, password)) => Identification::Password(user, password),
            None => Identification::EarlierSignIn,
        },
        clock: Arc::new(SystemClock),
        graph: graph(context, connection, &http).await?,
        settings,
        http,
    })
}

fn client(
    connection: &Connection,
    http: &HttpClient,
    client_id: ClientId,
) -> Result<SignInClient, Diagnostic> {
    Ok(SignInClient::new(
        http.clone(),
        connection.authority()?,
        client_id,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
    ))
}

/// What the doctor signs in with is not kept: looking changes nothing.
fn session(
    context: &Context,
    connection: &Connection,
    http: &HttpClient,
    account: Option<UserPrincipalName>,
    has_password: bool,
) -> Result<Session, Diagnostic> {
    if !has_password {
        return signed_in::session(context, connection, account);
    }
    let client = client(connection, http, connection.client_id()?)?;
    let cache = Arc::new(TokenCache::in_memory());
    Ok(Session::new(client, connection.resource()?, None, cache))
}

/// Graph by the token in the environment, or by an earlier sign-in to it; nobody is asked.
async fn graph(
    context: &Context,
    connection: &Connection,
    http: &HttpClient,
) -> Result<Option<GraphApi>, Diagnostic> {
    let tokens: Arc<dyn TokenSource> = if let Some(secret) = &context.environment.graph_token {
        let token = AccessToken {
            secret: secret.clone(),
            // Its end is not known here; Graph refuses it when it has run out.
            expires_at: jiff::Timestamp::MAX,
        };
        Arc::new(FixedToken::new(token, Arc::new(SystemClock)))
    } else {
        let session = Session::new(
            client(connection, http, GRAPH_COMMAND_LINE_CLIENT_ID)?,
            connection.graph_resource()?,
            None,
            token_cache::open(context)?,
        );
        if session.signed_in().await?.is_none() {
            return Ok(None);
        }
        Arc::new(session)
    };
    let url = connection.graph_url()?;
    Ok(Some(GraphApi::new(url, http.clone(), tokens)))
}
