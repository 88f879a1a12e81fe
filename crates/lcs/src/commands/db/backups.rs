//! `lcs db backups`.

use lcs_types::AssetId;
use lcs_wire::lcs::DatabaseAsset;
use serde::Serialize;

use crate::{
    args::BackupsArgs,
    commands::{Context, signed_in},
    diagnostic::Diagnostic,
    output::{Column, Report, Shown},
};

/// A backup without its signature, unless that is asked for.
#[derive(Debug, Serialize)]
struct Backup {
    id: AssetId,
    name: String,
    file_name: String,
    description: Option<String>,
    created_at: String,
    modified_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Shown for Backup {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("File", "file_name"),
        ("Created (UTC)", "created_at"),
        ("Id", "id"),
    ];
}

impl Backup {
    fn of(asset: DatabaseAsset, show_urls: bool) -> Self {
        Self {
            id: asset.id,
            name: asset.name,
            file_name: asset.file_name,
            description: asset.file_description.filter(|text| !text.is_empty()),
            created_at: asset.created_date_time,
            modified_at: asset.modified_date_time,
            url: show_urls.then_some(asset.file_location),
        }
    }
}

pub(super) async fn run(context: &Context, args: BackupsArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let assets = signed_in.backups().await?;
    let backups: Vec<Backup> = assets
        .into_iter()
        .map(|asset| Backup::of(asset, args.show_urls))
        .collect();
    Ok(Report::list(
        &backups,
        "There are no backups in the project's asset library.",
    ))
}
