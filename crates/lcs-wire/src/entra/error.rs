//! The error envelope of the token endpoint and of discovery.

use serde::{Deserialize, Serialize};

/// An error as Entra sends it. Every field but `error` may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntraError {
    /// The OAuth error; the one that program logic may branch on.
    pub error: String,
    /// `AADSTSnnnn: …` and the ids again.
    #[serde(default)]
    pub error_description: String,
    /// The AADSTS numbers; old answers put a generic one first.
    #[serde(default)]
    pub error_codes: Vec<u32>,
    /// `YYYY-MM-DD HH:MM:SSZ`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The server's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The client's id of the request, or a random one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// A page about the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<String>,
    /// Decides in client libraries whether a user could solve it interactively.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suberror: Option<String>,
    /// A string that holds JSON, to be sent back in the next request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
}

impl EntraError {
    /// An error that the authorize endpoint sent back with the browser: the ids stand in its text
    /// ("Authorization code flow", error response).
    pub fn from_redirect(error: String, error_description: String) -> Self {
        let after = |label: &str| {
            let (_, rest) = error_description.split_once(label)?;
            rest.split_whitespace().next().map(str::to_owned)
        };
        Self {
            error,
            error_codes: aadsts_code(&error_description).into_iter().collect(),
            timestamp: None,
            trace_id: after("Trace ID:"),
            correlation_id: after("Correlation ID:"),
            error_uri: None,
            suberror: None,
            claims: None,
            error_description,
        }
    }

    /// The most specific AADSTS number: the last one in the text, else the last of the list.
    pub fn code(&self) -> Option<u32> {
        aadsts_code(&self.error_description).or_else(|| self.error_codes.last().copied())
    }

    /// The text without the code's repetition of ids behind it.
    pub fn text(&self) -> &str {
        without_ids(&self.error_description)
    }
}

/// The last `AADSTSnnnn` in a text.
pub fn aadsts_code(text: &str) -> Option<u32> {
    let (_, tail) = text.rsplit_once("AADSTS")?;
    let digits: &str = &tail[..tail
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(tail.len())];
    digits.parse().ok()
}

/// A description up to the ids that Entra appends, which it separates by a blank, or by a line
/// break before 2023.
pub fn without_ids(description: &str) -> &str {
    description
        .split("Trace ID:")
        .next()
        .unwrap_or_default()
        .trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_code_in_the_text_is_the_specific_one() {
        let error: EntraError = serde_json::from_str(
            r#"{"error":"invalid_grant","error_codes":[70002,70008],
               "error_description":"AADSTS70002: Error validating credentials. AADSTS70008: expired\r\nTrace ID: x"}"#,
        )
        .unwrap();
        assert_eq!(error.code(), Some(70_008));
        assert_eq!(
            error.text(),
            "AADSTS70002: Error validating credentials. AADSTS70008: expired"
        );
    }

    #[test]
    fn an_error_without_code_has_none() {
        let error: EntraError = serde_json::from_str(r#"{"error":"invalid_request"}"#).unwrap();
        assert_eq!(error.code(), None);
    }
}
