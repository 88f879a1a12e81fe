//! Programs that fetch a URL, each a process whose time and memory are measured.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use lcs_client::{DownloadRequest, FixedLink, download};
use lcs_signin::{HttpClient, HttpSettings};
use lcs_types::NoProgress;

/// What the client's download does, by other programs.
const CURL_AND_CHECKS: &str = "curl; md5sum; sha256sum; sync";

/// How often a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// One download by a process.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) elapsed: Duration,
    /// Bytes that were resident at most; nothing where the system does not say.
    pub(crate) peak_memory: Option<u64>,
}

/// A program and its downloads.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) runs: Vec<Run>,
    path: PathBuf,
    arguments: fn(&str, &Path, &Path) -> Vec<String>,
}

impl Program {
    /// The client's own download first, then the others that are there.
    pub(crate) fn all(curl: &Path, aria2: &Path) -> Result<Vec<Self>> {
        let mut all = vec![Self::own()?];
        all.push(Self::new("curl", curl, |url, certificates, to| {
            ["--silent", "--show-error", "--fail", "--cacert"]
                .map(str::to_owned)
                .into_iter()
                .chain([
                    text(certificates),
                    "--output".to_owned(),
                    text(to),
                    url.to_owned(),
                ])
                .collect()
        }));
        all.push(Self::new(
            "aria2c -x4 -s4 -k8M",
            aria2,
            |url, certificates, to| {
                let folder = to.parent().unwrap_or(Path::new("."));
                let name = to.file_name().unwrap_or_default().to_string_lossy();
                vec![
                    "-q".to_owned(),
                    "-x4".to_owned(),
                    "-s4".to_owned(),
                    "-k8M".to_owned(),
                    "--file-allocation=none".to_owned(),
                    format!("--ca-certificate={}", certificates.display()),
                    format!("--dir={}", folder.display()),
                    format!("--out={name}"),
                    url.to_owned(),
                ]
            },
        ));
        all.push(Self::new(CURL_AND_CHECKS, Path::new("sh"), |url, certificates, to| {
            let work = r#"curl -sSf --cacert "$1" -o "$2" "$0" && md5sum "$2" && sha256sum "$2" && sync "$2""#;
            ["-c".to_owned(), work.to_owned(), url.to_owned(), text(certificates), text(to)].into()
        }));
        all.retain(Self::is_there);
        Ok(all)
    }

    /// The client's download, which this program is too.
    pub(crate) fn own() -> Result<Self> {
        let own = env::current_exe()?;
        Ok(Self::new("lcs", &own, |url, certificates, to| {
            let options = [
                ("--fetch", url.to_owned()),
                ("--to", text(to)),
                ("--certificates", text(certificates)),
            ];
            let words = options.map(|(name, value)| [name.to_owned(), value]);
            words.into_iter().flatten().collect()
        }))
    }

    fn new(
        name: &'static str,
        path: &Path,
        arguments: fn(&str, &Path, &Path) -> Vec<String>,
    ) -> Self {
        Self {
            name,
            runs: Vec::new(),
            path: path.to_owned(),
            arguments,
        }
    }

    fn is_there(&self) -> bool {
        let version = Command::new(&self.path)
            .arg("--help")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        version.is_ok()
    }

    /// Fetches the URL into the folder, and deletes what came.
    pub(crate) fn run(&self, url: &str, certificates: &Path, folder: &Path) -> Result<Run> {
        let to = folder.join("fetched");
        let start = Instant::now();
        let mut process = Command::new(&self.path)
            .args((self.arguments)(url, certificates, &to))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("could not run {}", self.name))?;
        let mut peak_memory = None;
        let status = loop {
            if let Some(status) = process.try_wait()? {
                break status;
            }
            peak_memory = peak(process.id()).or(peak_memory);
            sleep(LOOK_EVERY);
        };
        let elapsed = start.elapsed();
        ensure!(status.success(), "{} ended with {status}", self.name);
        fs::remove_file(&to)?;
        Ok(Run {
            elapsed,
            peak_memory,
        })
    }
}

/// What a measured process does.
pub(crate) async fn fetch(url: &str, to: &Path, certificates: &Path) -> Result<()> {
    let http = HttpClient::new(HttpSettings {
        extra_certificates: Some(certificates.to_owned()),
        ..HttpSettings::default()
    })?;
    let request = DownloadRequest::new(url.parse()?, to);
    let done = download(&http, &request, &FixedLink, &NoProgress).await?;
    ensure!(!done.verified_by.is_empty(), "no checksum was compared");
    Ok(())
}

/// The most memory that a process has had.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
