//! Gives the `.bacpac` its name in the artifact store and removes the staged copy. Whoever runs
//! it twice finds the same file under the same name. It is listed by the journal's next write.

use lcs_artifacts::ArtifactKey;
use lcs_types::{AssetId, OperationActivityId, Progress as _};
use serde_json::Value;

use crate::step::{StepContext, StepFailure, recorded};

/// An export makes one asset, so the operation's id is the asset's.
pub fn asset(operation: OperationActivityId) -> AssetId {
    AssetId::from(*operation.as_uuid())
}

/// The name of the file.
pub fn key(operation: OperationActivityId) -> ArtifactKey {
    ArtifactKey::database_backup(asset(operation))
}

pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let pending = context.artifacts.pending(context.id());
    let checksums = context
        .artifacts
        .publish(&pending, &key(context.id()), context.now)
        .map_err(StepFailure::Artifact)?;
    context.advanced("files", 1, 2);
    context
        .target_folder()
        .discard(context.id())
        .map_err(StepFailure::Place)?;
    context.advanced("files", 2, 2);
    recorded(checksums)
}
