//! `lcs asset upload` and `lcs asset download`.

use async_trait::async_trait;
use lcs_client::{DownloadRequest, LinkSource, UploadRequest, upload};
use lcs_types::{AssetId, SignedUrl};
use lcs_wire::lcs::CreateFileAsset;
use serde::Serialize;

use super::wait_until_valid;
use crate::{
    args::{AssetDownloadArgs, AssetUploadArgs},
    commands::{
        Context,
        fetch::{self, Fetched},
        names,
        signed_in::{self, SignedInApi},
    },
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, progress::TransferDisplay},
};

/// What was uploaded.
#[derive(Debug, Serialize)]
struct UploadedAsset {
    id: AssetId,
    name: String,
    file_name: String,
    size_bytes: u64,
}

impl Shown for UploadedAsset {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("File", "file_name"),
        ("Bytes", "size_bytes"),
        ("Id", "id"),
    ];
}

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

/// Reserves an asset, puts the file where its link leads, and commits it.
pub(super) async fn send(context: &Context, args: AssetUploadArgs) -> Result<Report, Diagnostic> {
    let file_name = match args.file.file_name() {
        Some(name) if args.file.is_file() => name.to_string_lossy().into_owned(),
        _ => {
            return Err(Diagnostic::new(
                Code::Usage,
                format!("`{}` is not a file", args.file.display()),
            )
            .help("name a file: lcs asset upload FILE --name NAME"));
        }
    };
    let connection = context.connection(&args.connection)?;
    connection.may_change()?;
    let signed_in = signed_in::api(context, &connection).await?;
    let new = CreateFileAsset {
        name: args.name,
        file_name: file_name.clone(),
        file_description: args.description,
        size_byte: 0,
        file_type: args.of.file_type,
    };
    let asset = signed_in
        .api
        .create_file_asset(signed_in.project, &new)
        .await?;
    let request = UploadRequest::new(link(asset.file_location.as_deref())?, &args.file);
    let display = TransferDisplay::new(&context.output);
    let outcome = tokio::select! {
        outcome = upload(&signed_in.http, &request, &display) => outcome,
        _ = tokio::signal::ctrl_c() => {
            display.finish();
            return Err(Diagnostic::new(Code::Interrupted, "the upload was interrupted")
                .help("nothing stands in the library; run the same command again"));
        }
    };
    display.finish();
    let uploaded = outcome?;
    signed_in
        .api
        .commit_file_asset(signed_in.project, asset.id)
        .await?;
    if args.waiting.wait {
        return wait_until_valid(&signed_in, asset.id, args.waiting.timeout).await;
    }
    context.output.note(&format!(
        "LCS validates it now; wait for that with: lcs asset wait {}",
        asset.id
    ));
    Ok(Report::one(&UploadedAsset {
        id: asset.id,
        name: new.name,
        file_name,
        size_bytes: uploaded.size_bytes,
    }))
}

/// Fetches an asset of the project, or by id one of the shared library.
pub(super) async fn receive(
    context: &Context,
    args: AssetDownloadArgs,
) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let id = names::asset(&signed_in, args.of.file_type, &args.asset).await?;
    let asset = signed_in.api.asset(signed_in.project, id).await?;
    let file_name = asset.file_name.as_deref().unwrap_or_default();
    let request = DownloadRequest {
        existing: fetch::existing(args.overwrite),
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

fn link(location: Option<&str>) -> Result<SignedUrl, Diagnostic> {
    location
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Diagnostic::new(Code::UnexpectedAnswer, "LCS gave no link to the asset"))
}
