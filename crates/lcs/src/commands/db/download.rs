//! `lcs db download`.

use async_trait::async_trait;
use lcs_client::{DownloadRequest, LinkSource};
use lcs_types::{AssetId, SignedUrl};
use serde::Serialize;

use crate::{
    args::DownloadArgs,
    commands::{
        Context,
        fetch::{self, Fetched},
        names,
        signed_in::{self, SignedInApi},
    },
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct DownloadedBackup {
    name: String,
    #[serde(flatten)]
    file: Fetched,
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
    let backups = signed_in.backups().await?;
    let backup = match &args.backup {
        Some(wanted) => names::backup(&backups, wanted)?,
        None => names::latest_backup(&backups)?,
    };
    let url = backup
        .file_location
        .parse()
        .map_err(|_| Diagnostic::new(Code::UnexpectedAnswer, "the backup's link is not a URL"))?;
    let to = fetch::destination(args.to, &backup.file_name, "backup.bacpac");
    let request = DownloadRequest {
        existing: fetch::existing(args.overwrite),
        limit: args.rate.limit(),
        ..DownloadRequest::new(url, to)
    };
    let listing = Listing {
        signed_in: &signed_in,
        backup: backup.id,
    };
    Ok(Report::one(&DownloadedBackup {
        name: backup.name.clone(),
        file: fetch::fetch(context, &signed_in, &request, &listing).await?,
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
        let listed = self.signed_in.backups().await;
        // Without a list the refusal of the link is what the user hears of.
        let backups = listed.ok()?;
        let backup = backups.iter().find(|each| each.id == self.backup)?;
        backup.file_location.parse().ok()
    }
}
