//! Signing in with user name and password: where the password comes from.

use std::io::Read as _;

use lcs_signin::{Session, SignInError, SignedIn};
use lcs_types::{Secret, UserPrincipalName};

use crate::{
    commands::{Context, signed_in::password_needed},
    diagnostic::{Code, Diagnostic},
    output::prompt,
};

/// Longer than any password.
const LONGEST_PASSWORD: u64 = 64 * 1024;

/// Whether there is a password without asking anybody.
pub(super) fn is_given(context: &Context, from_stdin: bool) -> bool {
    from_stdin
        || context.environment.password.is_some()
        || context.environment.password_file.is_some()
}

/// Signs in; the outer error is about getting the password, the inner one about the sign-in.
pub(super) async fn sign_in(
    context: &Context,
    from_stdin: bool,
    user: &UserPrincipalName,
    session: &Session,
) -> Result<Result<SignedIn, SignInError>, Diagnostic> {
    let password = given(context, from_stdin, user.as_str())?;
    Ok(session.sign_in_with_password(user, &password).await)
}

/// From standard input, the environment, a file, or a person; never from a flag.
pub(super) fn given(context: &Context, from_stdin: bool, user: &str) -> Result<Secret, Diagnostic> {
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
