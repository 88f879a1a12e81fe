//! The claims of an access token, explained and judged. Pure, and informative only: whether a token
//! is good is decided by the resource, with the signature.
//!
//! - `claims.rs` – what the claims mean
//! - `finding.rs` – what can be wrong with a token
//! - here – the judgement

mod claims;
mod finding;

use jiff::{SignedDuration, Timestamp};
use lcs_types::{ClientId, Region};
use lcs_wire::well_known::USER_IMPERSONATION;
use serde_json::{Map, Value};

pub use claims::meaning;
pub use finding::Finding;

/// How far clocks may differ ("Access tokens": five minutes).
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What a token is compared with. A token from elsewhere may be looked at without any settings.
#[derive(Debug, Clone)]
pub struct Expected {
    /// What tokens are requested for: a URL or an application id.
    pub resource: Option<String>,
    /// The tenant's id, if the settings name it by id.
    pub tenant: Option<String>,
    /// The application.
    pub client_id: Option<ClientId>,
    /// This machine's time.
    pub now: Timestamp,
}

/// What can be said of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is as LCS wants it.
    Good,
    /// It is not, or should not be there; the finding says why.
    Bad(Finding),
    /// LCS does not look at it, or there is nothing to compare it with.
    None,
}

/// What is wrong with a claim, if anything.
type Judged = Option<Finding>;

/// Everything that is wrong with a token, the most telling first.
pub fn findings(claims: &Map<String, Value>, expected: &Expected) -> Vec<Finding> {
    let names = [
        "idtyp", "scp", "nonce", "aud", "iss", "tid", "appid", "azp", "idp", "exp", "nbf",
    ];
    let mut findings = Vec::new();
    for name in names {
        if let Verdict::Bad(finding) = verdict(name, claims, expected)
            && !findings.contains(&finding)
        {
            findings.push(finding);
        }
    }
    findings
}

/// What can be said of one claim, which may be missing.
pub fn verdict(name: &str, claims: &Map<String, Value>, expected: &Expected) -> Verdict {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let instant = |name: &str| {
        let seconds = claims.get(name).and_then(Value::as_i64)?;
        Timestamp::from_second(seconds).ok()
    };
    // A claim that is not there is not judged, except for `scp`.
    let judged = |finding: Option<Judged>| finding.map_or(Verdict::None, Verdict::of);
    match name {
        "scp" => Verdict::of(scopes(claims)),
        "idtyp" => judged(text(name).map(|kind| (kind == "app").then_some(Finding::NotDelegated))),
        "nonce" => judged(text(name).map(|_| is_id_token(claims).then_some(Finding::IdToken))),
        "aud" => text(name).map_or(Verdict::None, |found| audience(found, claims, expected)),
        "iss" => judged(text("tid").map(|tenant| {
            let issuer = text(name).unwrap_or_default();
            (!issuer.contains(tenant)).then(|| Finding::OtherIssuer {
                issuer: issuer.to_owned(),
            })
        })),
        "tid" => judged(
            text(name)
                .zip(expected.tenant.as_deref())
                .map(|(found, wanted)| {
                    (!found.eq_ignore_ascii_case(wanted)).then(|| Finding::OtherTenant {
                        wanted: wanted.to_owned(),
                        found: found.to_owned(),
                    })
                }),
        ),
        "appid" | "azp" => judged(text(name).zip(expected.client_id).map(|(found, wanted)| {
            (!found.eq_ignore_ascii_case(&wanted.to_string())).then(|| Finding::OtherApplication {
                wanted,
                found: found.to_owned(),
            })
        })),
        "idp" => judged(text(name).map(|provider| {
            Some(Finding::Guest {
                provider: provider.to_owned(),
            })
        })),
        "exp" => {
            judged(instant(name).map(|at| (at <= expected.now).then_some(Finding::Expired { at })))
        }
        // Entra dates tokens five minutes back, so a start to come is a matter of clocks.
        "nbf" => judged(
            instant(name)
                .map(|from| (from > expected.now).then_some(Finding::NotValidYet { from })),
        ),
        _ => Verdict::None,
    }
}

impl Verdict {
    fn of(finding: Option<Finding>) -> Self {
        finding.map_or(Self::Good, Self::Bad)
    }
}

/// Delegated means that `scp` is there: an application's own token has none.
fn scopes(claims: &Map<String, Value>) -> Option<Finding> {
    match claims.get("scp").and_then(Value::as_str) {
        None if is_id_token(claims) => Some(Finding::IdToken),
        None => Some(Finding::NotDelegated),
        Some(scopes) if scopes.split(' ').any(|scope| scope == USER_IMPERSONATION) => None,
        Some(scopes) => Some(Finding::PermissionMissing {
            found: scopes.to_owned(),
        }),
    }
}

/// An id token is for the application itself.
fn is_id_token(claims: &Map<String, Value>) -> bool {
    let is_for_application = claims
        .get("aud")
        .and_then(Value::as_str)
        .is_some_and(|audience| audience.parse::<ClientId>().is_ok());
    is_for_application && !claims.contains_key("scp") && !claims.contains_key("appid")
}

fn audience(found: &str, claims: &Map<String, Value>, expected: &Expected) -> Verdict {
    if is_id_token(claims) {
        return Verdict::Bad(Finding::IdToken);
    }
    let Some(wanted) = expected.resource.as_deref() else {
        return Verdict::None;
    };
    let is_lcs_by_id = found.eq_ignore_ascii_case(&lcs_wire::well_known::LCS_CLIENT_ID.to_string());
    if bare(found) == bare(wanted) || is_lcs_by_id {
        return Verdict::Good;
    }
    Verdict::Bad(match (region_of(found), region_of(wanted)) {
        (Some(found), Some(wanted)) => Finding::OtherRegion { wanted, found },
        _ => Finding::OtherAudience {
            wanted: wanted.to_owned(),
            found: found.to_owned(),
        },
    })
}

/// Without the slash at the end, in which the resource's spellings differ.
fn bare(text: &str) -> String {
    let text = text.strip_suffix('/').unwrap_or(text);
    text.to_ascii_lowercase()
}

/// The region whose API has this address.
fn region_of(audience: &str) -> Option<Region> {
    let host = bare(audience);
    let host = host.strip_prefix("https://")?;
    Region::ALL
        .into_iter()
        .find(|region| region.api_host() == host)
}

#[cfg(test)]
mod tests;
