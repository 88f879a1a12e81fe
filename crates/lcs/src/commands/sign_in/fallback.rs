//! What else to try when a flow of sign-in fails: one pure function.

use lcs_signin::{RefusedSignIn, SignInError};
use lcs_wire::entra::ArticleStep;

use crate::config::Flow;

/// Another flow, and why this one did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fallback {
    pub(super) flow: Flow,
    pub(super) reason: String,
}

/// What a person could still try. `None` when no flow would end differently.
pub(super) fn after(
    failed: Flow,
    error: &SignInError,
    is_browser_likely: bool,
) -> Option<Fallback> {
    let interactive = if is_browser_likely {
        Flow::Browser
    } else {
        Flow::DeviceCode
    };
    match (failed, error) {
        (Flow::Password, SignInError::Refused(refused)) => {
            let reason = refuses_passwords(refused)?;
            // A device code depends on the switch as a password does.
            let flow = if refused.step() == Some(ArticleStep::PublicClient) {
                Flow::Browser
            } else {
                interactive
            };
            Some(Fallback { flow, reason })
        }
        (Flow::Password, SignInError::FederatedDomain { .. }) => Some(Fallback {
            flow: interactive,
            reason: error.to_string(),
        }),
        (Flow::DeviceCode, SignInError::Refused(refused)) => {
            let is_the_flow =
                is_blocked_by_policy(refused) || refused.step() == Some(ArticleStep::PublicClient);
            is_the_flow.then(|| Fallback {
                flow: Flow::Browser,
                reason: format!(
                    "the device code was refused ({}), which need not hold for the browser",
                    named(refused)
                ),
            })
        }
        (Flow::Browser, SignInError::Loopback { .. }) => Some(Fallback {
            flow: Flow::DeviceCode,
            reason: error.to_string(),
        }),
        _ => None,
    }
}

/// Why a password does not do for this account, if it is that.
fn refuses_passwords(refused: &RefusedSignIn) -> Option<String> {
    if refused.step() == Some(ArticleStep::PublicClient) {
        return Some(format!(
            "the application is no public client yet ({}): step 3 of the article, which a sign-in \
             with the browser does without",
            named(refused)
        ));
    }
    refused.needs_interaction().then(|| {
        let cause = refused
            .cause()
            .unwrap_or("the account has to be asked for more");
        format!("a password alone does not do ({}): {cause}", named(refused))
    })
}

/// A policy of the administrator's, which may tell flows apart.
fn is_blocked_by_policy(refused: &RefusedSignIn) -> bool {
    refused
        .known()
        .is_some_and(|known| known.row().group == lcs_wire::entra::aadsts::Group::Policy)
}

fn named(refused: &RefusedSignIn) -> String {
    refused.code().map_or_else(
        || refused.error.error.clone(),
        |code| format!("AADSTS{code}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(error: &str, suberror: Option<&str>, code: u32) -> SignInError {
        let error = serde_json::from_value(serde_json::json!({
            "error": error,
            "error_description": format!("AADSTS{code}: No."),
            "suberror": suberror,
        }))
        .unwrap();
        SignInError::Refused(Box::new(RefusedSignIn { status: 400, error }))
    }

    #[test]
    fn what_a_policy_demands_of_a_password_can_be_met_in_a_browser() {
        for (suberror, code) in [
            ("basic_action", 50076),
            ("basic_action", 50079),
            ("user_password_expired", 50055),
            ("consent_required", 65001),
        ] {
            let error = refused("invalid_grant", Some(suberror), code);
            let fallback = after(Flow::Password, &error, true).unwrap();
            assert_eq!(fallback.flow, Flow::Browser);
            assert!(fallback.reason.contains(&format!("AADSTS{code}")));
            let without_browser = after(Flow::Password, &error, false).unwrap();
            assert_eq!(without_browser.flow, Flow::DeviceCode);
        }
    }

    #[test]
    fn without_the_public_client_switch_only_the_browser_is_left() {
        let error = refused("invalid_client", None, 7_000_218);
        for failed in [Flow::Password, Flow::DeviceCode] {
            let fallback = after(failed, &error, false).unwrap();
            assert_eq!(fallback.flow, Flow::Browser);
        }
    }

    #[test]
    fn a_federated_account_signs_in_where_its_password_is() {
        let error = SignInError::FederatedDomain {
            domain: "fabrikam.example".to_owned(),
        };
        let fallback = after(Flow::Password, &error, true).unwrap();
        assert_eq!(fallback.flow, Flow::Browser);
        assert!(fallback.reason.contains("fabrikam.example"));
    }

    #[test]
    fn a_policy_against_device_codes_leaves_the_browser() {
        let error = refused("invalid_grant", Some("message_only"), 53003);
        assert_eq!(
            after(Flow::DeviceCode, &error, true).unwrap().flow,
            Flow::Browser
        );
    }

    #[test]
    fn where_nothing_can_listen_the_device_code_is_left() {
        let error = SignInError::Loopback {
            port: 8400,
            source: std::io::Error::other("taken"),
        };
        assert_eq!(
            after(Flow::Browser, &error, true).unwrap().flow,
            Flow::DeviceCode
        );
    }

    #[test]
    fn what_would_fail_in_every_flow_is_not_tried_again() {
        for (flow, error) in [
            (Flow::Password, refused("invalid_grant", None, 50126)),
            (
                Flow::Password,
                refused("unauthorized_client", None, 700_016),
            ),
            (
                Flow::Password,
                refused("invalid_grant", Some("message_only"), 53003),
            ),
            (Flow::DeviceCode, SignInError::DeviceCodeExpired),
            (Flow::Browser, refused("access_denied", None, 65004)),
            (Flow::Browser, SignInError::Cancelled),
        ] {
            assert_eq!(after(flow, &error, true), None, "{flow:?} {error}");
        }
    }
}
