//! What goes back to the client through the browser, and how: query, fragment or form.

use lcs_types::{CorrelationId, Secret};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::Redirect;

/// How parameters reach the redirect URI ("OAuth 2.0 Multiple Response Type Encoding Practices",
/// "OAuth 2.0 Form Post Response Mode").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// In the query; the default for a code.
    Query,
    /// Behind `#`; the default when a token comes along.
    Fragment,
    /// In a form that the browser posts.
    FormPost,
}

/// An answer that the browser carries to the client. Holds a code and does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Where it goes.
    pub redirect: Redirect,
    /// How.
    pub mode: ResponseMode,
    /// The parameters in their order.
    pub parameters: Vec<(&'static str, Secret)>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("redirect", &self.redirect)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Where errors of a request can be sent, once its client and redirect URI are known to belong
/// together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// Where.
    pub redirect: Redirect,
    /// How.
    pub mode: ResponseMode,
    /// Goes back as it came.
    pub state: Option<String>,
}

impl ReplyTo {
    /// An answer with these parameters and the state.
    pub(crate) fn reply(&self, mut parameters: Vec<(&'static str, Secret)>) -> Reply {
        if let Some(state) = &self.state {
            parameters.push(("state", Secret::new(state.clone())));
        }
        Reply {
            redirect: self.redirect.clone(),
            mode: self.mode,
            parameters,
        }
    }

    /// A refusal as the client hears it (RFC 6749 §4.1.2.1). `ids` stand at the end of the text.
    pub fn refuse(&self, refusal: &Refusal, ids: &ReplyIds) -> Reply {
        let row = refusal.aadsts.row();
        let mut parameters = vec![
            ("error", Secret::new(row.error_authorize.as_str())),
            (
                "error_description",
                Secret::new(format!(
                    "{} Trace ID: {} Correlation ID: {} Timestamp: {}",
                    refusal.text(),
                    ids.trace_id,
                    ids.correlation_id,
                    ids.timestamp
                )),
            ),
            (
                "error_uri",
                Secret::new(format!("{}/error?code={}", ids.origin, row.code)),
            ),
        ];
        if refusal.aadsts == Aadsts::AuthorizationDeclined {
            parameters.push(("error_subcode", Secret::new("cancel")));
        }
        self.reply(parameters)
    }
}

/// The ids of a request, as they stand in the text of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyIds {
    /// The origin that was asked.
    pub origin: String,
    /// Our id of the request.
    pub trace_id: String,
    /// The client's id of its work.
    pub correlation_id: CorrelationId,
    /// `YYYY-MM-DD HH:MM:SSZ`.
    pub timestamp: String,
}

/// What must be escaped in a query, in the strictest reading.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Reply {
    /// The URI with the parameters in query or fragment. A URI without a path is answered with `/`
    /// at its end, as the service does.
    pub fn location(&self) -> String {
        let mut target = self.form_action();
        let pairs: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value.expose(), ESCAPED)))
            .collect();
        let separator = match self.mode {
            ResponseMode::Fragment => '#',
            ResponseMode::Query | ResponseMode::FormPost if target.contains('?') => '&',
            ResponseMode::Query | ResponseMode::FormPost => '?',
        };
        target.push(separator);
        target.push_str(&pairs.join("&"));
        target
    }

    /// Where a form that carries the parameters goes.
    pub fn form_action(&self) -> String {
        let uri = &self.redirect.uri;
        let has_no_path = Url::parse(uri).is_ok_and(|url| url.has_host())
            && uri
                .split_once("://")
                .is_some_and(|(_, rest)| !rest.contains(['/', '?']));
        if has_no_path {
            format!("{uri}/")
        } else {
            uri.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RedirectType;

    fn location(uri: &str, mode: ResponseMode) -> String {
        let to = ReplyTo {
            redirect: Redirect {
                uri: uri.to_owned(),
                redirect_type: RedirectType::Public,
            },
            mode,
            state: Some("a&b=\r\n<".to_owned()),
        };
        to.reply(vec![("code", Secret::new("c"))]).location()
    }

    #[test]
    fn parameters_are_escaped_and_a_missing_path_becomes_the_root() {
        let cases = [
            (
                "http://localhost:9",
                ResponseMode::Query,
                "http://localhost:9/?code=c&state=a%26b%3D%0D%0A%3C",
            ),
            (
                "http://localhost:9/cb?x=1",
                ResponseMode::Query,
                "http://localhost:9/cb?x=1&code=c&state=a%26b%3D%0D%0A%3C",
            ),
            (
                "https://a.example/cb",
                ResponseMode::Fragment,
                "https://a.example/cb#code=c&state=a%26b%3D%0D%0A%3C",
            ),
            (
                "urn:ietf:wg:oauth:2.0:oob",
                ResponseMode::Query,
                "urn:ietf:wg:oauth:2.0:oob?code=c&state=a%26b%3D%0D%0A%3C",
            ),
        ];
        for (uri, mode, wanted) in cases {
            assert_eq!(location(uri, mode), wanted);
        }
    }

    #[test]
    fn a_reply_does_not_print_its_code() {
        let to = ReplyTo {
            redirect: Redirect {
                uri: "http://localhost".to_owned(),
                redirect_type: RedirectType::Public,
            },
            mode: ResponseMode::Query,
            state: None,
        };
        let reply = to.reply(vec![("code", Secret::new("canary"))]);
        assert!(!format!("{reply:?}").contains("canary"));
    }
}
