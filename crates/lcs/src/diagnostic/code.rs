//! Every error code of the command line, with its exit code: one table.
//!
//! The codes are a promise to scripts. Each stands in `docs/reference/errors.md` with the same
//! exit code; a test compares.

use crate::exit::Exit;

macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, $exit:ident; )*) => {
        /// What kind of error it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Code {
            $( $(#[$doc])* $name, )*
        }

        impl Code {
            /// Every code.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that scripts compare with.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What the shell sees.
            pub(crate) const fn exit(self) -> Exit {
                match self {
                    $(Self::$name => Exit::$exit,)*
                }
            }
        }
    };
}

codes! {
    /// A bug, or a state of the machine that nobody thought of.
    Unexpected = "unexpected", Unexpected;
    /// A file or folder cannot be read or written.
    File = "file", Unexpected;
    /// The token cache cannot be used.
    TokenCache = "token_cache", Unexpected;
    /// A server answered something that is not documented.
    UnexpectedAnswer = "unexpected_answer", Unexpected;
    /// A download does not match its checksum.
    ChecksumMismatch = "checksum_mismatch", Unexpected;
    /// A `.bacpac` is damaged.
    PackageDamaged = "package_damaged", Unexpected;
    /// The local cloud cannot be started or used.
    LocalCloud = "local_cloud", Unexpected;
    /// The address to listen on is taken.
    AddressInUse = "address_in_use", Unexpected;
    /// Another process serves the data directory.
    DataDirectoryInUse = "data_directory_in_use", Unexpected;
    /// A newer version wrote the data directory.
    DataDirectoryNewer = "data_directory_newer", Unexpected;

    /// Flags or arguments are wrong.
    Usage = "usage", Usage;
    /// `config.toml` cannot be read or understood.
    ConfigFile = "config_file", Usage;
    /// There is no profile of that name.
    UnknownProfile = "unknown_profile", Usage;
    /// A setting is needed and not given anywhere.
    MissingSetting = "missing_setting", Usage;
    /// A setting is not what it should be.
    InvalidSetting = "invalid_setting", Usage;
    /// The command destroys something and was not confirmed.
    ConfirmationNeeded = "confirmation_needed", Usage;
    /// The question was answered with no.
    Declined = "declined", Usage;
    /// An application without a user is to sign in, which LCS does not take.
    UserNeeded = "user_needed", Usage;
    /// A password is needed and there is nobody to ask.
    PasswordNeeded = "password_needed", Usage;
    /// The project has no such environment.
    UnknownEnvironment = "unknown_environment", Usage;
    /// Several environments have that name.
    AmbiguousEnvironment = "ambiguous_environment", Usage;
    /// Source and target of a refresh are the same.
    SameEnvironment = "same_environment", Usage;
    /// The project has no such backup.
    UnknownBackup = "unknown_backup", Usage;
    /// Several backups have that name.
    AmbiguousBackup = "ambiguous_backup", Usage;
    /// The profile is for looking only.
    ReadOnlyProfile = "read_only_profile", Usage;
    /// The profile does not allow this environment to be changed.
    TargetNotAllowed = "target_not_allowed", Usage;
    /// The project has no such asset.
    UnknownAsset = "unknown_asset", Usage;
    /// Several assets have that name.
    AmbiguousAsset = "ambiguous_asset", Usage;
    /// No operation was started with this profile.
    NoOperation = "no_operation", Usage;
    /// The file is already there.
    FileExists = "file_exists", Usage;
    /// The text is no token.
    NotAToken = "not_a_token", Usage;
    /// The file is no `.bacpac`.
    NotAPackage = "not_a_package", Usage;
    /// The program cannot be run.
    ProgramNotRun = "program_not_run", Usage;
    /// There is no local cloud in the data directory.
    NoLocalCloud = "no_local_cloud", Usage;

    /// Nobody is signed in, or the sign-in has expired.
    NotSignedIn = "not_signed_in", NotSignedIn;
    /// Entra refused the sign-in.
    SignInRefused = "sign_in_refused", NotSignedIn;
    /// The device code was not entered in time.
    DeviceCodeExpired = "device_code_expired", NotSignedIn;
    /// The person did not complete the sign-in in the browser.
    SignInAbandoned = "sign_in_abandoned", NotSignedIn;
    /// The browser's answer cannot be listened for.
    Loopback = "loopback", Unexpected;
    /// Somebody else signed in than was asked for.
    OtherAccount = "other_account", NotSignedIn;
    /// LCS refused the token itself.
    TokenRefused = "token_refused", NotSignedIn;

    /// Entra refused the token for want of a permission or of consent.
    ConsentMissing = "consent_missing", Forbidden;
    /// The user is no member of the project.
    NotAMember = "not_a_member", Forbidden;
    /// The user may not do this.
    Forbidden = "forbidden", Forbidden;

    /// LCS declined.
    Refused = "refused", OperationFailed;
    /// The operation ended in failure.
    OperationFailed = "operation_failed", OperationFailed;
    /// The operation failed and was undone.
    OperationRolledBack = "operation_rolled_back", OperationFailed;

    /// Three operations were started within 24 hours.
    LimitReached = "limit_reached", Limit;
    /// The server asks to wait.
    Throttled = "throttled", Limit;

    /// The time is up; the operation goes on.
    GaveUpWaiting = "gave_up_waiting", GaveUpWaiting;
    /// Interrupted while waiting; the operation goes on.
    Interrupted = "interrupted", GaveUpWaiting;

    /// The other side cannot be reached.
    Network = "network", Network;
    /// The answer got lost, so the request may have been carried out.
    OutcomeUnknown = "outcome_unknown", Network;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_snake_case_and_stand_once() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text}");
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{text}"
            );
        }
    }

    #[test]
    fn every_code_is_documented_with_its_exit_code() {
        let page = include_str!("../../../../docs/reference/errors.md");
        let documented: Vec<&str> = page
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        for code in Code::ALL {
            let start = format!("| `{}` | {} | ", code.as_str(), code.exit().number());
            assert!(
                documented.iter().any(|line| line.starts_with(&start)),
                "docs/reference/errors.md has no line that starts with {start}"
            );
        }
        assert_eq!(
            documented.len(),
            Code::ALL.len(),
            "the page has lines of codes that are gone"
        );
    }
}
