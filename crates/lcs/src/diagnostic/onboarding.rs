//! Errors of `lcs-onboarding`, and of Microsoft Graph, as the user sees them.

use lcs_client::GraphCallError;
use lcs_onboarding::{PlanError, RecordError, RegistrationError, undo::UndoError};

use super::{Code, Diagnostic, sign_in};

impl From<GraphCallError> for Diagnostic {
    fn from(error: GraphCallError) -> Self {
        let text = error.to_string();
        match error {
            GraphCallError::SignIn(source) => source.into(),
            GraphCallError::Network(source) => sign_in::http(&source).while_trying(text),
            error @ GraphCallError::OutcomeUnknown(_) => Self::of(Code::OutcomeUnknown, &error)
                .help("run the same command again: it looks first what was carried out"),
            error @ GraphCallError::Throttled { .. } => {
                Self::of(Code::Throttled, &error).help("wait a minute, then try again")
            }
            GraphCallError::Refused {
                status,
                ref request_id,
                ..
            } => {
                let mut diagnostic = match status {
                    401 => Self::of(Code::NotSignedIn, &error)
                        .help("the token was not accepted: sign in anew, lcs setup --device-code"),
                    403 => Self::of(Code::Forbidden, &error).help(
                        "a Cloud Application Administrator may do this; for those who may not: \
                         lcs setup --emit portal",
                    ),
                    _ => Self::of(Code::UnexpectedAnswer, &error).help("try again later"),
                };
                diagnostic.server.trace_id.clone_from(request_id);
                diagnostic
            }
            error => Self::of(Code::UnexpectedAnswer, &error)
                .help("check the URL of Microsoft Graph: lcs profile show"),
        }
    }
}

impl From<RecordError> for Diagnostic {
    fn from(error: RecordError) -> Self {
        let diagnostic = Self::of(Code::File, &error);
        match error {
            RecordError::Busy => diagnostic.help("wait for the other command, or end it"),
            _ => diagnostic,
        }
    }
}

impl From<RegistrationError> for Diagnostic {
    fn from(error: RegistrationError) -> Self {
        let text = error.to_string();
        match error {
            RegistrationError::Name => Self::of(Code::InvalidSetting, &error)
                .help("choose another name: lcs setup --display-name NAME"),
            RegistrationError::Plan(reason) => plan(&reason),
            RegistrationError::Read(source) | RegistrationError::Write { source, .. } => {
                Self::from(source).while_trying(text)
            }
            RegistrationError::Record(error) => error.into(),
            RegistrationError::Unverified { .. } => Self::of(Code::UnexpectedAnswer, &error)
                .help("wait a minute, then run it again: it goes on where it stopped"),
            error => Self::of(Code::Unexpected, &error),
        }
    }
}

fn plan(reason: &PlanError) -> Diagnostic {
    let help = match reason {
        PlanError::SeveralApplications { .. } => {
            "delete or rename all but one in the portal, or choose another name: \
             lcs setup --display-name NAME"
        }
        PlanError::NotSingleTenant { .. } => {
            "use an application of its own for LCS: lcs setup --display-name NAME"
        }
        PlanError::PermissionMissing { .. } => {
            "ask Microsoft's support: this tenant's LCS differs from the published one"
        }
        _ => {
            "enable it in the portal: Enterprise applications > Properties > Enabled for users to sign in"
        }
    };
    Diagnostic::of(Code::InvalidSetting, reason).help(help)
}

impl From<UndoError> for Diagnostic {
    fn from(error: UndoError) -> Self {
        let text = error.to_string();
        match error {
            UndoError::Read(source) | UndoError::Write { source, .. } => {
                Self::from(source).while_trying(text)
            }
            UndoError::Record(error) => error.into(),
            error => Self::of(Code::Unexpected, &error),
        }
    }
}
