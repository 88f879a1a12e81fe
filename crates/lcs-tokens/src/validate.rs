//! Believing a token: signature, issuer, audience, lifetime; one error for each thing that fails.
//!
//! Strict by default (RFC 8725): RS256 only, a known key, no critical extensions, no embedded
//! keys. Whether the token is *enough* – a user behind it, a scope, a role – is the resource's
//! decision.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, TenantId};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::keys::KeySet;

/// How far clocks may differ ("Access tokens").
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(300);
/// Far beyond any real token; keeps foreign bytes from costing much.
const LONGEST_TOKEN: usize = 32 * 1024;

/// What a resource server accepts.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Accepted issuers with their tenants, exactly as they stand in tokens.
    pub issuers: Vec<(String, TenantId)>,
    /// Identifiers of this resource; a slash at the end does not count.
    pub audiences: Vec<String>,
    /// The resource's application id, which may be the audience too.
    pub client_id: ClientId,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRejected {
    /// It is not three base64url parts with JSON.
    #[error("the token is malformed")]
    Malformed,
    /// Its algorithm is not RS256.
    #[error("the token's algorithm is not RS256")]
    Algorithm,
    /// Its header asks for things that are never done here (`crit`, `jwk`, `jku`, `x5c`, `x5u`).
    #[error("the token's header has an extension that is not accepted")]
    HeaderExtension,
    /// No published key has its key id; the keys may have been rotated.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The signature does not belong to key and content.
    #[error("the token's signature is invalid")]
    Signature,
    /// Another authority, or another tenant's.
    #[error("the token's issuer is not accepted")]
    Issuer,
    /// `tid` is missing or is not the issuer's tenant.
    #[error("the token's tenant is not the issuer's")]
    Tenant,
    /// It is for another resource.
    #[error("the token's audience `{audience}` is not this resource")]
    Audience {
        /// The audience found.
        audience: String,
    },
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It was valid until this instant.
    #[error("the token expired at {expired_at}")]
    Expired {
        /// When.
        expired_at: Timestamp,
    },
    /// It has no expiry.
    #[error("the token has no expiry")]
    NoExpiry,
    /// It is an id token.
    #[error("the token is an id token, not an access token")]
    IdToken,
}

/// A token that is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidatedToken {
    /// The tenant that issued it.
    pub tenant: TenantId,
    /// All claims.
    pub claims: Map<String, Value>,
}

impl ValidatedToken {
    /// A claim that is a text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// The values of `scp`.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.text("scp")
            .unwrap_or_default()
            .split_ascii_whitespace()
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
    jwk: Option<Value>,
    jku: Option<Value>,
    x5c: Option<Value>,
    x5u: Option<Value>,
}

/// Checks a token against keys, policy and time.
///
/// # Errors
///
/// [`TokenRejected`] with the first thing that fails; the signature comes before every claim.
pub fn validate(
    token: &str,
    keys: &KeySet,
    policy: &Policy,
    now: Timestamp,
) -> Result<ValidatedToken, TokenRejected> {
    let claims = verified_claims(token, keys)?;
    let tenant = check_issuer(&claims, policy)?;
    check_audience(&claims, policy)?;
    check_lifetime(&claims, now)?;
    if claims.contains_key("nonce") {
        return Err(TokenRejected::IdToken);
    }
    Ok(ValidatedToken { tenant, claims })
}

fn verified_claims(token: &str, keys: &KeySet) -> Result<Map<String, Value>, TokenRejected> {
    if token.len() > LONGEST_TOKEN {
        return Err(TokenRejected::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenRejected::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(TokenRejected::Malformed)?;
    let decode = |part: &str| {
        URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| TokenRejected::Malformed)
    };
    let (header, claims, signature) = (decode(header)?, decode(claims)?, decode(signature)?);
    let header: Header = serde_json::from_slice(&header).map_err(|_| TokenRejected::Malformed)?;
    if header.alg != "RS256" {
        return Err(TokenRejected::Algorithm);
    }
    let extensions = [header.crit, header.jwk, header.jku, header.x5c, header.x5u];
    if extensions.iter().any(Option::is_some) {
        return Err(TokenRejected::HeaderExtension);
    }
    let key = header.kid.as_deref().and_then(|kid| keys.find(kid));
    let key = key.ok_or(TokenRejected::UnknownKey)?;
    key.verify_sig(signed.as_bytes(), &signature)
        .map_err(|_| TokenRejected::Signature)?;
    serde_json::from_slice(&claims).map_err(|_| TokenRejected::Malformed)
}

fn check_issuer(claims: &Map<String, Value>, policy: &Policy) -> Result<TenantId, TokenRejected> {
    let issuer = claims
        .get("iss")
        .and_then(Value::as_str)
        .ok_or(TokenRejected::Issuer)?;
    let accepted = policy
        .issuers
        .iter()
        .find(|(accepted, _)| accepted == issuer);
    let (_, tenant) = accepted.ok_or(TokenRejected::Issuer)?;
    let claimed = claims
        .get("tid")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    if claimed == Some(*tenant) {
        Ok(*tenant)
    } else {
        Err(TokenRejected::Tenant)
    }
}

fn check_audience(claims: &Map<String, Value>, policy: &Policy) -> Result<(), TokenRejected> {
    let audience = claims
        .get("aud")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_name = policy
        .audiences
        .iter()
        .any(|known| same_resource(known, audience));
    if is_name || audience.parse() == Ok(policy.client_id) {
        return Ok(());
    }
    Err(TokenRejected::Audience {
        audience: audience.chars().take(200).collect(),
    })
}

/// Whether two identifiers name one resource: exactly one slash at the end is ignored; scheme and
/// host, which is all that such identifiers have, compare without case.
pub fn same_resource(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    !bare(one).is_empty() && bare(one) == bare(other)
}

fn check_lifetime(claims: &Map<String, Value>, now: Timestamp) -> Result<(), TokenRejected> {
    let instant = |claim: &str| {
        claims
            .get(claim)
            .and_then(Value::as_i64)
            .and_then(|at| Timestamp::from_second(at).ok())
    };
    let expiry = instant("exp").ok_or(TokenRejected::NoExpiry)?;
    if now.duration_since(expiry) >= CLOCK_SKEW {
        return Err(TokenRejected::Expired { expired_at: expiry });
    }
    if instant("nbf").is_some_and(|start| start.duration_since(now) > CLOCK_SKEW) {
        return Err(TokenRejected::NotYetValid);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
