//! `/box/fileasset/…`: the asset library. Bare objects and lists; failures are a status with a
//! message.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    response::Response,
};
use lcs_artifacts::{ArtifactKey, Permission};
use lcs_projects::{Asset, AssetState, Backup, LibraryRefusal, library};
use lcs_types::{AssetId, SignedUrl};
use lcs_wire::lcs::{
    AssetFileType, AssetValidation, CreateFileAsset, DeletedAsset, FileAsset, ValidationStatus,
    listing_date,
};

use super::{
    caller::{Caller, SignedInCaller},
    movement::signed,
    query::Parameters,
};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// `POST /box/fileasset/CreateFileAsset/{project}`.
pub(crate) async fn create(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    body: Result<Json<CreateFileAsset>, JsonRejection>,
) -> Result<Response, Answered> {
    let Json(new) = body.map_err(|rejection| {
        caller
            .call
            .refused(format!("The request body is not valid: {rejection}"))
    })?;
    library::check_upload(&new).map_err(|refusal| caller.call.refused(refusal.to_string()))?;
    let id = AssetId::random(&*services.randomness);
    let now = services.clock.now();
    let asset = Asset {
        id,
        project: Some(caller.project.id),
        name: new.name,
        file_name: new.file_name,
        description: new.file_description,
        file_type: new.file_type,
        artifact: ArtifactKey::asset(new.file_type.number(), id).to_string(),
        state: AssetState::Uploading,
        size_bytes: None,
        created_at: now,
        modified_at: now,
        created_by: Some(caller.user),
    };
    services
        .assets
        .add_asset(&asset)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let location = signed(
        &services,
        &context.origin,
        &asset.artifact,
        Permission::Write,
    );
    Ok(caller.call.ok(describe(&asset, location)))
}

/// `POST /box/fileasset/CommitFileAsset/{project}?assetId=…`. Done twice, it is as done once.
pub(crate) async fn commit(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let asset = own(&services, &context, &caller, &parameters).await?;
    if asset.state != AssetState::Uploading {
        return Ok(caller.call.no_content());
    }
    let size_bytes = sealed(&services, &asset).await.ok_or_else(|| {
        let name = asset.name.clone();
        caller
            .call
            .refused(LibraryRefusal::NothingUploaded { name }.to_string())
    })?;
    let is_committed = services
        .assets
        .change_asset(
            asset.id,
            &AssetState::Uploading,
            &AssetState::Validating,
            Some(size_bytes),
            services.clock.now(),
        )
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    if is_committed {
        services.validation.begin(Asset {
            state: AssetState::Validating,
            ..asset
        });
    }
    Ok(caller.call.no_content())
}

/// The size of what was uploaded, which nobody may change from now on; `None` when nothing was.
async fn sealed(services: &Services, asset: &Asset) -> Option<u64> {
    let key: ArtifactKey = asset.artifact.parse().ok()?;
    let artifacts = services.artifacts.clone();
    let blob = tokio::task::spawn_blocking(move || artifacts.seal(&key)).await;
    Some(blob.ok()?.ok()?.checksums.size_bytes)
}

/// `GET /box/fileasset/GetFileAssetValidationStatus/{project}?assetId=…`.
pub(crate) async fn validation_status(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let (id, state) = match found(&services, &context, &caller, &parameters).await? {
        Found::Asset(asset) => (asset.id, asset.state),
        // Read back to its last byte before it was published.
        Found::Backup(backup) => (backup.id, AssetState::Valid),
    };
    Ok(caller.call.ok(AssetValidation {
        id,
        display_status: status(&state),
        validation_status_text: state.finding().map(str::to_owned),
    }))
}

fn status(state: &AssetState) -> ValidationStatus {
    match state {
        AssetState::Uploading => ValidationStatus::Unknown,
        AssetState::Validating => ValidationStatus::Process,
        AssetState::Valid => ValidationStatus::Done,
        AssetState::Invalid { .. } => ValidationStatus::Failed("Failed".to_owned()),
    }
}

