//! A command that needs a sign-in gets one from here and nowhere else.

use std::{path::PathBuf, sync::Arc, time::Duration};

use lcs_client::{ApiError, Failure, LcsApi, RetryObserver};
use lcs_signin::{
    ExportedSession, ExportedSessionError, HttpClient, HttpSettings, Session, SignInClient,
    TokenCache, TokenSource as _,
};
use lcs_types::{ProjectId, SystemClock, SystemRandomness, UserPrincipalName};
use lcs_wire::lcs::{AssetFileType, DatabaseAsset, EnvironmentDetail, FileAsset};
use url::Url;

use super::{Context, token_cache};
use crate::{
    config::{Connection, KnownName, KnownNames, Named},
    diagnostic::{Code, Diagnostic},
    output::Output,
};

/// A silence of so many seconds needs an explanation.
const LONG_PAUSE: u64 = 4;

/// A client for the connection, trusting its authority.
pub(super) fn http(connection: &Connection) -> Result<HttpClient, Diagnostic> {
    let settings = HttpSettings {
        extra_certificates: connection.ca_certificate(),
        user_agent: format!("lcs/{}", env!("CARGO_PKG_VERSION")),
        ..HttpSettings::default()
    };
    Ok(HttpClient::new(settings)?)
}

/// The session of a connection, signed in or not.
pub(super) fn session(
    context: &Context,
    connection: &Connection,
    account: Option<UserPrincipalName>,
) -> Result<Session, Diagnostic> {
    let client = SignInClient::new(
        http(connection)?,
        connection.authority()?,
        connection.client_id()?,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
    );
    let session = Session::new(
        client,
        connection.resource()?,
        account,
        token_cache::open(context)?,
    );
    Ok(match brought(context)? {
        Some(exported) => session.with_exported(exported),
        None => session,
    })
}

/// The session that a pipeline was given.
fn brought(context: &Context) -> Result<Option<ExportedSession>, Diagnostic> {
    let Some(text) = &context.environment.session else {
        return Ok(None);
    };
    let key = token_cache::session_key(context)?;
    ExportedSession::parse(text, key.as_ref())
        .map(Some)
        .map_err(|error| {
            Diagnostic::new(Code::InvalidSetting, "LCS_SESSION cannot be used")
                .caused_by(&error)
                .help(match error {
                    ExportedSessionError::KeyMissing => {
                        "set LCS_SESSION_KEY or LCS_SESSION_KEY_FILE"
                    }
                    _ => "export it anew: lcs login --export-session",
                })
        })
}

/// LCS in the name of whoever is signed in.
pub(super) struct SignedInApi {
    pub(super) api: LcsApi,
    pub(super) http: HttpClient,
    pub(super) project: ProjectId,
    base: Url,
    known_names: PathBuf,
}

impl SignedInApi {
    /// The environments of the project, which the shell then knows by name.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(super) async fn environments(&self) -> Result<Vec<EnvironmentDetail>, ApiError> {
        let environments = self.api.environments(self.project).await?;
        let names = environments.iter().map(|environment| KnownName {
            name: environment.environment_name.clone(),
            about: environment.environment_type.clone().unwrap_or_default(),
        });
        self.remember(Named::Environments, names);
        Ok(environments)
    }

    /// The database backups of the project, under the same terms.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(super) async fn backups(&self) -> Result<Vec<DatabaseAsset>, ApiError> {
        let backups = self.api.databases(self.project).await?;
        let names = backups.iter().map(|backup| KnownName {
            name: backup.name.clone(),
            about: backup.created_date_time.clone(),
        });
        self.remember(Named::Backups, names);
        Ok(backups)
    }

    /// The assets of a type, under the same terms.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(super) async fn assets(
        &self,
        file_type: AssetFileType,
    ) -> Result<Vec<FileAsset>, ApiError> {
        let assets = self.api.assets(self.project, file_type).await?;
        let names = assets.iter().filter_map(|asset| {
            Some(KnownName {
                name: asset.name.clone()?,
                about: file_type.heading().clone(),
            })
        });
        self.remember(Named::Assets, names);
        Ok(assets)
    }

    /// Nothing depends on it, so a disk that does not take it is nobody's concern.
    fn remember(&self, what: Named, names: impl Iterator<Item = KnownName>) {
        let place = (&self.base, self.project);
        let _ = KnownNames::remember(&self.known_names, place, what, names);
    }

    /// The same for a command that gives up after so many seconds: no call waits longer than that for
    /// LCS to take it.
    pub(super) fn within(mut self, timeout: Option<u64>) -> Self {
        if let Some(seconds) = timeout {
            self.api = self.api.within(Duration::from_secs(seconds));
        }
        self
    }
}

/// Says what the silence is while a call waits to be repeated.
#[derive(Debug)]
struct Repetitions(Output);

impl RetryObserver for Repetitions {
    fn repeating(&self, failure: Failure, pause: Duration) {
        let seconds = pause.as_secs();
        let cause = match failure {
            Failure::Throttled { .. } => "LCS takes no more calls for now (429)",
            Failure::NotSent | Failure::OutcomeUnknown { .. } if seconds >= LONG_PAUSE => {
                "LCS did not answer"
            }
            Failure::NotSent | Failure::OutcomeUnknown { .. } => return,
        };
        self.0
            .note(&format!("{cause}; trying again in {seconds} s"));
    }
}

/// Checks the sign-in, so that a command fails for want of one before it does anything.
pub(super) async fn api(
    context: &Context,
    connection: &Connection,
) -> Result<SignedInApi, Diagnostic> {
    let project = connection.project()?;
    let session = session(context, connection, connection.username()?)?;
    let base = connection.api_url()?;
    session.token().await?;
    let http = http(connection)?;
    Ok(SignedInApi {
        api: LcsApi::new(base.clone(), http.clone(), Arc::new(session))
            .with_retry_observer(Arc::new(Repetitions(context.output.clone()))),
        http,
        project,
        base,
        known_names: context.paths.known_names(),
    })
}

/// Says what happened to the cache that the user should hear.
pub(super) fn say_notices(context: &Context, cache: &TokenCache) {
    for notice in cache.take_notices() {
        context.output.warning(&notice.to_string());
    }
}

/// The error for a sign-in that nobody can be asked for.
pub(super) fn password_needed(user: &str) -> Diagnostic {
    Diagnostic::new(
        Code::PasswordNeeded,
        format!("the password of {user} is needed"),
    )
    .help(format!(
        "pipe it: lcs login --username {user} --password-stdin; or set LCS_PASSWORD or \
         LCS_PASSWORD_FILE"
    ))
}
