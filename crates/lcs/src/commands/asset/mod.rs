//! `lcs asset …`: the asset library.

mod download;
mod upload;

use std::time::Duration;

use lcs_types::{AssetId, SignedUrl};
use lcs_wire::lcs::{AssetValidation, FileAsset, ValidationStatus};
use serde::Serialize;

use super::{Context, names, polling::Polling, signed_in, signed_in::SignedInApi};
use crate::{
    args::{AssetCommand, AssetDeleteArgs, AssetListArgs, AssetShowArgs, AssetWaitArgs},
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, prompt},
};

/// Validation takes minutes; public clients ask once a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// An asset without its signature.
#[derive(Debug, Serialize)]
struct Asset {
    id: AssetId,
    name: Option<String>,
    file_name: Option<String>,
    description: Option<String>,
    #[serde(rename = "type")]
    file_type: Option<String>,
    version: Option<i64>,
    modified_at: Option<String>,
    modified_by: Option<String>,
    size_bytes: Option<u64>,
    scope: Option<String>,
    validation_status: Option<String>,
    validation_message: Option<String>,
}

impl Shown for Asset {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("File", "file_name"),
        ("Type", "type"),
        ("Modified (UTC)", "modified_at"),
        ("Validation", "validation_status"),
        ("Id", "id"),
    ];
}

impl From<FileAsset> for Asset {
    fn from(asset: FileAsset) -> Self {
        Self {
            id: asset.id,
            name: asset.name,
            file_name: asset.file_name,
            description: asset.file_description.filter(|text| !text.is_empty()),
            file_type: asset.file_type.map(|kind| kind.to_string()),
            version: asset.version,
            modified_at: asset.modified_date,
            modified_by: asset.modified_by_name,
            size_bytes: asset.size_byte,
            scope: asset.scope,
            validation_status: asset.validation_status,
            validation_message: asset.validation_status_text,
        }
    }
}

pub(super) async fn run(context: &Context, command: AssetCommand) -> Result<Report, Diagnostic> {
    match command {
        AssetCommand::List(args) => list(context, args).await,
        AssetCommand::Show(args) => show(context, args).await,
        AssetCommand::Upload(args) => upload::run(context, args).await,
        AssetCommand::Download(args) => download::run(context, args).await,
        AssetCommand::Delete(args) => delete(context, args).await,
        AssetCommand::Wait(args) => wait(context, args).await,
    }
}

async fn list(context: &Context, args: AssetListArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let assets = if args.shared {
        signed_in.api.shared_assets(args.of.file_type).await?
    } else {
        signed_in.assets(args.of.file_type).await?
    };
    let assets: Vec<Asset> = assets.into_iter().map(Into::into).collect();
    Ok(Report::list(&assets, "There are no assets of this type."))
}

async fn show(context: &Context, args: AssetShowArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let id = names::asset(&signed_in, args.of.file_type, &args.asset).await?;
    let asset = signed_in.api.asset(signed_in.project, id).await?;
    Ok(Report::one(&Asset::from(asset)))
}

async fn delete(context: &Context, args: AssetDeleteArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    connection.may_change()?;
    let signed_in = signed_in::api(context, &connection).await?;
    let id = names::asset(&signed_in, args.of.file_type, &args.asset).await?;
    if !args.yes {
        let question = format!("The asset {} is deleted for good. Go on?", args.asset);
        match prompt::confirmed(&context.output, &question)? {
            Some(true) => {}
            Some(false) => return Err(Diagnostic::new(Code::Declined, "nothing was done")),
            None => {
                return Err(Diagnostic::new(
                    Code::ConfirmationNeeded,
                    format!(
                        "the asset {} would be deleted, and there is nobody to ask",
                        args.asset
                    ),
                )
                .help("say that you mean it: --yes"));
            }
        }
    }
    signed_in.api.delete_asset(signed_in.project, id).await?;
    Ok(Report::Nothing)
}

async fn wait(context: &Context, args: AssetWaitArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let signed_in = signed_in.within(args.timeout);
    let id = names::asset(&signed_in, args.of.file_type, &args.asset).await?;
    wait_until_valid(&signed_in, id, args.timeout).await
}

async fn wait_until_valid(
    signed_in: &SignedInApi,
    id: AssetId,
    timeout: Option<u64>,
) -> Result<Report, Diagnostic> {
    let validated = tokio::select! {
        validated = validated(signed_in, id, timeout) => validated?,
        _ = tokio::signal::ctrl_c() => {
            return Err(goes_on(Code::Interrupted, "the waiting was interrupted", id));
        }
    };
    if let ValidationStatus::Failed(word) = validated.display_status {
        let cause = validated
            .validation_status_text
            .map_or_else(String::new, |text| format!(": {text}"));
        return Err(Diagnostic::new(
            Code::OperationFailed,
            format!("the asset is not valid ({word}){cause}"),
        )
        .help(format!(
            "delete it and upload a sound one: lcs asset delete {id} --yes"
        )));
    }
    let asset = signed_in.api.asset(signed_in.project, id).await?;
    Ok(Report::one(&Asset::from(asset)))
}

/// `Unknown` is before the validation, so only the other words end the waiting.
async fn validated(
    signed_in: &SignedInApi,
    id: AssetId,
    timeout: Option<u64>,
) -> Result<AssetValidation, Diagnostic> {
    let mut polling = Polling::new(FIRST_PAUSE, LONGEST_PAUSE, timeout);
    loop {
        let asked = signed_in
            .api
            .asset_validation_status(signed_in.project, id)
            .await;
        match asked {
            Ok(validation) => match validation.display_status {
                ValidationStatus::Unknown | ValidationStatus::Process => {}
                ValidationStatus::Done | ValidationStatus::Failed(_) => return Ok(validation),
            },
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(error.into()),
        }
        if !polling.again().await {
            let message = "the asset was not validated in time";
            return Err(goes_on(Code::GaveUpWaiting, message, id));
        }
    }
}

fn goes_on(code: Code, message: &str, id: AssetId) -> Diagnostic {
    Diagnostic::new(code, message).help(format!(
        "the validation goes on without us; come back to it: lcs asset wait {id}"
    ))
}

/// Where to read or write an asset.
fn link(location: Option<&str>) -> Result<SignedUrl, Diagnostic> {
    location
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Diagnostic::new(Code::UnexpectedAnswer, "LCS gave no link to the asset"))
}