/// `GET /box/fileasset/GetAssets/{project}?fileType=…`.
pub(crate) async fn list(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let file_type = file_type(&parameters).map_err(|text| caller.call.refused(text))?;
    let assets = services
        .assets
        .assets(Some(caller.project.id), file_type)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let mut list: Vec<FileAsset> = assets
        .iter()
        // What is being uploaded is not in the library yet.
        .filter(|asset| asset.state != AssetState::Uploading)
        .map(|asset| describe(asset, readable(&services, &context, asset)))
        .collect();
    if file_type == AssetFileType::DatabaseBackup {
        let backups = services
            .projects
            .backups(caller.project.id)
            .await
            .map_err(|error| caller.call.failed(&context, &error))?;
        list.extend(
            backups
                .iter()
                .map(|backup| describe_backup(&services, &context, backup)),
        );
    }
    Ok(caller.call.ok(list))
}

/// `GET /box/fileasset/GetSharedAssets?fileType=…`: without locations, which `GetFileAsset` signs.
pub(crate) async fn list_shared(
    State(services): State<Services>,
    context: RequestContext,
    caller: SignedInCaller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let file_type = file_type(&parameters).map_err(|text| caller.call.refused(text))?;
    let assets = services
        .assets
        .assets(None, file_type)
        .await
        .map_err(|error| caller.call.failed(&context, &error))?;
    let list: Vec<FileAsset> = assets.iter().map(|asset| describe(asset, None)).collect();
    Ok(caller.call.ok(list))
}

fn file_type(parameters: &Parameters) -> Result<AssetFileType, &'static str> {
    parameters
        .get("fileType")
        .and_then(|text| text.parse().ok())
        .map(AssetFileType::from_number)
        .ok_or("The fileType is missing or is no number.")
}

/// `GET /box/fileasset/GetFileAsset/{project}?assetId=…`: of the project or of the shared library.
pub(crate) async fn get(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    Ok(
        match found(&services, &context, &caller, &parameters).await? {
            Found::Asset(asset) => {
                let location = readable(&services, &context, &asset);
                caller.call.ok(describe(&asset, location))
            }
            Found::Backup(backup) => caller
                .call
                .ok(describe_backup(&services, &context, &backup)),
        },
    )
}

