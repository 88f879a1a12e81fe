//! The LCS API: the envelope that answers share, and a file for each family of endpoints.

mod asset;
mod certificate;
mod dates;
mod deployment;
mod environment;
mod history;
mod movement;
mod status;

pub use asset::{
    AssetFileType, AssetValidation, BoxFailure, CreateFileAsset, DeletedAsset, FileAsset,
    ValidationStatus,
};
pub use certificate::{RsatCertificate, RsatCertificateAnswer};

pub use dates::{
    MAX_DATE, deployed_on, end_of_life, history_date, listing_date, long_date, parse_listing_date,
    throttle_date,
};
pub use deployment::{
    DeploymentStatus, ECommerceDeploymentStarted, LegacyActionStatus, LegacyFailure,
};
pub use environment::{EnvironmentDetail, EnvironmentPage};
pub use history::{HistoryItem, HistoryPage};
pub use movement::{DatabaseAsset, DatabaseList, FetchStatus};
pub use status::{OperationOutcome, OperationStatus};

use lcs_types::OperationActivityId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version header that the documentation asks for.
pub const VERSION_HEADER: &str = "x-ms-version";
/// The only published value of [`VERSION_HEADER`].
pub const VERSION: &str = "2017-09-15";

/// The fields that every answer outside `/box` carries ("Database movement API" reference pages).
///
/// Unknown fields are ignored and absent ones tolerated when reading, as the versioning page
/// asks of clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope {
    /// The business outcome. HTTP 200 with `false` is a failure.
    pub is_success: bool,
    /// The id of this call; for calls that start an operation, also the id to poll.
    pub operation_activity_id: OperationActivityId,
    /// Human text, null on success.
    #[serde(default)]
    pub error_message: Option<String>,
    /// The end of life of this version of the API; year 9999 while none is planned.
    #[serde(rename = "VersionEOL", default = "max_date")]
    pub version_end_of_life: String,
}

fn max_date() -> String {
    MAX_DATE.to_owned()
}

impl Envelope {
    /// A success with this activity id.
    pub fn success(activity: OperationActivityId) -> Self {
        Self {
            is_success: true,
            operation_activity_id: activity,
            error_message: None,
            version_end_of_life: max_date(),
        }
    }

    /// A business failure with this text.
    pub fn failure(activity: OperationActivityId, message: impl Into<String>) -> Self {
        Self {
            is_success: false,
            operation_activity_id: activity,
            error_message: Some(message.into()),
            version_end_of_life: max_date(),
        }
    }
}

/// The start of every throttle text; the only server text that clients may match on.
pub const THROTTLE_PREFIX: &str = "Maximum allowed API operations are";
