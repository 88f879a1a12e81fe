//! Fetching a file of LCS: where it goes, how it shows, and what Ctrl-C leaves. Which file, and how its
//! link is renewed, is each command's own.

use std::path::PathBuf;

use lcs_client::{DownloadRequest, Downloaded, Existing, LinkSource, download};
use serde::Serialize;

use super::{Context, signed_in::SignedInApi};
use crate::{
    diagnostic::{Code, Diagnostic},
    output::progress::TransferDisplay,
};

/// A file that was fetched, as commands print it.
#[derive(Debug, Serialize)]
pub(super) struct Fetched {
    path: PathBuf,
    size_bytes: u64,
    sha256: String,
    verified: bool,
    verified_by: Vec<&'static str>,
    resumed_from_bytes: u64,
}

impl From<Downloaded> for Fetched {
    fn from(downloaded: Downloaded) -> Self {
        Self {
            path: downloaded.path,
            size_bytes: downloaded.size_bytes,
            sha256: downloaded.sha256,
            verified: !downloaded.verified_by.is_empty(),
            verified_by: downloaded.verified_by,
            resumed_from_bytes: downloaded.resumed_from_bytes,
        }
    }
}

/// Fetches a file, showing how it goes.
///
/// # Errors
///
/// Why it could not be fetched, or that somebody interrupted it.
pub(super) async fn fetch(
    context: &Context,
    signed_in: &SignedInApi,
    request: &DownloadRequest,
    links: &dyn LinkSource,
) -> Result<Fetched, Diagnostic> {
    let display = TransferDisplay::new(&context.output);
    let outcome = tokio::select! {
        outcome = download(&signed_in.http, request, links, &display) => outcome,
        _ = tokio::signal::ctrl_c() => {
            display.finish();
            return Err(Diagnostic::new(Code::Interrupted, "the download was interrupted")
                .help("run the same command again: it goes on where it stopped"));
        }
    };
    display.finish();
    Ok(outcome?.into())
}

/// What to do with a file that is there.
pub(super) const fn existing(overwrite: bool) -> Existing {
    if overwrite {
        Existing::Replace
    } else {
        Existing::Refuse
    }
}

/// A folder gets the file's own name, stripped of anything but a name: it comes from somebody else.
/// One that nothing is left of becomes `otherwise`.
pub(super) fn destination(to: Option<PathBuf>, file_name: &str, otherwise: &str) -> PathBuf {
    let is_unfit = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let name: String = file_name
        .chars()
        .map(|c| if is_unfit(c) { '_' } else { c })
        .collect();
    let name = match name.trim_matches('.') {
        "" => otherwise.to_owned(),
        name => name.to_owned(),
    };
    match to {
        None => PathBuf::from(name),
        Some(path) if path.is_dir() => path.join(name),
        Some(path) => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_of_the_server_cannot_leave_the_folder() {
        let here = |name| destination(None, name, "backup.bacpac");
        assert_eq!(here("../../etc/passwd"), PathBuf::from("_.._etc_passwd"));
        assert_eq!(here(".."), PathBuf::from("backup.bacpac"));
        assert_eq!(here("uat.bacpac"), PathBuf::from("uat.bacpac"));
        let folder = tempfile::tempdir().unwrap();
        let to = Some(folder.path().to_owned());
        let inside = destination(to, "uat.bacpac", "backup.bacpac");
        assert_eq!(inside, folder.path().join("uat.bacpac"));
    }
}