/// `POST /box/fileasset/DeleteFileAsset/{project}?assetId=…`.
pub(crate) async fn delete(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Answered> {
    let project = caller.project.id;
    let failed = |error| caller.call.failed(&context, &error);
    let (id, artifact) = match found(&services, &context, &caller, &parameters).await? {
        Found::Asset(asset) if asset.project.is_none() => {
            let text = "Assets of the shared library can't be deleted.";
            return Err(caller.call.refused(text).into());
        }
        Found::Asset(asset) => {
            let is_deploying = services.engine.is_deploying(asset.id).await;
            if is_deploying.map_err(failed)? {
                let refusal = LibraryRefusal::InUse { name: asset.name };
                return Err(caller.call.refused(refusal.to_string()).into());
            }
            services
                .assets
                .remove_asset(project, asset.id)
                .await
                .map_err(failed)?;
            (asset.id, asset.artifact)
        }
        Found::Backup(backup) => {
            services
                .assets
                .remove_backup(project, backup.id)
                .await
                .map_err(failed)?;
            (backup.id, backup.artifact)
        }
    };
    // Nothing names the file any more, so one that cannot be removed costs only its place.
    if let Ok(key) = artifact.parse::<ArtifactKey>() {
        let artifacts = services.artifacts.clone();
        let removed = tokio::task::spawn_blocking(move || artifacts.retire(&key)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(asset.id = %id, %error, "could not remove the file of a deleted asset");
        }
    }
    tracing::info!(asset.id = %id, "asset deleted");
    Ok(caller.call.ok(DeletedAsset { id }))
}

/// What an asset id stands for.
enum Found {
    Asset(Asset),
    Backup(Backup),
}

async fn found(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Found, Answered> {
    let named = parameters.get("assetId").unwrap_or_default();
    let unknown = || {
        let asset = named
            .chars()
            .filter(|c| !c.is_control())
            .take(100)
            .collect();
        caller
            .call
            .unknown(LibraryRefusal::UnknownAsset { asset }.to_string())
    };
    let id: AssetId = named.parse().map_err(|_| unknown())?;
    let asset = services.assets.asset(caller.project.id, id).await;
    if let Some(asset) = asset.map_err(|error| caller.call.failed(context, &error))? {
        return Ok(Found::Asset(asset));
    }
    let backups = services.projects.backups(caller.project.id).await;
    let backups = backups.map_err(|error| caller.call.failed(context, &error))?;
    let backup = backups.into_iter().find(|backup| backup.id == id);
    Ok(Found::Backup(backup.ok_or_else(unknown)?))
}

/// The asset, which must be the project's own and no backup.
async fn own(
    services: &Services,
    context: &RequestContext,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Asset, Answered> {
    match found(services, context, caller, parameters).await? {
        Found::Asset(asset) if asset.project == Some(caller.project.id) => Ok(asset),
        Found::Asset(_) | Found::Backup(_) => {
            let text = "Only an asset that was created for an upload can be committed.";
            Err(caller.call.refused(text).into())
        }
    }
}

/// Where to read an asset; nowhere before it was uploaded.
fn readable(services: &Services, context: &RequestContext, asset: &Asset) -> Option<SignedUrl> {
    match asset.state {
        AssetState::Uploading => None,
        AssetState::Validating | AssetState::Valid | AssetState::Invalid { .. } => {
            signed(services, &context.origin, &asset.artifact, Permission::Read)
        }
    }
}

fn describe(asset: &Asset, location: Option<SignedUrl>) -> FileAsset {
    FileAsset {
        id: asset.id,
        name: Some(asset.name.clone()),
        file_name: Some(asset.file_name.clone()),
        file_description: asset.description.clone(),
        file_location: location.map(|url| url.expose().to_string()),
        file_type: Some(asset.file_type),
        version: Some(1),
        modified_date: Some(listing_date(asset.modified_at)),
        created_date: Some(listing_date(asset.created_at)),
        created_by_name: None,
        modified_by_name: None,
        size_byte: asset.size_bytes,
        display_size: asset.size_bytes.map(display_size),
        scope: Some(match asset.project {
            Some(_) => "Project".to_owned(),
            None => "Global".to_owned(),
        }),
        validation_status: Some(status(&asset.state).as_str().to_owned()),
        validation_status_text: asset.state.finding().map(str::to_owned),
    }
}

fn describe_backup(services: &Services, context: &RequestContext, backup: &Backup) -> FileAsset {
    let location = signed(
        services,
        &context.origin,
        &backup.artifact,
        Permission::Read,
    );
    FileAsset {
        id: backup.id,
        name: Some(backup.name.to_string()),
        file_name: Some(backup.name.file_name()),
        file_description: Some(String::new()),
        file_location: location.map(|url| url.expose().to_string()),
        file_type: Some(AssetFileType::DatabaseBackup),
        version: Some(1),
        modified_date: Some(listing_date(backup.created_at)),
        created_date: Some(listing_date(backup.created_at)),
        created_by_name: None,
        modified_by_name: None,
        size_byte: Some(backup.size_bytes),
        display_size: Some(display_size(backup.size_bytes)),
        scope: Some("Project".to_owned()),
        validation_status: Some(ValidationStatus::Done.as_str().to_owned()),
        validation_status_text: None,
    }
}

/// `1.5 MB`: binary units under their usual names, as the portal shows sizes.
fn display_size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut unit = 0;
    let (mut whole, mut tenths) = (bytes, 0);
    while whole >= 1024 && unit + 1 < UNITS.len() {
        tenths = (whole % 1024) * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    match unit {
        0 => format!("{whole} B"),
        _ => format!("{whole}.{tenths} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_the_unit_that_fits() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KB"),
            (1024 * 1024, "1.0 MB"),
            (50 * 1024 * 1024 * 1024, "50.0 GB"),
        ] {
            assert_eq!(display_size(bytes), shown);
        }
    }
}
