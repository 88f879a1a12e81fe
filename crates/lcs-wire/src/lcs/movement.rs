//! Answers of `/databasemovement/v1/…`.

use lcs_types::{AssetId, EnvironmentId, OperationActivityId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Envelope, OperationStatus};

/// The answer to "list database backups".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DatabaseList {
    /// The backups in the project's asset library.
    #[serde(default)]
    pub database_assets: Vec<DatabaseAsset>,
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// One database backup.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DatabaseAsset {
    /// The asset id.
    pub id: AssetId,
    /// The project.
    #[serde(deserialize_with = "super::movement::number")]
    #[schemars(with = "i64")]
    pub project_id: i64,
    /// The organization.
    #[serde(default)]
    pub organization_id: i64,
    /// The display name; the `backupName` of the export. Not unique.
    pub name: String,
    /// The name of the file.
    pub file_name: String,
    /// May be empty.
    #[serde(default)]
    pub file_description: Option<String>,
    /// A URL with a read signature minted for this answer. Secret: do not log it.
    pub file_location: String,
    /// See [`super::listing_date`].
    pub modified_date_time: String,
    /// See [`super::listing_date`].
    pub created_date_time: String,
    /// Null in every known sample.
    #[serde(default)]
    pub created_by_name: Option<String>,
    /// Null in every known sample.
    #[serde(default)]
    pub modified_by_name: Option<String>,
}

impl std::fmt::Debug for DatabaseAsset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseAsset")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("created_date_time", &self.created_date_time)
            .finish_non_exhaustive()
    }
}

/// The answer to "get the status of an operation".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct FetchStatus {
    /// The envelope; its activity id is that of this call, not of the operation.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// The project. A published sample has it as a string.
    #[serde(deserialize_with = "super::movement::number")]
    #[schemars(with = "i64")]
    pub project_id: i64,
    /// The environment that was asked about.
    pub environment_id: EnvironmentId,
    /// The operation that was asked about.
    pub activity_id: OperationActivityId,
    /// When it ended; null while it runs.
    #[serde(default)]
    pub completion_date: Option<String>,
    /// How far it is.
    pub operation_status: OperationStatus,
}

/// Reads a number that some answers print as a string.
pub(super) fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrText {
        Number(i64),
        Text(String),
    }
    match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(number) => Ok(number),
        NumberOrText::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_with_a_quoted_project_id_is_read() {
        let status: FetchStatus = serde_json::from_str(
            r#"{"IsSuccess":true,"OperationActivityId":"3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
                "ErrorMessage":null,"VersionEOL":"9999-12-31T23:59:59.9999999","ProjectId":"4711",
                "EnvironmentId":"3f1f2a0e7f0a4a868c3c6b2f0b6d1a12",
                "ActivityId":"3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a13","CompletionDate":null,
                "OperationStatus":"InProgress"}"#,
        )
        .unwrap();
        assert_eq!(status.project_id, 4711);
        assert_eq!(status.operation_status, OperationStatus::InProgress);
    }

    #[test]
    fn a_signature_does_not_show_in_debug_output() {
        let asset: DatabaseAsset = serde_json::from_str(
            r#"{"Id":"0b0e8d1c-5d0a-4f6b-9a55-2d6c5f1f7a10","ProjectId":4711,"OrganizationId":88,
                "Name":"uat","FileName":"uat.bacpac","FileDescription":"",
                "FileLocation":"https://a.example/x?sig=CANARY","ModifiedDateTime":"2026-03-01T10:00:05.077",
                "CreatedDateTime":"2026-03-01T10:00:00.297","CreatedByName":null,"ModifiedByName":null}"#,
        )
        .unwrap();
        assert!(!format!("{asset:?}").contains("CANARY"));
    }
}
