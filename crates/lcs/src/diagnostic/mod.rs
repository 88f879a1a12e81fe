//! An error as the user sees it: what failed, why, and what to do next.
//!
//! Every library error becomes a [`Diagnostic`], from which both forms come: text, and one JSON
//! object. How each library's errors do is in a file of its own beside this one; printing is in
//! `output`.

mod bacpac;
mod client;
mod code;
mod local_cloud;
mod onboarding;
mod sign_in;

use std::error::Error;

use serde::Serialize;
use serde_json::{Map, Value, json};

pub(crate) use code::Code;

use crate::exit::Exit;

/// The server's own identifiers of what went wrong, for its support.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ServerIdentifiers {
    /// The AADSTS number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aadsts: Option<u32>,
    /// Entra's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trace_id: Option<String>,
    /// The id that ties the requests of one sign-in together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) correlation_id: Option<String>,
    /// LCS's id of the call or the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation_activity_id: Option<String>,
}

/// An error, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub(crate) code: Code,
    /// What failed, one line.
    pub(crate) message: String,
    /// Why, outermost first, one line each.
    pub(crate) causes: Vec<String>,
    /// What to do next.
    pub(crate) help: Option<String>,
    /// What only this kind of error has, for programs; in the JSON form under `details`.
    pub(crate) details: Option<Box<Value>>,
    /// Boxed, because most errors have none and every result carries the space.
    pub(crate) server: Box<ServerIdentifiers>,
}

impl Diagnostic {
    /// An error without causes.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: one_line(&message.into()),
            causes: Vec::new(),
            help: None,
            details: None,
            server: Box::default(),
        }
    }

    /// An error whose message and causes are those of a library's error.
    pub(crate) fn of(code: Code, error: &dyn Error) -> Self {
        Self::new(code, error.to_string()).caused_by_option(error.source())
    }

    /// A failure to read or write a file.
    pub(crate) fn file(action: &str, path: &std::path::Path, source: &std::io::Error) -> Self {
        Self::new(
            Code::File,
            format!("could not {action} `{}`", path.display()),
        )
        .caused_by(source)
    }

    /// Adds an error and its sources as causes.
    #[must_use]
    pub(crate) fn caused_by(self, error: &dyn Error) -> Self {
        self.caused_by_option(Some(error))
    }

    #[must_use]
    fn caused_by_option(mut self, error: Option<&dyn Error>) -> Self {
        let mut next = error;
        while let Some(error) = next {
            let cause = one_line(&error.to_string());
            // Transparent errors say what their source says.
            let is_new = cause != self.message && self.causes.last() != Some(&cause);
            if is_new && !cause.is_empty() {
                self.causes.push(cause);
            }
            next = error.source();
        }
        self
    }

    /// Says what to do next.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Puts what was tried before the message, which becomes the first cause.
    #[must_use]
    pub(crate) fn while_trying(mut self, what: impl Into<String>) -> Self {
        let message = std::mem::replace(&mut self.message, what.into());
        self.causes.insert(0, message);
        self
    }

    /// What the shell sees.
    pub(crate) const fn exit(&self) -> Exit {
        self.code.exit()
    }

    /// The lines of the text form, without colour.
    pub(crate) fn identifiers_line(&self) -> Option<String> {
        let server = &self.server;
        let parts: Vec<String> = [
            server.aadsts.map(|code| format!("AADSTS{code}")),
            server.trace_id.as_ref().map(|id| format!("trace id {id}")),
            server
                .correlation_id
                .as_ref()
                .map(|id| format!("correlation id {id}")),
            server
                .operation_activity_id
                .as_ref()
                .map(|id| format!("operation activity id {id}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// The JSON form.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("code".to_owned(), json!(self.code.as_str()));
        object.insert("message".to_owned(), json!(self.message));
        object.insert("causes".to_owned(), json!(self.causes));
        object.insert("help".to_owned(), json!(self.help));
        object.insert("exit_code".to_owned(), json!(self.exit().number()));
        object.insert("server".to_owned(), json!(self.server));
        if let Some(details) = &self.details {
            object.insert("details".to_owned(), (**details).clone());
        }
        Value::Object(object)
    }
}

/// Lines joined, control characters dropped: an error may quote what a server or a file says.
pub(crate) fn one_line(text: &str) -> String {
    let joined: Vec<&str> = text.split(char::is_control).map(str::trim).collect();
    joined.join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the outer one")]
    struct Outer(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    struct Middle(#[from] std::io::Error);

    #[test]
    fn the_whole_chain_becomes_causes_and_nothing_stands_twice() {
        let error = Outer(Middle(std::io::Error::other("the\ninner one")));
        let diagnostic = Diagnostic::of(Code::File, &error);
        assert_eq!(diagnostic.message, "the outer one");
        assert_eq!(diagnostic.causes, ["the inner one"]);
    }

    #[test]
    fn the_json_form_has_its_fields_also_when_they_are_empty() {
        let mut diagnostic = Diagnostic::new(Code::SignInRefused, "no").help("lcs login");
        diagnostic.server.aadsts = Some(50126);
        assert_eq!(
            diagnostic.to_json(),
            json!({
                "code": "sign_in_refused",
                "message": "no",
                "causes": [],
                "help": "lcs login",
                "exit_code": 3,
                "server": { "aadsts": 50126 }
            })
        );
    }
}
