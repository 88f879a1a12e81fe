//! `lcs logout`: forgets the session. Tokens that were issued stay valid until they expire.

use serde::Serialize;

use super::{Context, signed_in::session, token_cache};
use crate::{
    args::LogoutArgs,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct LoggedOut {
    sessions_forgotten: usize,
}

impl Shown for LoggedOut {
    const COLUMNS: &'static [Column] = &[("Sessions forgotten", "sessions_forgotten")];
}

pub(super) async fn run(context: &Context, args: LogoutArgs) -> Result<Report, Diagnostic> {
    let sessions_forgotten = if args.all {
        token_cache::forget_all(context).await?
    } else {
        let connection = context.connection(&args.connection)?;
        session(context, &connection, connection.username()?)?
            .sign_out()
            .await?
    };
    Ok(Report::one(&LoggedOut { sessions_forgotten }))
}
