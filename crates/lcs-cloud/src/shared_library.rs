//! Brings the files of the configuration to the shared asset library, each once. They are validated like
//! everything that is uploaded.

use std::{fs, io, path::PathBuf};

use jiff::Timestamp;
use lcs_artifacts::{ArtifactError, ArtifactKey, ArtifactStore, CommitError, Description};
use lcs_projects::{Asset, AssetState, AssetStore, StoreError};
use lcs_types::ProjectId;

use crate::config::{ConfigError, SharedAssetConfig};

/// A file does not get to the shared library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SharedLibraryError {
    /// The file cannot be read or copied.
    #[error("could not copy `{}` to the shared asset library", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The type of an asset is none.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The artifacts cannot be written.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The same, of the file itself.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds what the library lacks.
///
/// # Errors
///
/// [`SharedLibraryError`]; what was added before stays.
pub(crate) async fn ensure(
    assets: &dyn AssetStore,
    artifacts: &ArtifactStore,
    configured: &[SharedAssetConfig],
    project: ProjectId,
    now: Timestamp,
) -> Result<(), SharedLibraryError> {
    for each in configured {
        if assets.asset(project, each.id).await?.is_some() {
            continue;
        }
        let file_type = each.file_type()?;
        let key = ArtifactKey::asset(file_type.number(), each.id);
        let (store, file) = (artifacts.clone(), each.file.clone());
        let (of, at) = (key.clone(), now);
        let size_bytes = tokio::task::spawn_blocking(move || bring(&store, &of, &file, at))
            .await
            .map_err(|error| StoreError::new("copy a file to the shared library", error))??;
        let name = each.file.file_name().unwrap_or_default();
        let asset = Asset {
            id: each.id,
            project: None,
            name: each.name.clone(),
            file_name: name.to_string_lossy().into_owned(),
            description: each.description.clone(),
            file_type,
            artifact: key.to_string(),
            state: AssetState::Validating,
            size_bytes: Some(size_bytes),
            created_at: now,
            modified_at: now,
            created_by: None,
        };
        assets.add_asset(&asset).await?;
        tracing::info!(asset.id = %each.id, "added to the shared asset library");
    }
    Ok(())
}

fn bring(
    artifacts: &ArtifactStore,
    key: &ArtifactKey,
    file: &std::path::Path,
    now: Timestamp,
) -> Result<u64, SharedLibraryError> {
    let incoming = artifacts.incoming(key, "shared")?;
    fs::copy(file, &incoming).map_err(|source| SharedLibraryError::Copy {
        path: file.to_owned(),
        source,
    })?;
    let description = Description {
        content_type: None,
        metadata: std::collections::BTreeMap::new(),
        committed_at: now,
    };
    artifacts.commit_whole(key, &incoming, description, |_| Ok::<(), CommitError>(()))?;
    Ok(artifacts.seal(key)?.checksums.size_bytes)
}
