//! A person or a pipeline signs in: which flow, and what else when that fails. The flows themselves
//! are in `lcs-signin`; what comes of a sign-in is for the commands.
//!
//! - `password`, `device_code`, `browser` – what each flow asks of the person
//! - `fallback` – what else to try: one pure function

mod browser;
mod device_code;
mod fallback;
mod password;

use lcs_signin::{Session, SignInError, SignedIn};
use lcs_types::{Secret, UserPrincipalName};

use self::{browser::BrowserError, fallback::Fallback};
use super::Context;
use crate::{
    args::SignInArgs,
    config::{Connection, Flow},
    diagnostic::{Code, Diagnostic},
    output::prompt,
};

/// What the choice of a flow depends on.
#[derive(Debug, Clone, Copy)]
struct Circumstances {
    /// The flow that a flag or a setting names.
    asked: Option<Flow>,
    has_user: bool,
    has_password: bool,
    can_ask: bool,
}

impl Circumstances {
    /// The flow to begin with; `None` when there is nobody to ask how.
    const fn flow(self) -> Option<Flow> {
        match self.asked {
            Some(flow) => Some(flow),
            None if self.has_user && self.has_password => Some(Flow::Password),
            None if self.can_ask => Some(Flow::Browser),
            None if self.has_user => Some(Flow::Password),
            None => None,
        }
    }
}

/// Signs in as the flags say, with a session that `session_of` makes for the account that is to
/// sign in, or for whoever does.
pub(super) async fn sign_in(
    context: &Context,
    connection: &Connection,
    flags: &SignInArgs,
    session_of: impl Fn(Option<UserPrincipalName>) -> Result<Session, Diagnostic>,
) -> Result<SignedIn, Diagnostic> {
    refuse_without_user(flags)?;
    let user = user(connection, flags.username.as_deref())?;
    let can_ask = context.output.terminals.can_ask();
    let circumstances = Circumstances {
        asked: asked(flags).or(connection.flow()?),
        has_user: user.is_some(),
        has_password: password::is_given(context, flags.password_stdin),
        can_ask,
    };
    let mut flow = circumstances.flow().ok_or_else(no_flow)?;
    let is_browser_likely = browser::is_likely(&context.environment);
    loop {
        let error = match flow {
            Flow::Password => {
                let user = user.as_ref().ok_or_else(no_user)?;
                let session = session_of(Some(user.clone()))?;
                match password::sign_in(context, flags.password_stdin, user, &session).await? {
                    Ok(signed_in) => return Ok(signed_in),
                    Err(error) => error,
                }
            }
            Flow::DeviceCode => {
                match device_code::sign_in(context, &session_of(user.clone())?).await {
                    Ok(signed_in) => return Ok(signed_in),
                    Err(error) => error,
                }
            }
            Flow::Browser => {
                match browser::sign_in(context, flags, &session_of(user.clone())?).await {
                    Ok(signed_in) => return Ok(signed_in),
                    Err(BrowserError::SignIn(error)) => error,
                    Err(BrowserError::NoBrowser) => {
                        context
                            .output
                            .note("no browser could be opened here, so a device code it is");
                        flow = Flow::DeviceCode;
                        continue;
                    }
                }
            }
        };
        match next(context, flow, &error, is_browser_likely && can_ask)? {
            Some(other) if can_ask && other != flow => flow = other,
            _ => return Err(error.into()),
        }
    }
}

/// Who is meant: by the flag, or by the settings.
pub(super) fn user(
    connection: &Connection,
    flag: Option<&str>,
) -> Result<Option<UserPrincipalName>, Diagnostic> {
    flag.map_or_else(|| connection.username(), |text| parse_user(text).map(Some))
}

/// The password of a user that standard input or the environment holds; nobody is asked.
pub(super) fn given_password(
    context: &Context,
    from_stdin: bool,
    user: Option<&UserPrincipalName>,
) -> Result<Option<Secret>, Diagnostic> {
    if !password::is_given(context, from_stdin) {
        return Ok(None);
    }
    let user = user.ok_or_else(no_user)?;
    password::given(context, from_stdin, user.as_str()).map(Some)
}

