//! `lcs asset download`.

use async_trait::async_trait;
use lcs_client::{DownloadRequest, LinkSource};
use lcs_types::{AssetId, SignedUrl};
use serde::Serialize;

use super::link;
use crate::{
    args::AssetDownloadArgs,
    commands::{
        Context,
        fetch::{self, Fetched},
        names,
        signed_in::{self, SignedInApi},
    },
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

/// What was downloaded.
#[derive(Debug, Serialize)]
struct DownloadedAsset {
    id: AssetId,
    #[serde(flatten)]
    file: Fetched,
}

impl Shown for DownloadedAsset {
    const COLUMNS: &'static [Column] = &[
        ("File", "path"),
        ("Bytes", "size_bytes"),
        ("SHA-256", "sha256"),
        ("Verified by", "verified_by"),
    ];
}

/// Fetches an asset of the project, or by id one of the shared library.
pub(super) async fn run(context: &Context, args: AssetDownloadArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let id = names::asset(&signed_in, args.of.file_type, &args.asset).await?;
    let asset = signed_in.api.asset(signed_in.project, id).await?;
    let file_name = asset.file_name.as_deref().unwrap_or_default();
    let request = DownloadRequest {
        existing: fetch::existing(args.overwrite),
        limit: args.rate.limit(),
        ..DownloadRequest::new(
            link(asset.file_location.as_deref())?,
            fetch::destination(args.to, file_name, "asset"),
        )
    };
    let renewal = Renewal {
        signed_in: &signed_in,
        asset: id,
    };
    Ok(Report::one(&DownloadedAsset {
        id,
        file: fetch::fetch(context, &signed_in, &request, &renewal).await?,
    }))
}

/// Renews an asset's link by asking for the asset again.
struct Renewal<'api> {
    signed_in: &'api SignedInApi,
    asset: AssetId,
}

#[async_trait]
impl LinkSource for Renewal<'_> {
    async fn link(&self) -> Option<SignedUrl> {
        let asset = self.signed_in.api.asset(self.signed_in.project, self.asset);
        // Without an answer the refusal of the link is what the user hears of.
        asset.await.ok()?.file_location?.parse().ok()
    }
}
