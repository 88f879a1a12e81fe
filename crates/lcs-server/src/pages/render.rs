//! The pages with what they show, and the headers under which they are sent.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use lcs_directory::errand::PermissionView;

/// What every page needs: where its form goes, its tokens.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Lets the page's own style through the content policy.
    pub(super) nonce: String,
    /// Comes back with the form.
    pub(super) csrf: String,
    /// Where the form goes.
    pub(super) action: String,
}

#[derive(Template)]
#[template(path = "device_code.html")]
pub(super) struct DeviceCodePage<'page> {
    pub(super) frame: &'page Frame,
    pub(super) code: &'page str,
    pub(super) error: Option<&'page str>,
}

#[derive(Template)]
#[template(path = "device_sign_in.html")]
pub(super) struct DeviceSignInPage<'page> {
    pub(super) frame: &'page Frame,
    pub(super) application: &'page str,
    pub(super) tenant: &'page str,
    pub(super) login: &'page str,
    pub(super) error: Option<&'page str>,
}

#[derive(Template)]
#[template(path = "device_confirm.html")]
pub(super) struct DeviceConfirmPage<'page> {
    pub(super) frame: &'page Frame,
    pub(super) application: &'page str,
    pub(super) tenant: &'page str,
    pub(super) user: &'page str,
    pub(super) permissions: &'page [PermissionView],
}

#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct MessagePage<'page> {
    pub(super) frame: &'page Frame,
    pub(super) heading: &'page str,
    pub(super) text: &'page str,
    pub(super) code: Option<&'page str>,
}

/// Sends a page. No script, no frames, forms only to us, nothing kept by anybody (RFC 9700 §4.16).
pub(super) fn page(status: StatusCode, frame: &Frame, template: &impl Template) -> Response {
    let body = match template.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "could not render a page");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(body)).into_response();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{}'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
        frame.nonce
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
    use super::*;

    fn frame() -> Frame {
        Frame {
            nonce: "n".to_owned(),
            csrf: "c".to_owned(),
            action: "/x".to_owned(),
        }
    }

    #[test]
    fn what_comes_from_outside_is_escaped_on_every_page() {
        let frame = frame();
        let evil = "<script>alert(1)</script>";
        let permission = PermissionView {
            resource_name: evil.to_owned(),
            value: evil.to_owned(),
            title: evil.to_owned(),
            description: evil.to_owned(),
        };
        let pages = [
            DeviceCodePage {
                frame: &frame,
                code: evil,
                error: Some(evil),
            }
            .render(),
            DeviceSignInPage {
                frame: &frame,
                application: evil,
                tenant: evil,
                login: evil,
                error: Some(evil),
            }
            .render(),
            DeviceConfirmPage {
                frame: &frame,
                application: evil,
                tenant: evil,
                user: evil,
                permissions: &[permission],
            }
            .render(),
            MessagePage {
                frame: &frame,
                heading: evil,
                text: evil,
                code: Some(evil),
            }
            .render(),
        ];
        for page in pages {
            let page = page.unwrap();
            assert!(!page.contains("<script"), "{page}");
            assert!(page.contains("&#60;script"), "{page}");
        }
    }

    #[test]
    fn a_page_cannot_be_framed_or_kept() {
        let frame = frame();
        let template = MessagePage {
            frame: &frame,
            heading: "h",
            text: "t",
            code: None,
        };
        let response = page(StatusCode::OK, &frame, &template);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
