//! `lcs login`: signs in and keeps the session.

use std::io::Read as _;

use jiff::Timestamp;
use lcs_signin::SignedIn;
use lcs_types::{Secret, UserPrincipalName};
use serde::Serialize;

use super::{
    Context,
    signed_in::{password_needed, session},
};
use crate::{
    args::LoginArgs,
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, announce, prompt},
};

/// Longer than any password.
const LONGEST_PASSWORD: u64 = 64 * 1024;

#[derive(Debug, Serialize)]
struct LoggedIn {
    account: String,
    tenant: String,
    resource: String,
    expires_at: Timestamp,
    renewable: bool,
}

impl Shown for LoggedIn {
    const COLUMNS: &'static [Column] = &[
        ("Account", "account"),
        ("Tenant", "tenant"),
        ("Access token until", "expires_at"),
        ("Renewed silently", "renewable"),
    ];
}

pub(super) async fn run(context: &Context, args: LoginArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let tenant = connection.authority()?.tenant().to_owned();
    let resource = connection.resource()?.as_str().to_owned();
    let signed_in = if args.device_code {
        let session = session(context, &connection, None)?;
        let code = session.start_device_code().await?;
        announce(&format!(
            "Open {} and enter the code {}",
            code.verification_uri, code.user_code
        ));
        context.output.note(&format!(
            "The code is good for {} minutes.",
            code.expires_in.as_secs() / 60
        ));
        session.finish_device_code(&code).await?
    } else {
        let user = match &args.username {
            Some(text) => Some(parse_user(text)?),
            None => connection.username()?,
        };
        let user = user.ok_or_else(no_flow)?;
        let password = password(context, args.password_stdin, user.as_str())?;
        let session = session(context, &connection, Some(user.clone()))?;
        session.sign_in_with_password(&user, &password).await?
    };
    Ok(Report::one(&logged_in(signed_in, tenant, resource)))
}

fn logged_in(signed_in: SignedIn, tenant: String, resource: String) -> LoggedIn {
    LoggedIn {
        account: signed_in.account,
        tenant,
        resource,
        expires_at: signed_in.expires_at,
        renewable: signed_in.is_renewable,
    }
}

fn parse_user(text: &str) -> Result<UserPrincipalName, Diagnostic> {
    text.parse().map_err(|error| {
        Diagnostic::of(Code::InvalidSetting, &error)
            .help("use the user principal name, for example svc-lcs@contoso.com")
    })
}

fn no_flow() -> Diagnostic {
    Diagnostic::new(Code::MissingSetting, "it is not said how to sign in")
        .help("lcs login --device-code, or with user name and password: lcs login --username NAME")
}

/// From standard input, the environment, a file, or a person; never from a flag.
fn password(context: &Context, from_stdin: bool, user: &str) -> Result<Secret, Diagnostic> {
    if from_stdin {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(LONGEST_PASSWORD)
            .read_to_string(&mut text)
            .map_err(|error| {
                Diagnostic::new(Code::File, "could not read standard input").caused_by(&error)
            })?;
        return non_empty(&text, user);
    }
    if let Some(password) = &context.environment.password {
        return Ok(password.clone());
    }
    if let Some(path) = &context.environment.password_file {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Diagnostic::file("read", path, &error))?;
        return non_empty(&text, user);
    }
    prompt::password(&context.output, user)?.ok_or_else(|| password_needed(user))
}

/// One line break at the end belongs to the pipe; everything else may belong to the password.
fn non_empty(text: &str, user: &str) -> Result<Secret, Diagnostic> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        Err(password_needed(user))
    } else {
        Ok(Secret::new(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_line_break_is_taken_off_a_password() {
        for (text, wanted) in [
            ("p\n", "p"),
            ("p\r\n", "p"),
            ("p", "p"),
            (" p \n\n", " p \n"),
        ] {
            assert_eq!(non_empty(text, "u").unwrap().expose(), wanted);
        }
        assert!(non_empty("\n", "u").is_err());
    }
}
