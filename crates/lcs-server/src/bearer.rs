//! The bearer token of a request (RFC 6750 §2.1), and the answer to a bad one (§3).

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use lcs_directory::DirectoryFailure;
use lcs_tokens::{KeySet, Policy, TokenRejected, ValidatedToken, validate};
use lcs_types::{ClientId, TenantId};
use lcs_wire::well_known::LCS_CLIENT_ID;

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

/// Why a call to LCS has no good token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LcsTokenError {
    /// As with every resource.
    #[error(transparent)]
    Bearer(#[from] BearerError),
    /// The keys of a trusted tenant cannot be fetched.
    #[error("the keys of the token's issuer could not be fetched")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The keys of an issuer elsewhere, and the tenant that it stands for.
#[derive(Debug, Clone)]
pub struct TrustedKeys {
    /// Its published keys.
    pub keys: Arc<KeySet>,
    /// The tenant.
    pub tenant: TenantId,
}

/// Knows the tenants of another identity provider – Microsoft Entra itself – whose tokens are
/// believed here too.
#[async_trait]
pub trait TrustedIssuers: Send + Sync + std::fmt::Debug {
    /// The keys of an issuer, with the one that has this id if the issuer publishes it; `None` when
    /// the issuer is not trusted.
    async fn keys(
        &self,
        issuer: &str,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<TrustedKeys>, Box<dyn std::error::Error + Send + Sync>>;
}

/// The validated token of a call to LCS, by this server's identity provider or a trusted tenant's.
pub(crate) async fn lcs_token(
    services: &Services,
    headers: &HeaderMap,
    audiences: Vec<String>,
) -> Result<ValidatedToken, LcsTokenError> {
    let Some(trusted) = &services.trusted_issuers else {
        return Ok(token(services, headers, LCS_CLIENT_ID, audiences).await?);
    };
    let bearer = in_header(headers).ok_or(BearerError::Missing)?;
    let now = services.clock.now();
    if let Some((issuer, key_id)) = claimed_issuer(bearer) {
        let found = trusted.keys(&issuer, &key_id, now).await;
        if let Some(TrustedKeys { keys, tenant }) = found.map_err(LcsTokenError::Unreachable)? {
            let policy = Policy {
                issuers: vec![(issuer, tenant)],
                audiences,
                client_id: LCS_CLIENT_ID,
            };
            let validated = validate(bearer, &keys, &policy, now).map_err(BearerError::Rejected)?;
            return Ok(validated);
        }
    }
    Ok(token(services, headers, LCS_CLIENT_ID, audiences).await?)
}

/// What a token says of its issuer and key, to find the keys that prove it; believed by nobody.
fn claimed_issuer(token: &str) -> Option<(String, String)> {
    let mut parts = token.split('.');
    let mut decoded = || -> Option<serde_json::Value> {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let (header, claims) = (decoded()?, decoded()?);
    let text = |value: &serde_json::Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    Some((text(&claims, "iss")?, text(&header, "kid")?))
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
