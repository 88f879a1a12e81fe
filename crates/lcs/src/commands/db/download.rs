//! `lcs db download`.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use lcs_client::{DownloadRequest, Existing, LinkSource, RateLimit, download};
use lcs_types::{AssetId, SignedUrl};
use serde::Serialize;

use crate::{
    args::DownloadArgs,
    commands::{
        Context, names,
        signed_in::{self, SignedInApi},
    },
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, progress::DownloadDisplay},
};

#[derive(Debug, Serialize)]
struct DownloadedBackup {
    name: String,
    path: PathBuf,
    size_bytes: u64,
    sha256: String,
    verified: bool,
    verified_by: Vec<&'static str>,
    resumed_from_bytes: u64,
}

impl Shown for DownloadedBackup {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("File", "path"),
        ("Bytes", "size_bytes"),
        ("SHA-256", "sha256"),
        ("Verified by", "verified_by"),
    ];
}

pub(super) async fn run(context: &Context, args: DownloadArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let backups = signed_in.api.databases(signed_in.project).await?;
    let backup = match &args.backup {
        Some(wanted) => names::backup(&backups, wanted)?,
        None => names::latest_backup(&backups)?,
    };
    let url = backup
        .file_location
        .parse()
        .map_err(|_| Diagnostic::new(Code::UnexpectedAnswer, "the backup's link is not a URL"))?;
    let request = DownloadRequest {
        existing: if args.overwrite {
            Existing::Replace
        } else {
            Existing::Refuse
        },
        limit: args.limit_rate.map(|rate| Arc::new(RateLimit::new(rate))),
        ..DownloadRequest::new(url, destination(args.to, &backup.file_name))
    };
    let listing = Listing {
        signed_in: &signed_in,
        backup: backup.id,
    };
    let display = DownloadDisplay::new(&context.output);
    let outcome = tokio::select! {
        outcome = download(&signed_in.http, &request, &listing, &display) => outcome,
        _ = tokio::signal::ctrl_c() => {
            display.finish();
            return Err(Diagnostic::new(Code::Interrupted, "the download was interrupted")
                .help("run the same command again: it goes on where it stopped"));
        }
    };
    display.finish();
    let downloaded = outcome?;
    Ok(Report::one(&DownloadedBackup {
        name: backup.name.clone(),
        path: downloaded.path,
        size_bytes: downloaded.size_bytes,
        sha256: downloaded.sha256,
        verified: !downloaded.verified_by.is_empty(),
        verified_by: downloaded.verified_by,
        resumed_from_bytes: downloaded.resumed_from_bytes,
    }))
}

/// Renews a backup's link by listing the backups again.
struct Listing<'api> {
    signed_in: &'api SignedInApi,
    backup: AssetId,
}

#[async_trait]
impl LinkSource for Listing<'_> {
    async fn link(&self) -> Option<SignedUrl> {
        let listed = self.signed_in.api.databases(self.signed_in.project).await;
        // Without a list the refusal of the link is what the user hears of.
        let backups = listed.ok()?;
        let backup = backups.iter().find(|each| each.id == self.backup)?;
        backup.file_location.parse().ok()
    }
}

/// A folder gets the backup's own file name, stripped of anything but a name: it comes from
/// somebody else.
fn destination(to: Option<PathBuf>, file_name: &str) -> PathBuf {
    let name: String = file_name
        .chars()
        .map(|c| {
            if c.is_control() || r#"/\:*?"<>|"#.contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    let name = match name.trim_matches('.') {
        "" => "backup.bacpac".to_owned(),
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
        assert_eq!(
            destination(None, "../../etc/passwd"),
            PathBuf::from("_.._etc_passwd")
        );
        assert_eq!(destination(None, ".."), PathBuf::from("backup.bacpac"));
        assert_eq!(destination(None, "uat.bacpac"), PathBuf::from("uat.bacpac"));
        let folder = tempfile::tempdir().unwrap();
        let inside = destination(Some(folder.path().to_owned()), "uat.bacpac");
        assert_eq!(inside, folder.path().join("uat.bacpac"));
    }
}
