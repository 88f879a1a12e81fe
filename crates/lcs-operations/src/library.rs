//! Checks the assets that were uploaded, in the background. A check that a process did not finish is
//! done again by the next one.

use std::sync::Arc;

use lcs_artifacts::ArtifactStore;
use lcs_packages::Unsound;
use lcs_projects::{Asset, AssetState, AssetStore, StoreError};
use lcs_types::Clock;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// How many assets are checked at a time.
const WORKERS: usize = 2;

/// Checks assets. Clones share the work.
#[derive(Debug, Clone)]
pub struct AssetValidation {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    assets: Arc<dyn AssetStore>,
    artifacts: ArtifactStore,
    clock: Arc<dyn Clock>,
    slots: Semaphore,
    tasks: TaskTracker,
}

impl AssetValidation {
    /// Checks what `assets` names and `artifacts` holds.
    pub fn new(
        assets: Arc<dyn AssetStore>,
        artifacts: ArtifactStore,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                assets,
                artifacts,
                clock,
                slots: Semaphore::new(WORKERS),
                tasks: TaskTracker::new(),
            }),
        }
    }

    /// Takes up the checks that were not finished.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn recover(&self) -> Result<(), StoreError> {
        for asset in self.shared.assets.assets_in_validation().await? {
            self.begin(asset);
        }
        Ok(())
    }

    /// Begins to check an asset that was just committed.
    pub fn begin(&self, asset: Asset) {
        let shared = self.shared.clone();
        self.shared
            .tasks
            .spawn(async move { check(&shared, asset).await });
    }

    /// Waits until nothing is being checked.
    pub async fn wait_until_idle(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.shared.tasks.reopen();
    }
}

async fn check(shared: &Shared, asset: Asset) {
    let Ok(_slot) = shared.slots.acquire().await else {
        return;
    };
    let Some(verdict) = verdict(shared, &asset).await else {
        return;
    };
    tracing::info!(asset.id = %asset.id, state = verdict.as_str(), finding = verdict.finding(), "asset checked");
    let changed = shared.assets.change_asset(
        asset.id,
        &AssetState::Validating,
        &verdict,
        None,
        shared.clock.now(),
    );
    if let Err(error) = changed.await {
        tracing::error!(asset.id = %asset.id, %error, "could not record what the check found");
    }
}

/// What the check found; `None` when it could not be done now.
async fn verdict(shared: &Shared, asset: &Asset) -> Option<AssetState> {
    let key = match asset.artifact.parse() {
        Ok(key) => key,
        Err(error) => {
            tracing::error!(asset.id = %asset.id, %error, "the asset's file has no usable name");
            return None;
        }
    };
    let (path, file_type) = (shared.artifacts.path_of(&key), asset.file_type);
    let inspected = tokio::task::spawn_blocking(move || lcs_packages::inspect(&path, file_type));
    match inspected.await {
        Ok(Ok(_)) => Some(AssetState::Valid),
        // A disk that is not there now says nothing of the file.
        Ok(Err(Unsound::Read(error))) => {
            tracing::error!(asset.id = %asset.id, %error, "could not read the asset's file");
            None
        }
        Ok(Err(unsound)) => Some(AssetState::Invalid {
            finding: unsound.to_string(),
        }),
        Err(error) => {
            tracing::error!(asset.id = %asset.id, %error, "the check of the asset ended unexpectedly");
            Some(AssetState::Invalid {
                finding: "the check ended unexpectedly".to_owned(),
            })
        }
    }
}
