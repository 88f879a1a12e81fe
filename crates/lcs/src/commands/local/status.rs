//! `lcs local status`: whether it runs, and where everything is.

use std::path::PathBuf;

use lcs_cloud::{CloudConfig, DataDirectory};
use lcs_types::{EnvironmentId, ProjectId, TenantId};
use serde::Serialize;

use super::no_local_cloud;
use crate::{
    args::LocalDirectoryArgs,
    commands::Context,
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct Status {
    running: bool,
    origin: Option<String>,
    authority: Option<String>,
    graph: Option<String>,
    lcs_api: Option<String>,
    data_directory: PathBuf,
    ca_certificate: PathBuf,
    tenant_id: TenantId,
    tenant_domain: String,
    project_id: ProjectId,
    environments: Vec<EnvironmentStatus>,
}

#[derive(Debug, Serialize)]
struct EnvironmentStatus {
    id: EnvironmentId,
    name: String,
    database: PathBuf,
}

impl Shown for Status {
    const COLUMNS: &'static [Column] = &[
        ("Running", "running"),
        ("Origin", "origin"),
        ("Data directory", "data_directory"),
        ("CA certificate", "ca_certificate"),
        ("Tenant", "tenant_domain"),
        ("Tenant id", "tenant_id"),
        ("Project", "project_id"),
    ];
}

pub(super) fn run(context: &Context, args: &LocalDirectoryArgs) -> Result<Report, Diagnostic> {
    let path = context.paths.data_directory(args.data_dir.as_ref());
    let config = CloudConfig::of_data_directory(&path)?.ok_or_else(|| no_local_cloud(&path))?;
    let running = lcs_cloud::running_instance(&path)?;
    let directory = DataDirectory::new(&path);
    let environments = config
        .environments
        .iter()
        .map(|environment| EnvironmentStatus {
            id: environment.id,
            name: environment.name.clone(),
            database: directory
                .environments()
                .join(environment.id.to_string())
                .join("database.sqlite"),
        })
        .collect();
    Ok(Report::one(&Status {
        running: running.is_some(),
        origin: running.as_ref().map(|facts| facts.origin.clone()),
        authority: running.as_ref().map(|facts| facts.authority.clone()),
        graph: running.as_ref().map(|facts| facts.graph.clone()),
        lcs_api: running.as_ref().map(|facts| facts.lcs_api.clone()),
        ca_certificate: directory.ca_certificate(),
        data_directory: path,
        tenant_id: config.tenant.id,
        tenant_domain: config.tenant.domain.to_string(),
        project_id: config.project.id,
        environments,
    }))
}
