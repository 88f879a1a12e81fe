//! `lcs whoami`: who is signed in and for how long, without asking anybody.

use jiff::{SignedDuration, Timestamp};
use lcs_signin::{CachePlace, NotSignedIn, SignInError};
use lcs_types::{ClientId, Clock as _, SystemClock};
use serde::Serialize;

use super::{Context, signed_in::session, token_cache};
use crate::{
    args::WhoamiArgs,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

/// How long before the end of a session that nobody uses its user is warned.
const WARNING: SignedDuration = SignedDuration::from_hours(14 * 24);

#[derive(Debug, Serialize)]
struct Who {
    profile: String,
    account: String,
    tenant: String,
    authority: String,
    client_id: ClientId,
    resource: String,
    access_token_expires_at: Timestamp,
    has_refresh_token: bool,
    refresh_token_expires_at: Option<Timestamp>,
    kept_in: CachePlace,
}

impl Shown for Who {
    const COLUMNS: &'static [Column] = &[
        ("Profile", "profile"),
        ("Account", "account"),
        ("Tenant", "tenant"),
        ("Client id", "client_id"),
        ("Resource", "resource"),
        ("Access token until", "access_token_expires_at"),
        ("Unused, renewable until", "refresh_token_expires_at"),
        ("Kept in", "kept_in"),
    ];
}

#[derive(Debug, Serialize)]
struct Kept(lcs_signin::CachedSignIn);

impl Shown for Kept {
    const COLUMNS: &'static [Column] = &[
        ("Account", "account"),
        ("Tenant", "tenant"),
        ("Authority", "authority"),
        ("Client id", "client_id"),
        ("Resource", "resource"),
        ("Access token until", "expires_at"),
        ("Renewed silently", "is_renewable"),
    ];
}

pub(super) async fn run(context: &Context, args: WhoamiArgs) -> Result<Report, Diagnostic> {
    if args.all {
        let kept = token_cache::open(context)?.sign_ins().await?;
        let kept: Vec<Kept> = kept.into_iter().map(Kept).collect();
        return Ok(Report::list(&kept, "nobody is signed in"));
    }
    let connection = context.connection(&args.connection)?;
    let session = session(context, &connection, connection.username()?)?;
    let authority = connection.authority()?;
    let nobody = || {
        SignInError::from(NotSignedIn::Nobody {
            tenant: authority.tenant().to_owned(),
        })
    };
    let signed_in = session.signed_in().await?.ok_or_else(nobody)?;
    if let Some(warning) = warning(signed_in.renewable_until, SystemClock.now()) {
        context.output.warning(&warning);
    }
    Ok(Report::one(&Who {
        profile: connection.profile.clone(),
        account: signed_in.account,
        tenant: authority.tenant().to_owned(),
        authority: authority.host_and_port(),
        client_id: connection.client_id()?,
        resource: connection.resource()?.as_str().to_owned(),
        access_token_expires_at: signed_in.expires_at,
        has_refresh_token: signed_in.renewable_until.is_some(),
        refresh_token_expires_at: signed_in.renewable_until,
        kept_in: session.cache().place(),
    }))
}

/// What to say when the session ends soon unless somebody uses it.
fn warning(renewable_until: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let left = renewable_until?.duration_since(now);
    if left > WARNING {
        return None;
    }
    Some(if left.is_positive() {
        format!(
            "the session ends in {} days unless it is used: any command that calls LCS renews it",
            left.as_hours() / 24
        )
    } else {
        "the session was not used for 90 days and has most likely ended: lcs login".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_warning_comes_two_weeks_before_the_inactivity_limit() {
        let end: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        let said = |days: i64| warning(Some(end), end - SignedDuration::from_hours(24 * days));
        assert_eq!(said(15), None);
        assert!(said(13).unwrap().contains("in 13 days"));
        assert!(said(-1).unwrap().contains("has most likely ended"));
        assert_eq!(warning(None, end), None);
    }
}
