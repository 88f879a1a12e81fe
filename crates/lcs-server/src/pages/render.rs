//! The pages with what they show, and the headers under which they are sent.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_directory::{
    SignedInUser,
    admin_consent_workflow::ConsentRequestView,
    errand::{ClientView, ConsentView},
};
use lcs_types::Randomness;
use lcs_wire::entra::aadsts::Row;

/// What every page needs: where its form goes, its tokens.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    /// Lets the page's own style and script through the content policy.
    pub(super) nonce: String,
    /// Comes back with the form.
    pub(super) csrf: String,
    /// Names the interaction.
    pub(super) interaction: String,
    /// Where the form goes.
    pub(super) action: String,
    /// Where else a form may end, after redirects; browsers ask the policy for those as well.
    pub(super) form_target: Option<String>,
}

impl Frame {
    /// A frame for a page without a form of ours.
    pub(super) fn plain(randomness: &dyn Randomness) -> Self {
        let mut nonce = [0; 18];
        randomness.fill(&mut nonce);
        Self {
            nonce: URL_SAFE_NO_PAD.encode(nonce),
            ..Self::default()
        }
    }
}

macro_rules! pages {
    ($( $name:ident, $file:literal { $( $field:ident: $type:ty ),* $(,)? } )*) => {$(
        #[derive(Template)]
        #[template(path = $file)]
        pub(super) struct $name<'page> {
            pub(super) frame: &'page Frame,
            $( pub(super) $field: $type, )*
        }
    )*};
}

