//! A person or a pipeline signs in: which flow, and what it asks for. The flows themselves are in
//! `lcs-signin`; what comes of a sign-in is for the commands.

use std::io::Read as _;

use lcs_signin::{Session, SignedIn};
use lcs_types::{Secret, UserPrincipalName};

use super::{Context, signed_in::password_needed};
use crate::{
    args::SignInArgs,
    config::Connection,
    diagnostic::{Code, Diagnostic},
    output::{announce, prompt},
};

/// Longer than any password.
const LONGEST_PASSWORD: u64 = 64 * 1024;

/// Signs in as the flags say, with a session that `session_of` makes for the account that is to
/// sign in, or for whoever does.
pub(super) async fn sign_in(
    context: &Context,
    connection: &Connection,
    flow: &SignInArgs,
    session_of: impl Fn(Option<UserPrincipalName>) -> Result<Session, Diagnostic>,
) -> Result<SignedIn, Diagnostic> {
    if flow.device_code {
        return with_device_code(context, &session_of(None)?).await;
    }
    let user = match &flow.username {
        Some(text) => Some(parse_user(text)?),
        None => connection.username()?,
    };
    let user = user.ok_or_else(no_flow)?;
    let password = password(context, flow.password_stdin, user.as_str())?;
    let session = session_of(Some(user.clone()))?;
    Ok(session.sign_in_with_password(&user, &password).await?)
}

async fn with_device_code(context: &Context, session: &Session) -> Result<SignedIn, Diagnostic> {
    let code = session.start_device_code().await?;
    announce(&format!(
        "Open {} and enter the code {}",
        code.verification_uri, code.user_code
    ));
    context.output.note(&format!(
        "The code is good for {} minutes.",
        code.expires_in.as_secs() / 60
    ));
    Ok(session.finish_device_code(&code).await?)
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
