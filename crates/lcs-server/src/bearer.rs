//! The bearer token of a request (RFC 6750 §2.1), and the answer to a bad one (§3).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lcs_directory::DirectoryFailure;
use lcs_tokens::{Policy, TokenRejected, ValidatedToken, validate};
use lcs_types::ClientId;

use crate::state::Services;

/// Why a request has no good token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BearerError {
    /// There is none, or more than one, or it is not in the header.
    #[error("the request has no bearer token")]
    Missing,
    /// It is not believed.
    #[error(transparent)]
    Rejected(#[from] TokenRejected),
    /// Something of ours failed.
    #[error(transparent)]
    Failed(#[from] DirectoryFailure),
}

/// The validated token of a request to this resource.
pub(crate) async fn token(
    services: &Services,
    headers: &HeaderMap,
    client_id: ClientId,
    audiences: Vec<String>,
) -> Result<ValidatedToken, BearerError> {
    let token = in_header(headers).ok_or(BearerError::Missing)?;
    let origins: Vec<&str> = services
        .origins
        .all()
        .map(crate::origin::Origin::as_str)
        .collect();
    let issuers = services.directory.issuers(&origins).await?;
    let keys = services.directory.published_keys().await?;
    let policy = Policy {
        issuers,
        audiences,
        client_id,
    };
    Ok(validate(token, &keys, &policy, services.clock.now())?)
}

fn in_header(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// 401 with an empty body; the reason stands in `WWW-Authenticate` and never holds the token.
pub(crate) fn unauthorized(description: &str) -> Response {
    challenge(StatusCode::UNAUTHORIZED, "invalid_token", description)
}

/// 403 for a token that is good but not enough.
pub(crate) fn forbidden(description: &str) -> Response {
    challenge(StatusCode::FORBIDDEN, "insufficient_scope", description)
}

fn challenge(status: StatusCode, error: &str, description: &str) -> Response {
    // RFC 6750 §3: no quotes, backslashes or control characters in a description.
    let description: String = description
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != '"' && c != '\\' {
                c
            } else {
                ' '
            }
        })
        .collect();
    let value = format!("Bearer error=\"{error}\", error_description=\"{description}\"");
    let mut response = status.into_response();
    if let Ok(value) = HeaderValue::from_str(&value) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        in_header(&headers).map(str::to_owned)
    }

    #[test]
    fn there_is_exactly_one_bearer_token_or_none() {
        assert_eq!(found(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(found(&["bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(found(&[]), None);
        assert_eq!(found(&["Bearer a", "Bearer b"]), None);
        assert_eq!(found(&["Basic abc"]), None);
        assert_eq!(found(&["abc"]), None);
    }

    #[test]
    fn a_description_cannot_break_out_of_its_quotes() {
        let response = unauthorized("a\"b\\c\r\nd");
        let value = response.headers()[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap();
        assert_eq!(
            value,
            "Bearer error=\"invalid_token\", error_description=\"a b c  d\""
        );
    }
}
