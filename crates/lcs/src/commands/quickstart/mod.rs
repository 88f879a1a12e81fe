//! `lcs quickstart`: the whole story in one command, on a local cloud.
//!
//! - [`cloud`] – chapter 1: starts the local cloud
//! - [`registration`] – chapters 2 and 3: the article's steps 1 to 4 over HTTP, as an
//!   administrator and a client would
//! - [`movement`] – chapters 4 and 5: refresh, export, download, check
//! - [`narrator`] – how it is told; [`progress`] – what the engine is doing meanwhile
//!
//! A second run finds everything in place and says so.

mod cloud;
mod movement;
mod narrator;
mod progress;
mod registration;

use std::{path::PathBuf, sync::Arc};

use lcs_signin::TokenCache;
use serde::Serialize;

use self::narrator::Narrator;
use crate::{
    diagnostic::Diagnostic,
    output::{Column, Output, Report, Shown},
};

/// What the command is told.
#[derive(Debug, Clone)]
pub(crate) struct QuickstartSettings {
    /// Where the local cloud is kept.
    pub(crate) data_directory: PathBuf,
    /// The file of the operator's own key that seals the signing keys.
    pub(crate) key_encryption_key: Option<PathBuf>,
    /// How many rows a sample database has, roughly.
    pub(crate) rows: u64,
    /// The user's own SQLite database for the production environment.
    pub(crate) source: Option<PathBuf>,
}

/// What the story leaves behind, for the profile `local`.
#[derive(Debug, Clone)]
pub(crate) struct LocalProfile {
    /// The authority, tenant included.
    pub(crate) authority: String,
    /// The base of LCS calls.
    pub(crate) lcs_api: String,
    /// What tokens are requested for.
    pub(crate) lcs_resource: String,
    /// The certificate authority's file.
    pub(crate) ca_certificate: PathBuf,
    /// The registration.
    pub(crate) client_id: String,
    /// The project.
    pub(crate) project: i64,
    /// Who signed in.
    pub(crate) username: String,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Summary {
    origin: String,
    data_directory: PathBuf,
    tenant: String,
    client_id: String,
    signed_in_as: String,
    project_id: i64,
    source: String,
    target: String,
    refresh: &'static str,
    export: &'static str,
    backup: String,
    downloaded_to: PathBuf,
    size_bytes: u64,
    rows: u64,
    verified: bool,
    profile: &'static str,
}

impl Shown for Summary {
    const COLUMNS: &'static [Column] = &[
        ("Data directory", "data_directory"),
        ("Tenant", "tenant"),
        ("Client id", "client_id"),
        ("Signed in as", "signed_in_as"),
        ("Refresh", "refresh"),
        ("Export", "export"),
        ("Backup", "downloaded_to"),
        ("Rows", "rows"),
        ("Profile", "profile"),
    ];
}

/// The name of the profile that is left behind.
pub(crate) const PROFILE: &str = "local";

/// Tells the story. `keep_profile` saves the profile `local`; `cache` keeps the sign-in.
///
/// # Errors
///
/// Whatever went wrong, in the words of the command that a user would have run.
pub(crate) async fn run(
    output: &Output,
    settings: QuickstartSettings,
    cache: Arc<TokenCache>,
    keep_profile: impl FnOnce(&LocalProfile) -> Result<(), Diagnostic>,
) -> Result<Report, Diagnostic> {
    let narrator = Narrator::new(output);
    let (running, steps) = cloud::start(&narrator, &settings).await?;
    let told = tell(&narrator, &settings, &running, &steps, cache, keep_profile).await;
    let stopped = running.stop().await;
    let summary = told?;
    stopped.map_err(|error| cloud::stopping_failed(&error))?;
    narrator.what_next(&settings);
    Ok(Report::one(&summary))
}

async fn tell(
    narrator: &Narrator<'_>,
    settings: &QuickstartSettings,
    running: &lcs_cloud::RunningCloud,
    steps: &Arc<progress::StepDisplay>,
    cache: Arc<TokenCache>,
    keep_profile: impl FnOnce(&LocalProfile) -> Result<(), Diagnostic>,
) -> Result<Summary, Diagnostic> {
    let facts = running.facts();
    let http = registration::http(facts)?;
    let client_id = registration::register(narrator, facts, &http).await?;
    let session = registration::sign_in(narrator, facts, &http, client_id, cache).await?;
    let username = registration::service_user(facts)?
        .user_principal_name
        .to_string();
    keep_profile(&LocalProfile {
        authority: facts.authority.clone(),
        lcs_api: facts.lcs_api.clone(),
        lcs_resource: facts.lcs_resource.clone(),
        ca_certificate: facts.ca_certificate.clone(),
        client_id: client_id.to_string(),
        project: facts.project_id.0,
        username: username.clone(),
    })?;
    let moved = movement::perform(narrator, settings, running, steps, &http, session).await?;
    Ok(Summary {
        origin: facts.origin.clone(),
        data_directory: settings.data_directory.clone(),
        tenant: facts.tenant_domain.clone(),
        client_id: client_id.to_string(),
        signed_in_as: username,
        project_id: facts.project_id.0,
        source: moved.source,
        target: moved.target,
        refresh: moved.refresh,
        export: moved.export,
        backup: moved.backup,
        downloaded_to: moved.path,
        size_bytes: moved.size_bytes,
        rows: moved.rows,
        verified: true,
        profile: PROFILE,
    })
}
