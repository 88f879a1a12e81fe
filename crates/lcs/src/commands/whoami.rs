//! `lcs whoami`: who is signed in, without asking anybody.

use jiff::Timestamp;
use lcs_signin::{NotSignedIn, SignInError};
use lcs_types::ClientId;
use serde::Serialize;

use super::{Context, signed_in::session};
use crate::{
    args::WhoamiArgs,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

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
}

impl Shown for Who {
    const COLUMNS: &'static [Column] = &[
        ("Profile", "profile"),
        ("Account", "account"),
        ("Tenant", "tenant"),
        ("Client id", "client_id"),
        ("Resource", "resource"),
        ("Access token until", "access_token_expires_at"),
        ("Renewed silently", "has_refresh_token"),
    ];
}

pub(super) async fn run(context: &Context, args: WhoamiArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let session = session(context, &connection, connection.username()?)?;
    let authority = connection.authority()?;
    let nobody = || {
        SignInError::from(NotSignedIn::Nobody {
            tenant: authority.tenant().to_owned(),
        })
    };
    let signed_in = session.signed_in().await?.ok_or_else(nobody)?;
    Ok(Report::one(&Who {
        profile: connection.profile.clone(),
        account: signed_in.account,
        tenant: authority.tenant().to_owned(),
        authority: authority.host_and_port(),
        client_id: connection.client_id()?,
        resource: connection.resource()?.as_str().to_owned(),
        access_token_expires_at: signed_in.expires_at,
        has_refresh_token: signed_in.is_renewable,
    }))
}
