//! `lcs serve`: the local cloud in the foreground, until it is asked to stop.

use std::sync::Arc;

use lcs_cloud::{CloudConfig, NoObserver, RunningCloud, StartOptions};
use lcs_types::{SystemClock, SystemRandomness};

use super::Context;
use crate::{
    args::ServeArgs,
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) async fn run(context: &Context, args: ServeArgs) -> Result<Report, Diagnostic> {
    let data_directory = context.paths.data_directory(args.data_dir.as_ref());
    let options = StartOptions {
        data_directory: data_directory.clone(),
        listen: args.listen,
        host_names: args.host_name,
        config: args.config.as_deref().map(CloudConfig::read).transpose()?,
        source: args.source,
        sample_rows: args.rows,
        ready_file: args.ready_file,
        in_sandbox: false,
        user_rules: args.rules.as_deref().map(rules).transpose()?,
        key_encryption_key: context.environment.key_encryption_key_file.clone(),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        observer: Arc::new(NoObserver),
    };
    // Before the start, so that a signal during it is not lost.
    let stop = stop_signal()?;
    let cloud = RunningCloud::start(options).await?;
    let facts = cloud.facts();
    let output = &context.output;
    output.note(&format!("listening at {}", facts.origin));
    output.note(&format!("  authority       {}", facts.authority));
    output.note(&format!("  Graph           {}", facts.graph));
    output.note(&format!(
        "  LCS             {}, project {}",
        facts.lcs_api, facts.project_id
    ));
    output.note(&format!(
        "  CA certificate  {}",
        facts.ca_certificate.display()
    ));
    output.note(&format!(
        "  users           lcs local credentials --data-dir \"{}\"",
        data_directory.display()
    ));
    output.note("Ctrl-C stops; what is under way is taken up at the next start.");
    stop.await;
    output.note("stopping");
    cloud.stop().await.map_err(|error| {
        Diagnostic::new(Code::LocalCloud, "the local cloud did not stop cleanly").caused_by(&error)
    })?;
    Ok(Report::Nothing)
}

fn rules(path: &std::path::Path) -> Result<Arc<str>, Diagnostic> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Diagnostic::file("read", path, &error))?;
    Ok(text.into())
}

/// Ends when the process is asked to: Ctrl-C, or SIGTERM where there is one.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, Diagnostic> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| Diagnostic::of(Code::Unexpected, &error));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends when the process is asked to.
#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of the other platform's"
)]
fn stop_signal() -> Result<impl Future<Output = ()>, Diagnostic> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
