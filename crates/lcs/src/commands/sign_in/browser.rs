//! Signing in with the system's browser: opening it, and the time left.

use lcs_signin::{BrowserOptions, Session, SignInError, SignedIn};
use url::Url;

use crate::{
    args::SignInArgs,
    commands::Context,
    config::Environment,
    output::{announce, progress::Countdown},
};

/// How a sign-in with a browser can fail.
pub(super) enum BrowserError {
    /// There is no browser to open, and nobody said that they would open one.
    NoBrowser,
    /// The sign-in itself failed.
    SignIn(SignInError),
}

/// Whether a browser can be expected to come up here.
pub(super) fn is_likely(environment: &Environment) -> bool {
    !cfg!(target_os = "linux") || environment.has_display
}

pub(super) async fn sign_in(
    context: &Context,
    flags: &SignInArgs,
    session: &Session,
) -> Result<SignedIn, BrowserError> {
    let options = BrowserOptions {
        port: flags.port,
        ..BrowserOptions::default()
    };
    let pending = session
        .start_browser(options)
        .await
        .map_err(BrowserError::SignIn)?;
    let url = pending.url().clone();
    let is_open = is_likely(&context.environment) && open(url.clone()).await;
    // Who asks for the browser by name may well open the page somewhere else.
    if !is_open && !flags.browser {
        return Err(BrowserError::NoBrowser);
    }
    if is_open {
        context.output.note(&format!(
            "The browser is open to sign in. If not, open\n\n  {url}\n"
        ));
    } else {
        announce(&format!("Open in a browser on this machine\n\n  {url}\n"));
    }
    let countdown = Countdown::start(
        &context.output,
        "waiting for the browser",
        pending.time_limit(),
    );
    let result = session.finish_browser(pending).await;
    countdown.finish();
    result.map_err(BrowserError::SignIn)
}

/// Some browsers keep the program that opened them waiting.
async fn open(url: Url) -> bool {
    let opened = tokio::task::spawn_blocking(move || {
        let options = {
            let mut options = webbrowser::BrowserOptions::new();
            options.with_suppress_output(true);
            options
        };
        webbrowser::open_browser_with_options(webbrowser::Browser::Default, url.as_str(), &options)
    })
    .await;
    matches!(opened, Ok(Ok(())))
}
