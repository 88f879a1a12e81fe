//! Answers of `/environmentinfo/v1/history`.

use lcs_types::{EnvironmentId, OperationActivityId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Envelope, OperationStatus};

/// One page of an environment's history, newest first ("Get environment history" reference page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryPage {
    /// The number of this page, from 1.
    #[serde(default = "super::environment::first_page")]
    pub result_page_current: u32,
    /// Whether another page follows.
    #[serde(default)]
    pub result_has_more_pages: bool,
    /// The operations of this page; null on failures.
    #[serde(default)]
    pub data: Option<Vec<HistoryItem>>,
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// One operation of an environment, running or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryItem {
    /// The operation's name, for example the `updateName` of a deployment.
    #[serde(default)]
    pub name: Option<String>,
    /// The kind, an open set: `ApplicationHotfix`, `InstallAddin`, …
    #[serde(rename = "Type", default)]
    pub kind: Option<String>,
    /// The kind for people.
    #[serde(default)]
    pub type_display: Option<String>,
    /// See [`super::history_date`]. The JSON has `UTC`, the page's table `Utc`.
    #[serde(default, rename = "StartDateTimeUTC", alias = "StartDateTimeUtc")]
    pub start_date_time_utc: Option<String>,
    /// The same; null while it runs.
    #[serde(default, rename = "EndDateTimeUTC", alias = "EndDateTimeUtc")]
    pub end_date_time_utc: Option<String>,
    /// How far it is.
    pub status: OperationStatus,
    /// The operation.
    pub activity_id: OperationActivityId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The project.
    #[serde(deserialize_with = "super::movement::number")]
    #[schemars(with = "i64")]
    pub project_id: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_without_dashes_and_either_spelling_of_utc_are_read() {
        let item: HistoryItem = serde_json::from_str(
            r#"{"Name":"10.0.46","Type":"ApplicationHotfix","TypeDisplay":"Application deployable package",
                "StartDateTimeUtc":"2021-08-05T22:59:58.1","EndDateTimeUTC":null,"Status":"InProgress",
                "ActivityId":"3f1f2a0e7f0a4a868c3c6b2f0b6d1a11",
                "EnvironmentId":"3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a12","ProjectId":4711}"#,
        )
        .unwrap();
        assert_eq!(
            item.activity_id.to_string(),
            "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11"
        );
        assert_eq!(
            item.start_date_time_utc.as_deref(),
            Some("2021-08-05T22:59:58.1")
        );
    }
}
