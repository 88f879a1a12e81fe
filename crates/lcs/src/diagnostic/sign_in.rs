//! Errors of `lcs-signin` as the user sees them.

use lcs_signin::{AuthorityError, CacheError, HttpError, NotSignedIn, RefusedSignIn, SignInError};
use lcs_wire::entra::ArticleStep;

use super::{Code, Diagnostic};

/// The command that signs in, for help texts.
pub(super) const SIGN_IN: &str =
    "sign in: lcs login, lcs login --device-code, or lcs login --username NAME";

impl From<SignInError> for Diagnostic {
    fn from(error: SignInError) -> Self {
        match &error {
            SignInError::Refused(refused) => refused_sign_in(refused),
            SignInError::Network(source) => http(source).while_trying(error.to_string()),
            SignInError::Throttled { retry_after, .. } => {
                let wait = retry_after.map_or_else(
                    || "wait a minute, then try again".to_owned(),
                    |wait| format!("try again in {} seconds", wait.as_secs()),
                );
                Self::of(Code::Throttled, &error).help(wait)
            }
            SignInError::Unexpected { .. } => Self::of(Code::UnexpectedAnswer, &error)
                .help("check the authority: lcs profile show"),
            SignInError::NotSignedIn(reason) => not_signed_in(reason),
            SignInError::DeviceCodeExpired => Self::of(Code::DeviceCodeExpired, &error)
                .help("begin anew: lcs login --device-code"),
            SignInError::FederatedDomain { .. } => Self::of(Code::SignInRefused, &error).help(
                "sign in with the browser (lcs login) or a device code (lcs login --device-code), \
                 or use a cloud-only account",
            ),
            SignInError::BrowserTimedOut => Self::of(Code::SignInAbandoned, &error).help(
                "begin anew: lcs login; if the page showed an error (AADSTS50011, 500113), the \
                 application lacks the redirect URI http://localhost: register it under Mobile \
                 and desktop applications; without a browser: lcs login --device-code",
            ),
            SignInError::Cancelled => {
                Self::of(Code::SignInAbandoned, &error).help("begin anew: lcs login")
            }
            SignInError::Loopback { .. } => Self::of(Code::Loopback, &error).help(
                "choose another port with --port, or sign in without: lcs login --device-code",
            ),
            SignInError::OtherSession { .. } => Self::of(Code::InvalidSetting, &error).help(
                "LCS_SESSION is for another tenant or application than the settings: lcs profile \
                 show",
            ),
            SignInError::OtherAccount { wanted, .. } => Self::of(Code::OtherAccount, &error).help(
                format!("sign in as {wanted}, or take the user name out of the profile"),
            ),
            SignInError::Cache(source) => cache(source),
            // An enumeration of another crate that may grow.
            _ => Self::of(Code::Unexpected, &error),
        }
    }
}

fn refused_sign_in(refused: &RefusedSignIn) -> Diagnostic {
    // What an administrator has to grant is a matter of permission, not of who signs in.
    let code = match refused.step() {
        Some(ArticleStep::Permission) => Code::ConsentMissing,
        Some(
            ArticleStep::Account
            | ArticleStep::Registration
            | ArticleStep::PublicClient
            | ArticleStep::TokenRequest,
        )
        | None => Code::SignInRefused,
    };
    let mut diagnostic = Diagnostic::of(code, refused);
    diagnostic.causes.extend(refused.cause().map(str::to_owned));
    diagnostic.help = Some(
        refused
            .remedy()
            .unwrap_or("check tenant and application: lcs profile show")
            .to_owned(),
    );
    diagnostic.server.aadsts = refused.code();
    diagnostic
        .server
        .trace_id
        .clone_from(&refused.error.trace_id);
    diagnostic
        .server
        .correlation_id
        .clone_from(&refused.error.correlation_id);
    diagnostic
}

fn not_signed_in(reason: &NotSignedIn) -> Diagnostic {
    let help = match reason {
        NotSignedIn::Account { account, .. } => {
            format!("sign in: lcs login --username {account}")
        }
        _ => SIGN_IN.to_owned(),
    };
    Diagnostic::of(Code::NotSignedIn, reason).help(help)
}

