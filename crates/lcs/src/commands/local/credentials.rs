//! `lcs local credentials`: the sample's users and their passwords.

use lcs_cloud::CloudConfig;
use serde::Serialize;

use super::no_local_cloud;
use crate::{
    args::LocalDirectoryArgs,
    commands::Context,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct Credential {
    user_principal_name: String,
    password: String,
    roles: Vec<String>,
    mfa: bool,
    totp_secret: Option<String>,
}

impl Shown for Credential {
    const COLUMNS: &'static [Column] = &[
        ("User name", "user_principal_name"),
        ("Password", "password"),
        ("Roles", "roles"),
        ("MFA", "mfa"),
        ("Authenticator secret", "totp_secret"),
    ];
}

pub(super) fn run(context: &Context, args: &LocalDirectoryArgs) -> Result<Report, Diagnostic> {
    let directory = context.paths.data_directory(args.data_dir.as_ref());
    let passwords =
        lcs_cloud::credentials(&directory)?.ok_or_else(|| no_local_cloud(&directory))?;
    let config =
        CloudConfig::of_data_directory(&directory)?.ok_or_else(|| no_local_cloud(&directory))?;
    let credentials: Vec<Credential> = config
        .all_users()
        .filter_map(|user| {
            Some(Credential {
                password: passwords.password_of(&user.user_principal_name)?.to_owned(),
                user_principal_name: user.user_principal_name.to_string(),
                roles: user.roles.clone(),
                mfa: user.mfa,
                totp_secret: passwords
                    .totp_secret_of(&user.user_principal_name)
                    .map(str::to_owned),
            })
        })
        .collect();
    Ok(Report::list(&credentials, "The tenant has no users."))
}
