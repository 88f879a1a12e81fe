//! `lcs login`: signs in and keeps the session, or hands it to a pipeline.

use jiff::Timestamp;
use lcs_signin::{CachePlace, INACTIVITY_LIMIT, Session, SignInError, SignedIn};
use lcs_types::{SystemRandomness, UserPrincipalName};
use serde::Serialize;

use super::{Context, sign_in::sign_in, signed_in::session, token_cache};
use crate::{
    args::{LoginArgs, SignInArgs},
    config::Connection,
    diagnostic::Diagnostic,
    output::{Column, OutputFormat, Report, Shown},
};

#[derive(Debug, Serialize)]
struct LoggedIn {
    account: String,
    tenant: String,
    resource: String,
    expires_at: Timestamp,
    renewable: bool,
    renewable_until: Option<Timestamp>,
    kept_in: CachePlace,
}

impl Shown for LoggedIn {
    const COLUMNS: &'static [Column] = &[
        ("Account", "account"),
        ("Tenant", "tenant"),
        ("Access token until", "expires_at"),
        ("Renewed silently until", "renewable_until"),
        ("Kept in", "kept_in"),
    ];
}

pub(super) async fn run(context: &Context, args: LoginArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let place = Place {
        context,
        connection: &connection,
        flags: &args.flow,
    };
    if args.export_session {
        return place.export().await;
    }
    let tenant = connection.authority()?.tenant().to_owned();
    let resource = connection.resource()?.as_str().to_owned();
    let kept_in = token_cache::open(context)?.place();
    let signed_in = place.sign_in().await?;
    if kept_in == CachePlace::Memory {
        context
            .output
            .warning("the session ends with this command, since LCS_CACHE is memory");
    }
    Ok(Report::one(&LoggedIn {
        account: signed_in.account,
        tenant,
        resource,
        expires_at: signed_in.expires_at,
        renewable: signed_in.renewable_until.is_some(),
        renewable_until: signed_in.renewable_until,
        kept_in,
    }))
}

/// Where this call signs in, and how.
struct Place<'a> {
    context: &'a Context,
    connection: &'a Connection,
    flags: &'a SignInArgs,
}

impl Place<'_> {
    fn session(&self, account: Option<UserPrincipalName>) -> Result<Session, Diagnostic> {
        session(self.context, self.connection, account)
    }

    async fn sign_in(&self) -> Result<SignedIn, Diagnostic> {
        sign_in(self.context, self.connection, self.flags, |account| {
            self.session(account)
        })
        .await
    }

    async fn export(&self) -> Result<Report, Diagnostic> {
        let key = token_cache::session_key(self.context)?;
        let session = self.session(self.connection.username()?)?;
        let names_a_flow =
            self.flags.browser || self.flags.device_code || self.flags.username.is_some();
        let silently = if names_a_flow {
            None
        } else {
            match session.export().await {
                Ok(exported) => Some(exported),
                Err(SignInError::NotSignedIn(_)) => None,
                Err(error) => return Err(error.into()),
            }
        };
        let exported = if let Some(exported) = silently {
            exported
        } else {
            let account = self.sign_in().await?.account;
            let account = account.parse().ok();
            self.session(account)?.export().await?
        };
        let text = exported.to_text(key.as_ref(), &SystemRandomness);
        if key.is_none() {
            self.context.output.note(&format!(
                "whoever has this text is signed in as {}: keep it like a password, or seal it \
                 with LCS_SESSION_KEY_FILE",
                exported.account
            ));
        }
        Ok(Report::Text(match self.context.asked_form {
            Some(OutputFormat::Json) => {
                let object = serde_json::json!({
                    "session": text.expose(),
                    "account": exported.account,
                    "sealed": key.is_some(),
                    "refresh_token_expires_at": exported.obtained_at + INACTIVITY_LIMIT,
                });
                format!("{object}\n")
            }
            _ => format!("{}\n", text.expose()),
        }))
    }
}
