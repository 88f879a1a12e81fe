//! Questions, on terminals only.

use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Text};
use lcs_types::Secret;

use super::Output;
use crate::diagnostic::{Code, Diagnostic};

/// Asks for a password; `None` when there is nobody to ask.
pub(crate) fn password(output: &Output, user: &str) -> Result<Option<Secret>, Diagnostic> {
    if !output.terminals.can_ask() {
        return Ok(None);
    }
    let question = format!("Password of {user}:");
    let asked = Password::new(&question)
        .without_confirmation()
        .with_display_mode(PasswordDisplayMode::Hidden)
        .prompt();
    asked
        .map(|text| Some(Secret::new(text)))
        .map_err(unanswered)
}

/// Asks a question that yes or no answers; `None` when there is nobody to ask.
pub(crate) fn confirmed(output: &Output, question: &str) -> Result<Option<bool>, Diagnostic> {
    if !output.terminals.can_ask() {
        return Ok(None);
    }
    let answer = Confirm::new(question).with_default(false).prompt();
    answer.map(Some).map_err(unanswered)
}

/// Asks to type a word, for what cannot be taken back; `false` when another one was typed, `None`
/// when there is nobody to ask.
pub(crate) fn typed(
    output: &Output,
    question: &str,
    word: &str,
) -> Result<Option<bool>, Diagnostic> {
    if !output.terminals.can_ask() {
        return Ok(None);
    }
    let answer = Text::new(question).prompt().map_err(unanswered)?;
    Ok(Some(answer.trim().eq_ignore_ascii_case(word)))
}

fn unanswered(error: InquireError) -> Diagnostic {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            Diagnostic::new(Code::Declined, "nothing was done")
        }
        error => Diagnostic::of(Code::Unexpected, &error),
    }
}