/// Another flow after a failure: by itself when this one cannot do, by asking when it only did not.
fn next(
    context: &Context,
    failed: Flow,
    error: &SignInError,
    is_browser_likely: bool,
) -> Result<Option<Flow>, Diagnostic> {
    if let Some(Fallback { flow, reason }) = fallback::after(failed, error, is_browser_likely) {
        context.output.note(&reason);
        return Ok(Some(flow));
    }
    if matches!(error, SignInError::BrowserTimedOut) {
        context.output.warning(&error.to_string());
        let question = "Sign in with a device code instead?";
        let wants = prompt::confirmed(&context.output, question)?;
        return Ok(wants.unwrap_or(false).then_some(Flow::DeviceCode));
    }
    Ok(None)
}

/// The flow that a flag names.
const fn asked(flags: &SignInArgs) -> Option<Flow> {
    if flags.browser {
        Some(Flow::Browser)
    } else if flags.device_code {
        Some(Flow::DeviceCode)
    } else if flags.username.is_some() {
        Some(Flow::Password)
    } else {
        None
    }
}

/// LCS acts for users only ("Database movement API – Authentication"): said before anybody is
/// asked for anything.
fn refuse_without_user(flags: &SignInArgs) -> Result<(), Diagnostic> {
    let asked = if flags.without_user.service_principal {
        "--service-principal"
    } else if flags.without_user.client_secret.is_some() {
        "--client-secret"
    } else if flags.without_user.identity {
        "--identity"
    } else {
        return Ok(());
    };
    Err(Diagnostic::new(
        Code::UserNeeded,
        format!(
            "{asked}: the LCS API takes delegated permissions only, so a service principal or a \
             managed identity cannot call it"
        ),
    )
    .help(
        "let a user sign in once (lcs login), and hand the session to the pipeline: \
         lcs login --export-session; or use an account without multifactor authentication: \
         lcs login --username NAME --password-stdin",
    ))
}

fn parse_user(text: &str) -> Result<UserPrincipalName, Diagnostic> {
    text.parse().map_err(|error| {
        Diagnostic::of(Code::InvalidSetting, &error)
            .help("use the user principal name, for example svc-lcs@contoso.com")
    })
}

fn no_user() -> Diagnostic {
    Diagnostic::new(
        Code::MissingSetting,
        "it is not said who signs in with the password",
    )
    .help("give --username NAME, set LCS_USERNAME, or keep it in the profile")
}

fn no_flow() -> Diagnostic {
    Diagnostic::new(Code::MissingSetting, "it is not said how to sign in").help(
        "lcs login --device-code, lcs login --browser, or with user name and password: \
         lcs login --username NAME --password-stdin",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_get_the_browser_and_pipelines_what_they_brought() {
        let flow = |asked, has_user, has_password, can_ask| {
            let circumstances = Circumstances {
                asked,
                has_user,
                has_password,
                can_ask,
            };
            circumstances.flow()
        };
        // Somebody at a terminal.
        assert_eq!(flow(None, false, false, true), Some(Flow::Browser));
        assert_eq!(flow(None, true, false, true), Some(Flow::Browser));
        assert_eq!(
            flow(Some(Flow::Password), true, false, true),
            Some(Flow::Password)
        );
        // A pipeline.
        assert_eq!(flow(None, true, true, false), Some(Flow::Password));
        assert_eq!(flow(None, true, false, false), Some(Flow::Password));
        assert_eq!(flow(None, false, false, false), None);
        assert_eq!(
            flow(Some(Flow::DeviceCode), true, true, false),
            Some(Flow::DeviceCode)
        );
    }

    #[test]
    fn an_application_without_a_user_is_told_why_not_and_what_else() {
        let refused = |change: fn(&mut SignInArgs)| {
            let mut flags = SignInArgs::default();
            change(&mut flags);
            refuse_without_user(&flags).unwrap_err()
        };
        for diagnostic in [
            refused(|flags| flags.without_user.service_principal = true),
            refused(|flags| flags.without_user.client_secret = Some("s".to_owned().into())),
            refused(|flags| flags.without_user.identity = true),
        ] {
            assert_eq!(diagnostic.exit().number(), 2);
            assert!(diagnostic.message.contains("delegated permissions only"));
            assert!(diagnostic.help.unwrap().contains("--export-session"));
        }
    }
}
