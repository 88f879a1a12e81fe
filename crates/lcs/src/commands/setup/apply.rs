//! Does what was confirmed, and keeps the outcome in a profile.

use lcs_client::GraphApi;
use lcs_onboarding::{
    Applied, Prepared, Registration, RegistrationReport, RegistrationRequest, report::StepOutcome,
};
use lcs_types::{ClientId, TenantId};
use serde::Serialize;

use super::{administrator, record};
use crate::{
    args::SetupArgs,
    commands::Context,
    config::{Connection, Profile, Profiles},
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct SetUp {
    client_id: ClientId,
    tenant_id: TenantId,
    tenant: String,
    display_name: String,
    changed: bool,
    profile: Option<String>,
    steps: Vec<StepOutcome>,
}

impl Shown for SetUp {
    const COLUMNS: &'static [Column] = &[
        ("Application (client) id", "client_id"),
        ("Tenant", "tenant"),
        ("Tenant id", "tenant_id"),
        ("Changed", "changed"),
        ("Profile", "profile"),
    ];
}

pub(super) async fn run(
    context: &Context,
    connection: &Connection,
    args: &SetupArgs,
    graph: &GraphApi,
    request: &RegistrationRequest,
    prepared: Prepared,
) -> Result<Report, Diagnostic> {
    let tenant = prepared.facts.tenant.id;
    let mut record = record(context, args, tenant)?;
    let Applied { report, denied } =
        Registration::apply(graph, request, prepared, &mut record).await?;
    let profile = match &report {
        Some(report) if !args.no_profile => Some(keep(context, args, report)?),
        _ => None,
    };
    match report {
        Some(report) if denied.is_empty() => {
            for lookalike in &report.lookalikes {
                context.output.note(&format!(
                    "not taken, although it looks alike: {} ({})",
                    lookalike.display_name, lookalike.app_id
                ));
            }
            context.output.note(if profile.is_some() {
                "Next: lcs login"
            } else {
                "Next: lcs login with --tenant and --client-id"
            });
            Ok(Report::one(&SetUp {
                changed: !report.is_unchanged(),
                client_id: report.client_id,
                tenant_id: report.tenant_id,
                tenant: report.tenant_domain.unwrap_or(report.tenant_name),
                display_name: report.display_name,
                profile,
                steps: report.steps,
            }))
        }
        report => Err(administrator::needed(
            context,
            connection,
            args,
            tenant,
            report.as_ref(),
            &denied,
        )?),
    }
}

/// Keeps tenant and application in the profile in use, or in a new one.
fn keep(
    context: &Context,
    args: &SetupArgs,
    report: &RegistrationReport,
) -> Result<String, Diagnostic> {
    let path = context.paths.config_file();
    let mut profiles = Profiles::read(&path)?;
    let name = context
        .profile
        .clone()
        .or_else(|| profiles.current.clone())
        .unwrap_or_else(|| "default".to_owned());
    if !profiles.profiles.contains_key(&name) {
        // A new one is of use only with the addresses that this call was given.
        let flags = args.connection.clone();
        let new = Profile {
            region: flags.region,
            api_url: flags.api_url,
            authority: flags.authority,
            resource: flags.resource,
            graph_url: flags.graph_url,
            project: flags.project,
            ca_certificate: flags.ca_certificate,
            ..Profile::default()
        };
        profiles.profiles.insert(name.clone(), new);
        profiles.current.get_or_insert_with(|| name.clone());
    }
    let before = profiles.clone();
    if let Some(profile) = profiles.profiles.get_mut(&name) {
        profile.tenant = Some(report.tenant_id.to_string());
        profile.client_id = Some(report.client_id.to_string());
    }
    if profiles != before || !path.exists() {
        profiles.write(&path)?;
    }
    Ok(name)
}
