//! Errors of `lcs-client` as the user sees them.

use lcs_client::{ApiError, DownloadError, journal::JournalError};

use super::{Code, Diagnostic, sign_in};

/// How our local cloud says that the token is good and the user unknown to the project.
const NOT_A_MEMBER: &str = "insufficient_user";

impl From<ApiError> for Diagnostic {
    fn from(error: ApiError) -> Self {
        let error = match error {
            ApiError::SignIn(source) => return source.into(),
            error => error,
        };
        match &error {
            ApiError::Unauthorized { challenge } => {
                let challenge = challenge.clone().unwrap_or_default();
                let is_token = challenge.error.as_deref() == Some("invalid_token")
                    && !challenge.to_string().contains(NOT_A_MEMBER);
                if is_token {
                    Self::of(Code::TokenRefused, &error)
                        .help("look at the token: lcs token --decode")
                } else {
                    Self::of(Code::NotAMember, &error).help(
                        "the token is good, so most likely the user (lcs whoami) is no member of \
                         the project: ask a project owner for an invitation, and accept it",
                    )
                }
            }
            ApiError::Forbidden { .. } => Self::of(Code::Forbidden, &error).help(
                "look at the token (lcs token --decode) and ask a project owner for the role \
                 that this needs",
            ),
            ApiError::Throttled { retry_after } => {
                let wait = retry_after.map_or_else(
                    || "wait a minute, then try again".to_owned(),
                    |wait| format!("try again in {} seconds", wait.as_secs()),
                );
                Self::of(Code::Throttled, &error).help(wait)
            }
            ApiError::LimitReached {
                operation_activity_id,
                ..
            } => {
                let mut diagnostic = Self::of(Code::LimitReached, &error).help(
                    "three operations may be started for an environment within 24 hours; wait \
                     until the first of them is a day old",
                );
                diagnostic.server.operation_activity_id = Some(operation_activity_id.to_string());
                diagnostic
            }
            ApiError::Refused {
                operation_activity_id,
                ..
            } => {
                let mut diagnostic = Self::of(Code::Refused, &error)
                    .help("look at the project's environments: lcs env list");
                diagnostic.server.operation_activity_id = Some(operation_activity_id.to_string());
                diagnostic
            }
            ApiError::AssetLibrary { activity_id, .. } => {
                let mut diagnostic =
                    Self::of(Code::Refused, &error).help("look at the assets: lcs asset list");
                diagnostic
                    .server
                    .operation_activity_id
                    .clone_from(activity_id);
                diagnostic
            }
            ApiError::OutcomeUnknown(_) => Self::of(Code::OutcomeUnknown, &error).help(
                "before you try again, look at the environment's history in LCS, so that nothing \
                 is started twice",
            ),
            ApiError::Unexpected {
                status,
                activity_id,
                ..
            } => {
                let mut diagnostic =
                    Self::of(Code::UnexpectedAnswer, &error).help(if *status == 404 {
                        "check the address of the API: lcs profile show"
                    } else {
                        "try again later"
                    });
                diagnostic
                    .server
                    .operation_activity_id
                    .clone_from(activity_id);
                diagnostic
            }
            ApiError::Network(source) => sign_in::http(source).while_trying(error.to_string()),
            ApiError::Malformed(_) => Self::of(Code::UnexpectedAnswer, &error)
                .help("check the address of the API: lcs profile show"),
            // An enumeration of another crate that may grow.
            _ => Self::of(Code::Unexpected, &error),
        }
    }
}

impl From<JournalError> for Diagnostic {
    fn from(error: JournalError) -> Self {
        Self::of(Code::File, &error).help(
            "nothing was started; LCS_STATE_DIR names another folder for what is kept of operations",
        )
    }
}

impl From<DownloadError> for Diagnostic {
    fn from(error: DownloadError) -> Self {
        match &error {
            DownloadError::Exists { .. } => Self::of(Code::FileExists, &error)
                .help("choose another name with --to PATH, or replace it with --overwrite"),
            DownloadError::Busy { .. } => Self::of(Code::File, &error)
                .help("wait for the other download, or choose another name with --to PATH"),
            DownloadError::LinkRefused { .. } | DownloadError::NotFound { .. } => {
                Self::of(Code::UnexpectedAnswer, &error)
                    .help("try again: each call of lcs db download asks for a fresh link")
            }
            DownloadError::Unexpected { status: 429, .. } => {
                Self::of(Code::Throttled, &error).help("wait a minute, then try again")
            }
            DownloadError::Unexpected { .. } | DownloadError::KeepsChanging => {
                Self::of(Code::UnexpectedAnswer, &error).help("try again later")
            }
            DownloadError::Network(source) => sign_in::http(source)
                .while_trying(error.to_string())
                .help("run the same command again: it goes on where it stopped"),
            DownloadError::Short { .. } => Self::of(Code::Network, &error)
                .help("run the same command again: it goes on where it stopped"),
            DownloadError::Corrupt { .. } => Self::of(Code::ChecksumMismatch, &error)
                .help("the file on the server is damaged: export the database again"),
            DownloadError::NoSpace { .. } => Self::of(Code::File, &error)
                .help("make room, or choose another disk with --to PATH"),
            // `File`, and whatever a later version adds.
            _ => Self::of(Code::File, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use lcs_client::Challenge;
    use lcs_types::OperationActivityId;

    use super::*;

    #[test]
    fn a_401_is_a_matter_of_membership_unless_the_server_names_the_token() {
        let exit = |challenge: Option<Challenge>| {
            Diagnostic::from(ApiError::Unauthorized { challenge })
                .exit()
                .number()
        };
        let said = |error: &str, description: &str| {
            Some(Challenge {
                error: Some(error.to_owned()),
                description: Some(description.to_owned()),
            })
        };
        assert_eq!(exit(None), 4);
        assert_eq!(exit(said("invalid_token", "the audience is wrong")), 3);
        assert_eq!(
            exit(said("invalid_token", "insufficient_user: no member")),
            4
        );
    }

    #[test]
    fn the_limit_and_a_refusal_by_a_rule_have_their_own_exit_codes() {
        let id = OperationActivityId::from_u128(7);
        let limit = ApiError::LimitReached {
            message: "Maximum allowed API operations are 3".to_owned(),
            operation_activity_id: id,
        };
        let refused = ApiError::Refused {
            message: "busy".to_owned(),
            operation_activity_id: id,
        };
        let (limit, refused) = (Diagnostic::from(limit), Diagnostic::from(refused));
        assert_eq!((limit.exit().number(), refused.exit().number()), (6, 5));
        assert_eq!(refused.server.operation_activity_id, Some(id.to_string()));
    }
}