fn cache(error: &CacheError) -> Diagnostic {
    let diagnostic = Diagnostic::of(Code::TokenCache, error);
    match error {
        CacheError::OpenKeyFile { path, .. } => {
            diagnostic.help(format!("close it to others: chmod 600 {}", path.display()))
        }
        CacheError::NotAKey { .. } | CacheError::KeyBesideCache { .. } => {
            diagnostic.help("LCS_CACHE_KEY_FILE names the file with the key")
        }
        CacheError::KeyStore(_) => diagnostic.help(
            "keep tokens in a sealed file instead: LCS_CACHE=file; or for one command: \
             LCS_CACHE=memory",
        ),
        CacheError::Locked { .. } => diagnostic.help("wait for the other command, or end it"),
        _ => diagnostic,
    }
}

impl From<CacheError> for Diagnostic {
    fn from(error: CacheError) -> Self {
        cache(&error)
    }
}

/// A failed exchange, also as the cause of something else.
pub(super) fn http(error: &HttpError) -> Diagnostic {
    match error {
        HttpError::CertificateFile { .. } | HttpError::NotCertificates { .. } => {
            Diagnostic::of(Code::InvalidSetting, error).help(
                "--ca-certificate, LCS_CA_CERTIFICATE or the profile's ca_certificate names the \
                 file",
            )
        }
        HttpError::NotHttps { .. } => Diagnostic::of(Code::InvalidSetting, error)
            .help("use an https URL; plain HTTP is for this machine only"),
        HttpError::Client(_) => Diagnostic::of(Code::Unexpected, error),
        HttpError::TooLarge { .. } => Diagnostic::of(Code::UnexpectedAnswer, error),
        HttpError::Connect { .. } => {
            let diagnostic = Diagnostic::of(Code::Network, error);
            let is_certificate = diagnostic
                .causes
                .iter()
                .any(|cause| cause.contains("certificate"));
            diagnostic.help(if is_certificate {
                "trust the server's own certificate authority with --ca-certificate FILE or \
                 LCS_CA_CERTIFICATE"
            } else {
                "check the address (lcs profile show) and the network; a local cloud is started \
                 with lcs serve"
            })
        }
        _ => Diagnostic::of(Code::Network, error).help("check the network, then try again"),
    }
}

impl From<HttpError> for Diagnostic {
    fn from(error: HttpError) -> Self {
        http(&error)
    }
}

impl From<AuthorityError> for Diagnostic {
    fn from(error: AuthorityError) -> Self {
        Self::of(Code::InvalidSetting, &error).help(
            "an authority is a URL such as https://login.microsoftonline.com (--authority, \
             LCS_AUTHORITY), a tenant a domain or an id (--tenant, LCS_TENANT)",
        )
    }
}

#[cfg(test)]
mod tests {
    use lcs_wire::entra::Aadsts;

    use super::*;

    fn refusal(number: u32) -> Diagnostic {
        let error = serde_json::from_value(serde_json::json!({
            "error": "invalid_grant",
            "error_description":
                format!("AADSTS{number}: Something. Trace ID: t Correlation ID: c"),
            "error_codes": [number],
            "trace_id": "t",
            "correlation_id": "c",
        }))
        .unwrap();
        SignInError::Refused(Box::new(RefusedSignIn { status: 400, error })).into()
    }

    #[test]
    fn refusals_of_entra_keep_its_identifiers_and_gain_a_cause_and_a_remedy() {
        let diagnostic = refusal(50126);
        assert_eq!(diagnostic.code, Code::SignInRefused);
        assert_eq!(diagnostic.exit().number(), 3);
        assert_eq!(diagnostic.server.aadsts, Some(50126));
        assert_eq!(diagnostic.server.trace_id.as_deref(), Some("t"));
        assert_eq!(diagnostic.server.correlation_id.as_deref(), Some("c"));
        let row = Aadsts::WrongPassword.row();
        assert_eq!(diagnostic.causes, [row.cause]);
        assert_eq!(diagnostic.help.as_deref(), Some(row.remedy));
    }

    #[test]
    fn a_number_that_the_catalogue_does_not_have_is_not_explained() {
        let diagnostic = refusal(1);
        assert!(diagnostic.causes.is_empty());
        assert!(diagnostic.help.unwrap().contains("lcs profile show"));
    }

    #[test]
    fn missing_consent_is_forbidden_and_not_a_failed_sign_in() {
        assert_eq!(refusal(65001).exit().number(), 4);
        assert_eq!(refusal(7_000_218).exit().number(), 3);
    }
}
