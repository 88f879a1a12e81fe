//! Whole processes: a cached token from `lcs token`, beside what other tools take before they do
//! anything at all.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::cloud::{Cloud, Setup};

/// How often each program is run in a round.
const RUNS: usize = 10;

/// A program and its times, in milliseconds.
#[derive(Debug)]
pub(crate) struct StartUp {
    pub(crate) name: &'static str,
    pub(crate) milliseconds: Vec<f64>,
    program: PathBuf,
    arguments: Vec<String>,
}

/// The programs that are there, and where `lcs` is signed in.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) all: Vec<StartUp>,
    variables: Vec<(&'static str, String)>,
    _folder: TempDir,
}

impl Programs {
    /// Signs `lcs` in, and looks which peers there are.
    pub(crate) fn prepare(
        lcs: &Path,
        cloud: &Cloud,
        setup: &Setup,
        python: &Path,
        azure_cli: Option<&Path>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let variables = vec![
            ("LCS_CONFIG_DIR", path("config")),
            ("LCS_STATE_DIR", path("state")),
            ("LCS_AUTHORITY", cloud.authority()),
            ("LCS_API_URL", cloud.origin().to_owned()),
            ("LCS_RESOURCE", "https://lcsapi.lcs.dynamics.com".to_owned()),
            ("LCS_CLIENT_ID", setup.client_id.clone()),
            ("LCS_CA_CERTIFICATE", cloud.ca_certificate().to_owned()),
            ("LCS_CACHE", "file".to_owned()),
        ];
        let password = folder.path().join("password");
        fs::write(&password, &setup.password)?;
        let signed_in = Command::new(lcs)
            .args(["login", "--username", &setup.user_name])
            .env("LCS_PASSWORD_FILE", &password)
            .envs(variables.iter().cloned())
            .stdout(Stdio::null())
            .status()?;
        ensure!(signed_in.success(), "`lcs login` failed");
        let start_up = |name, program: &Path, arguments: &[&str]| StartUp {
            name,
            milliseconds: Vec::new(),
            program: program.to_owned(),
            arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
        };
        let mut all = vec![
            start_up("lcs token", lcs, &["token"]),
            start_up("lcs --version", lcs, &["--version"]),
            start_up("python -c 'import msal'", python, &["-c", "import msal"]),
        ];
        if let Some(azure_cli) = azure_cli {
            let arguments = ["account", "get-access-token"];
            all.push(start_up(
                "az account get-access-token",
                azure_cli,
                &arguments,
            ));
        }
        Ok(Self {
            all,
            variables,
            _folder: folder,
        })
    }

    /// One more round, in which the programs take turns.
    pub(crate) fn measure(&mut self) -> Result<()> {
        for _ in 0..RUNS {
            for program in &mut self.all {
                let started = Instant::now();
                // `az` fails without a sign-in, after all of its start-up.
                Command::new(&program.program)
                    .args(&program.arguments)
                    .envs(self.variables.iter().cloned())
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .with_context(|| format!("could not run `{}`", program.program.display()))?;
                let elapsed = started.elapsed().as_secs_f64() * 1_000.0;
                program.milliseconds.push(elapsed);
            }
        }
        Ok(())
    }
}
