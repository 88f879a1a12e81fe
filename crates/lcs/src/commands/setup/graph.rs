//! In whose name Microsoft Graph is called: a token from elsewhere, the Azure CLI's, or a sign-in
//! of our own, which is kept like any other.

use std::{process::Stdio, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use lcs_client::GraphApi;
use lcs_signin::{AccessToken, FixedToken, Session, SignInClient, SignInError, TokenSource};
use lcs_types::{ClientId, Clock as _, Secret, SystemClock, SystemRandomness, UserPrincipalName};
use lcs_wire::{clouds::MicrosoftCloud, well_known::GRAPH_COMMAND_LINE_CLIENT_ID};
use serde::Deserialize;

use crate::{
    args::SetupArgs,
    commands::{Context, sign_in::sign_in, signed_in::http, token_cache},
    config::Connection,
    diagnostic::{Code, Diagnostic},
};

/// For how long a token of unknown end is taken to be good; Graph itself knows better.
const UNKNOWN_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Graph in the name of whoever sets up.
pub(super) async fn graph(
    context: &Context,
    connection: &Connection,
    args: &SetupArgs,
) -> Result<GraphApi, Diagnostic> {
    let base = connection.graph_url()?;
    let tokens: Arc<dyn TokenSource> = if args.azure_cli {
        fixed(azure_cli_token(connection).await?)
    } else if let Some(token) = &context.environment.graph_token {
        fixed(AccessToken {
            secret: token.clone(),
            expires_at: SystemClock.now() + UNKNOWN_LIFETIME,
        })
    } else {
        own_session(context, connection, args).await?
    };
    Ok(GraphApi::new(base, http(connection)?, tokens))
}

fn fixed(token: AccessToken) -> Arc<dyn TokenSource> {
    Arc::new(FixedToken::new(token, Arc::new(SystemClock)))
}

async fn own_session(
    context: &Context,
    connection: &Connection,
    args: &SetupArgs,
) -> Result<Arc<dyn TokenSource>, Diagnostic> {
    let client = match &args.graph_client_id {
        Some(text) => text.parse().map_err(|error| {
            Diagnostic::of(Code::InvalidSetting, &error).help("correct --graph-client-id")
        })?,
        None => GRAPH_COMMAND_LINE_CLIENT_ID,
    };
    let account = args
        .flow
        .username
        .as_deref()
        .map(str::parse::<UserPrincipalName>)
        .transpose()
        .map_err(|error| {
            Diagnostic::of(Code::InvalidSetting, &error)
                .help("use the user principal name, for example admin@contoso.com")
        })?;
    let session = session(context, connection, client, account.clone())?;
    match session.token().await {
        Ok(_) => return Ok(Arc::new(session)),
        Err(SignInError::NotSignedIn(_) | SignInError::Refused(_)) => {}
        Err(error) => return Err(error.into()),
    }
    if client == GRAPH_COMMAND_LINE_CLIENT_ID && is_microsofts(connection)? {
        context.output.note(
            "The sign-in page shows \"Microsoft Graph Command Line Tools\": Microsoft's client, \
             used here in your name. Another one: --azure-cli, --graph-client-id.",
        );
    }
    let signed_in = sign_in(context, connection, &args.flow, |account| {
        self::session(context, connection, client, account)
    })
    .await
    .map_err(|error| match error.code {
        Code::MissingSetting => error.help(
            "lcs setup --device-code, lcs setup --azure-cli, or for those who may not run it: \
             lcs setup --emit portal",
        ),
        _ => error,
    })?;
    let account = signed_in.account.parse().ok().or(account);
    Ok(Arc::new(self::session(
        context, connection, client, account,
    )?))
}

fn is_microsofts(connection: &Connection) -> Result<bool, Diagnostic> {
    let authority = connection.authority()?;
    let origin = format!("https://{}", authority.host_and_port());
    Ok(MicrosoftCloud::of_authority(origin.trim_end_matches(":443")).is_some())
}

fn session(
    context: &Context,
    connection: &Connection,
    client: ClientId,
    account: Option<UserPrincipalName>,
) -> Result<Session, Diagnostic> {
    let client = SignInClient::new(
        http(connection)?,
        connection.authority()?,
        client,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
    );
    Ok(Session::new(
        client,
        connection.graph_resource()?,
        account,
        token_cache::open(context)?,
    ))
}

/// What `az account get-access-token` prints.
#[derive(Deserialize)]
struct AzureCliToken {
    #[serde(rename = "accessToken")]
    access_token: Secret,
    /// Seconds since 1970; older versions lack it.
    expires_on: Option<i64>,
}

async fn azure_cli_token(connection: &Connection) -> Result<AccessToken, Diagnostic> {
    let resource = connection.graph_resource()?;
    let authority = connection.authority()?;
    let output = tokio::process::Command::new("az")
        .args(["account", "get-access-token", "--resource"])
        .arg(resource.as_str())
        .args(["--tenant", authority.tenant(), "-o", "json"])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| {
            Diagnostic::new(Code::ProgramNotRun, "could not run the Azure CLI (az)")
                .caused_by(&error)
                .help("install it, or sign in here: lcs setup --device-code")
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(
            Diagnostic::new(Code::NotSignedIn, "the Azure CLI has no token for Graph")
                .caused_by(&std::io::Error::other(said))
                .help(format!(
                    "az login --tenant {} --allow-no-subscriptions",
                    authority.tenant()
                )),
        );
    }
    let token: AzureCliToken = serde_json::from_slice(&output.stdout).map_err(|error| {
        // What az printed may hold a token, so only the kind of the error is told.
        Diagnostic::new(
            Code::UnexpectedAnswer,
            format!("the Azure CLI printed no token ({:?})", error.classify()),
        )
        .help("try: az account get-access-token --resource https://graph.microsoft.com")
    })?;
    let until = token
        .expires_on
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    Ok(AccessToken {
        secret: token.access_token,
        expires_at: until.unwrap_or_else(|| SystemClock.now() + UNKNOWN_LIFETIME),
    })
}
