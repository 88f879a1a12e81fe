//! `lcs sandbox`: a program that finds the local cloud where it expects Microsoft's.
//!
//! The cloud lives in this process, on a port of its own, as long as the program does. Standard
//! input, output and error are the program's, so nothing is said here unless something fails.

mod signals;

use std::{
    path::Path,
    process::{ExitStatus, Stdio},
    sync::Arc,
};

use lcs_cloud::{CloudConfig, NoObserver, RunningCloud, StartOptions};
use lcs_sandbox::{Change, Network, Proxy, Routes};
use lcs_types::{SystemClock, SystemRandomness};
use tokio::process::Command;

use super::Context;
use crate::{
    args::{SandboxArgs, SandboxNetwork},
    diagnostic::{Code, Diagnostic},
    output::Report,
};
use signals::{Signals, exit_code};

pub(super) async fn run(context: &Context, args: SandboxArgs) -> Result<Report, Diagnostic> {
    let folder = temporary_folder().map_err(|error| {
        Diagnostic::new(Code::File, "could not make a temporary folder").caused_by(&error)
    })?;
    let options = StartOptions {
        data_directory: context.paths.data_directory(args.data_dir.as_ref()),
        listen: ([127, 0, 0, 1], 0).into(),
        host_names: Vec::new(),
        config: args.config.as_deref().map(CloudConfig::read).transpose()?,
        source: None,
        sample_rows: args.rows,
        ready_file: Some(ready_file(folder.path())),
        in_sandbox: true,
        key_encryption_key: context.environment.key_encryption_key_file.clone(),
        user_rules: None,
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        observer: Arc::new(NoObserver),
    };
    // Before the start, so that a signal during it is not lost.
    let mut signals = Signals::listen()?;
    let cloud = tokio::select! {
        started = RunningCloud::start(options) => started?,
        signal = signals.next() => return Ok(Report::Ended(signal.exit_code())),
    };
    let ended = run_program(&args, &cloud, folder.path(), signals).await;
    let stopped = cloud.stop().await;
    let exit_code = ended?;
    stopped.map_err(|error| {
        Diagnostic::new(Code::LocalCloud, "the local cloud did not stop cleanly").caused_by(&error)
    })?;
    Ok(Report::Ended(exit_code))
}

async fn run_program(
    args: &SandboxArgs,
    cloud: &RunningCloud,
    folder: &Path,
    mut signals: Signals,
) -> Result<u8, Diagnostic> {
    let network = match args.network {
        SandboxNetwork::Refuse => Network::Refuse,
        SandboxNetwork::Pass => Network::Pass,
    };
    let bundle = folder.join("certificates.pem");
    write_bundle(&bundle, cloud, network)?;
    let address = cloud.address();
    let proxy = Proxy::start(Routes::new(address.port(), network), address)
        .await
        .map_err(|error| Diagnostic::of(Code::LocalCloud, &error))?;

    let mut words = args.program.iter();
    let program = words.next().ok_or_else(no_program)?;
    let mut command = Command::new(program);
    command
        .args(words)
        .stdin(Stdio::inherit())
        .kill_on_drop(true);
    let ready_file = ready_file(folder);
    for (name, change) in lcs_sandbox::environment(proxy.address(), &bundle, &ready_file, network) {
        match change {
            Change::Set(value) => command.env(name, value),
            Change::Remove => command.env_remove(name),
        };
    }
    let failed = |error: std::io::Error| {
        let message = format!("could not run `{}`", program.display());
        Diagnostic::new(Code::ProgramNotRun, message)
            .caused_by(&error)
            .help("name a program on the PATH, or its path: lcs sandbox -- PROGRAM ARGUMENTS")
    };
    let mut child = command.spawn().map_err(failed)?;
    let status: ExitStatus = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(failed)?,
            signal = signals.next() => signal.pass_on(&child),
        }
    };
    Ok(exit_code(status))
}

/// A folder that its owner alone can read; it is removed when it is dropped.
fn temporary_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("lcs-sandbox-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

fn ready_file(folder: &Path) -> std::path::PathBuf {
    folder.join("ready.json")
}

fn write_bundle(path: &Path, cloud: &RunningCloud, network: Network) -> Result<(), Diagnostic> {
    let local = &cloud.facts().ca_certificate;
    let local =
        std::fs::read_to_string(local).map_err(|error| Diagnostic::file("read", local, &error))?;
    let sandbox = cloud.sandbox_authority().unwrap_or_default();
    let text = lcs_sandbox::bundle::bundle(&[sandbox, &local], network);
    std::fs::write(path, text).map_err(|error| Diagnostic::file("write", path, &error))
}

fn no_program() -> Diagnostic {
    Diagnostic::new(Code::Usage, "there is no program to run")
        .help("name it behind two dashes: lcs sandbox -- PROGRAM ARGUMENTS")
}
