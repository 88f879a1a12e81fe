//! Looking into a token without trusting it, to explain it to a person.
//!
//! Nothing here checks a signature. Access is decided by `lcs-tokens` alone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// The readable parts of a token.
#[derive(Debug, Clone, PartialEq)]
pub struct UnverifiedToken {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// A text is not a JSON web token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON web token: {reason}")]
pub struct NotAToken {
    /// What is wrong with it; never holds the text itself.
    pub reason: &'static str,
}

/// Reads header and claims.
///
/// # Errors
///
/// [`NotAToken`] when the text is not three parts of which two are base64url JSON objects.
pub fn read(token: &str) -> Result<UnverifiedToken, NotAToken> {
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NotAToken {
            reason: "it does not have three parts",
        });
    };
    Ok(UnverifiedToken {
        header: object(header)?,
        claims: object(claims)?,
    })
}

fn object(part: &str) -> Result<Map<String, Value>, NotAToken> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| NotAToken {
        reason: "a part is not base64url",
    })?;
    serde_json::from_slice(&bytes).map_err(|_| NotAToken {
        reason: "a part is not a JSON object",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_claims_are_read_without_the_signature() {
        let token = format!(
            "{}.{}.sig",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#),
            URL_SAFE_NO_PAD.encode(r#"{"scp":"user_impersonation"}"#)
        );
        assert_eq!(read(&token).unwrap().claims["scp"], "user_impersonation");
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "a.b", "a.b.c", "a.b.c.d", "e30.e30"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("e30.e30.x").is_ok());
    }
}
