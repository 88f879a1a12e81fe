//! `lcs login`: signs in and keeps the session.

use jiff::Timestamp;
use lcs_signin::SignedIn;
use serde::Serialize;

use super::{Context, sign_in::sign_in, signed_in::session};
use crate::{
    args::LoginArgs,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct LoggedIn {
    account: String,
    tenant: String,
    resource: String,
    expires_at: Timestamp,
    renewable: bool,
}

impl Shown for LoggedIn {
    const COLUMNS: &'static [Column] = &[
        ("Account", "account"),
        ("Tenant", "tenant"),
        ("Access token until", "expires_at"),
        ("Renewed silently", "renewable"),
    ];
}

pub(super) async fn run(context: &Context, args: LoginArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let tenant = connection.authority()?.tenant().to_owned();
    let resource = connection.resource()?.as_str().to_owned();
    let signed_in = sign_in(context, &connection, &args.flow, |account| {
        session(context, &connection, account)
    })
    .await?;
    Ok(Report::one(&logged_in(signed_in, tenant, resource)))
}

fn logged_in(signed_in: SignedIn, tenant: String, resource: String) -> LoggedIn {
    LoggedIn {
        account: signed_in.account,
        tenant,
        resource,
        expires_at: signed_in.expires_at,
        renewable: signed_in.is_renewable,
    }
}