pages! {
    DeviceCodePage, "device_code.html" { code: &'page str, error: Option<&'page str> }
    UserNamePage, "user_name.html" {
        client: &'page ClientView, name: &'page str, is_device: bool, error: Option<&'page str>,
    }
    PasswordPage, "password.html" { name: &'page str, error: Option<&'page str> }
    NewPasswordPage, "new_password.html" { name: &'page str, error: Option<&'page str> }
    PickAccountPage, "pick_account.html" {
        client: &'page ClientView, accounts: &'page [SignedInUser],
    }
    SecondFactorPage, "second_factor.html" { user: &'page str, error: Option<&'page str> }
    EnrolmentPage, "enrolment.html" {
        user: &'page str, secret: &'page str, uri: &'page str, error: Option<&'page str>,
    }
    ConsentPage, "consent.html" {
        user: &'page str, consent: &'page ConsentView, for_organization: bool, is_device: bool,
    }
    NeedAdministratorPage, "need_administrator.html" {
        user: &'page str, consent: &'page ConsentView, code: u32,
    }
    ApprovalRequiredPage, "approval_required.html" {
        user: &'page str, consent: &'page ConsentView, code: u32, requested_at: Option<String>,
        error: Option<&'page str>,
    }
    RequestSentPage, "request_sent.html" { user: &'page str, client: &'page ClientView }
    StaySignedInPage, "stay_signed_in.html" { user: &'page str }
    ConsentRequestsPage, "consent_requests.html" {
        user: &'page str, requests: &'page [ConsentRequestView], error: Option<&'page str>,
    }
    ConfirmPage, "confirm.html" { user: &'page str, client: &'page ClientView }
    MessagePage, "message.html" { heading: &'page str, text: &'page str }
    RefusalPage, "refusal.html" {
        text: &'page str, cause: &'page str, remedy: &'page str, request_id: &'page str,
        correlation_id: &'page str, timestamp: &'page str,
    }
    FormPostPage, "form_post.html" {
        target: &'page str, parameters: &'page [(&'static str, String)],
    }
    ErrorCodePage, "error_code.html" { code: &'page str, rows: &'page [Row] }
}

/// Sends a page. No frames, forms only where they belong, no script but the one that sends a reply on,
/// nothing kept by anybody (RFC 9700 §4.16).
pub(super) fn page(status: StatusCode, frame: &Frame, template: &impl Template) -> Response {
    let body = match template.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "could not render a page");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(body)).into_response();
    let nonce = &frame.nonce;
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; \
         form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        frame.form_target.as_deref().unwrap_or_default()
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use lcs_directory::{errand::PermissionView, model::Justification};

    use super::*;

    const EVIL: &str = "<script>alert(1)</script>\"'";

    fn assert_escaped(template: &impl Template) {
        let page = template.render().unwrap();
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("&#60;script"), "{page}");
        assert!(!page.contains("\"'"), "{page}");
    }

    fn evil_client() -> ClientView {
        ClientView {
            client: lcs_types::ClientId::from_u128(1),
            name: EVIL.to_owned(),
            publisher: EVIL.to_owned(),
        }
    }

    #[test]
    fn what_people_type_is_escaped_on_every_page() {
        let (frame, client) = (&Frame::default(), &evil_client());
        let (name, user, error) = (EVIL, EVIL, Some(EVIL));
        assert_escaped(&DeviceCodePage {
            frame,
            code: EVIL,
            error,
        });
        let is_device = true;
        assert_escaped(&UserNamePage {
            frame,
            client,
            name,
            is_device,
            error,
        });
        assert_escaped(&PasswordPage { frame, name, error });
        assert_escaped(&NewPasswordPage { frame, name, error });
        assert_escaped(&SecondFactorPage { frame, user, error });
        let (secret, uri) = (EVIL, EVIL);
        assert_escaped(&EnrolmentPage {
            frame,
            user,
            secret,
            uri,
            error,
        });
    }

    #[test]
    fn what_clients_send_is_escaped_on_every_page() {
        let (frame, client, user) = (&Frame::default(), &evil_client(), EVIL);
        let consent = &ConsentView {
            client: client.clone(),
            permissions: vec![PermissionView {
                resource_name: EVIL.to_owned(),
                value: EVIL.to_owned(),
                title: EVIL.to_owned(),
                description: EVIL.to_owned(),
            }],
            may_accept_for_organization: true,
        };
        let (for_organization, is_device, code) = (true, true, 1);
        assert_escaped(&ConsentPage {
            frame,
            user,
            consent,
            for_organization,
            is_device,
        });
        assert_escaped(&NeedAdministratorPage {
            frame,
            user,
            consent,
            code,
        });
        let (requested_at, error) = (None, Some(EVIL));
        assert_escaped(&ApprovalRequiredPage {
            frame,
            user,
            consent,
            code,
            requested_at,
            error,
        });
        assert_escaped(&StaySignedInPage { frame, user });
        assert_escaped(&RequestSentPage {
            frame,
            user,
            client,
        });
        let requests = &[ConsentRequestView {
            id: lcs_types::ConsentRequestId::from_u128(1),
            consent: consent.clone(),
            user_principal_name: EVIL.to_owned(),
            justification: Justification::of(EVIL).unwrap(),
            requested_at: jiff::Timestamp::UNIX_EPOCH,
        }];
        assert_escaped(&ConsentRequestsPage {
            frame,
            user,
            requests,
            error,
        });
        assert_escaped(&ConfirmPage {
            frame,
            user,
            client,
        });
        let accounts = &[];
        assert_escaped(&PickAccountPage {
            frame,
            client,
            accounts,
        });
        let parameters = &[("state", EVIL.to_owned())];
        let (target, text, heading) = (EVIL, EVIL, EVIL);
        assert_escaped(&FormPostPage {
            frame,
            target,
            parameters,
        });
        assert_escaped(&MessagePage {
            frame,
            heading,
            text,
        });
        let (code, rows) = (EVIL, &[]);
        assert_escaped(&ErrorCodePage { frame, code, rows });
    }

    #[test]
    fn a_page_cannot_be_framed_or_kept() {
        let frame = Frame::default();
        let template = MessagePage {
            frame: &frame,
            heading: "h",
            text: "t",
        };
        let response = page(StatusCode::OK, &frame, &template);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "DENY");
    }
}
