//! Chapter 1: the local cloud.

use std::{io, sync::Arc};

use lcs_cloud::{RunningCloud, StartError, StartOptions};
use lcs_types::{SystemClock, SystemRandomness};

use super::{QuickstartSettings, narrator::Narrator, progress::StepDisplay};
use crate::diagnostic::{Code, Diagnostic};

/// The port that `lcs serve` listens on, so that the profile fits it.
const USUAL_PORT: u16 = 8443;

pub(super) async fn start(
    narrator: &Narrator<'_>,
    settings: &QuickstartSettings,
) -> Result<(RunningCloud, Arc<StepDisplay>), Diagnostic> {
    narrator.chapter(
        1,
        "A local cloud: Entra, Microsoft Graph, Lifecycle Services",
    );
    let is_new = !lcs_cloud::DataDirectory::new(&settings.data_directory).exists();
    let steps = Arc::new(StepDisplay::new(narrator.is_live()));
    let cloud = match RunningCloud::start(options(settings, &steps, USUAL_PORT)).await {
        // Any free port will do.
        Err(StartError::Listen { source, .. }) if source.kind() == io::ErrorKind::AddrInUse => {
            RunningCloud::start(options(settings, &steps, 0)).await
        }
        outcome => outcome,
    };
    let cloud = cloud.map_err(Diagnostic::from)?;
    let facts = cloud.facts();
    narrator.line(&format!("listening at {}", facts.origin));
    narrator.line(&format!(
        "certificate authority {}",
        facts.ca_certificate.display()
    ));
    let state = if is_new { "made" } else { "already in place:" };
    narrator.line(&format!(
        "{state} tenant {} with {} users, project {} with {} environments",
        facts.tenant_domain,
        facts.users.len(),
        facts.project_id,
        facts.environments.len()
    ));
    for environment in &facts.environments {
        let database = cloud
            .data_directory()
            .environments()
            .join(environment.id.to_string())
            .join("database.sqlite");
        let size = std::fs::metadata(&database).map_or(0, |metadata| metadata.len());
        narrator.line(&format!(
            "  {:<14} {:<10}  database of {:.1} MB",
            environment.name,
            environment.environment_type,
            megabytes(size)
        ));
    }
    Ok((cloud, steps))
}

fn options(settings: &QuickstartSettings, steps: &Arc<StepDisplay>, port: u16) -> StartOptions {
    StartOptions {
        data_directory: settings.data_directory.clone(),
        listen: ([127, 0, 0, 1], port).into(),
        host_names: Vec::new(),
        config: None,
        source: settings.source.clone(),
        sample_rows: settings.rows,
        ready_file: None,
        in_sandbox: false,
        user_rules: None,
        key_encryption_key: settings.key_encryption_key.clone(),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        observer: steps.clone(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "for display")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

pub(super) fn stopping_failed(error: &io::Error) -> Diagnostic {
    Diagnostic::new(Code::LocalCloud, "the local cloud did not stop cleanly").caused_by(error)
}
