//! Signing in with a device code: the code, the address, both as a QR code, and the time left.

use lcs_signin::{DeviceCode, Session, SignInError, SignedIn};
use qrcode::{QrCode, render::unicode::Dense1x2};

use crate::{
    commands::Context,
    output::{announce, progress::Countdown},
};

pub(super) async fn sign_in(context: &Context, session: &Session) -> Result<SignedIn, SignInError> {
    let code = session.start_device_code().await?;
    show(context, &code);
    let countdown = Countdown::start(
        &context.output,
        "waiting until the code is entered",
        code.expires_in,
    );
    let result = session.finish_device_code(&code).await;
    countdown.finish();
    result
}

/// On a terminal each stands on a line of its own, so that a double click takes it whole.
fn show(context: &Context, code: &DeviceCode) {
    let (address, user_code) = (&code.verification_uri, &code.user_code);
    let minutes = code.expires_in.as_secs() / 60;
    if !context.output.terminals.stderr {
        announce(&format!("Open {address} and enter the code {user_code}"));
        context
            .output
            .note(&format!("The code is good for {minutes} minutes."));
        return;
    }
    if let Some(picture) = qr_code(address.as_str()) {
        context.output.note(&picture);
    }
    announce(&format!(
        "Open\n\n  {address}\n\non this or another device, and enter the code\n\n  {user_code}\n"
    ));
    context.output.note(&format!(
        "The code is good for {minutes} minutes. Never enter a code that somebody sent you."
    ));
}

/// Two modules a character, dark on light also where terminals are dark.
fn qr_code(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    Some(
        code.render::<Dense1x2>()
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark)
            .build(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_square_and_narrow_enough_for_a_terminal() {
        let picture =
            qr_code("https://login.microsoftonline.com/common/oauth2/deviceauth").unwrap();
        let widths: Vec<usize> = picture.lines().map(|line| line.chars().count()).collect();
        assert!(
            widths
                .iter()
                .all(|width| *width == widths[0] && *width < 60)
        );
        assert!(widths.len() * 2 >= widths[0] && widths.len() * 2 <= widths[0] + 2);
    }
}
