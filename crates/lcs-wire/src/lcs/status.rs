//! The status of an operation as the API spells it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The nine documented states, and whatever else a server may say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the documented words")]
pub enum OperationStatus {
    NotStarted,
    InProgress,
    Completed,
    Failed,
    SignedOff,
    Aborted,
    RollbackInProgress,
    RollbackFailed,
    RollbackCompleted,
    /// A word that is not documented; the versioning page allows new ones at any time.
    Other(String),
}

/// What a status means for somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationOutcome {
    /// Wait on.
    Running,
    /// Done as asked.
    Succeeded,
    /// Ended otherwise; a completed rollback is a failure of the operation.
    Failed,
    /// A word we do not know: keep polling and let the time limit decide.
    Unknown,
}

impl OperationStatus {
    const DOCUMENTED: [(Self, &'static str); 9] = [
        (Self::NotStarted, "NotStarted"),
        (Self::InProgress, "InProgress"),
        (Self::Completed, "Completed"),
        (Self::Failed, "Failed"),
        (Self::SignedOff, "SignedOff"),
        (Self::Aborted, "Aborted"),
        (Self::RollbackInProgress, "RollbackInProgress"),
        (Self::RollbackFailed, "RollbackFailed"),
        (Self::RollbackCompleted, "RollbackCompleted"),
    ];

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(word) => word,
            documented => Self::DOCUMENTED
                .iter()
                .find(|(status, _)| status == documented)
                .map_or("", |(_, word)| word),
        }
    }

    /// What it means for somebody who waits. The words beyond the nine are those of the portal's
    /// `LcsEnvironmentActionStatus` enumeration, and those that Commerce and on-premises
    /// deployments answer with.
    pub fn outcome(&self) -> OperationOutcome {
        match self {
            Self::NotStarted | Self::InProgress | Self::RollbackInProgress => {
                OperationOutcome::Running
            }
            Self::Completed | Self::SignedOff => OperationOutcome::Succeeded,
            Self::Failed | Self::Aborted | Self::RollbackFailed | Self::RollbackCompleted => {
                OperationOutcome::Failed
            }
            Self::Other(word) => match word.as_str() {
                "InProgressManually"
                | "PreparingEnvironment"
                | "PreparationSucceeded"
                | "Downloading"
                | "Deploying"
                | "Queued"
                | "Running"
                | "ReadyForValidation"
                | "ValidationSuccessful"
                | "PostCompletionCleanup"
                | "PostFailureCleanup"
                | "PostCancellationCleanup" => OperationOutcome::Running,
                "CompletedManually" | "SignedOffWithIssues" | "Succeeded" | "Deployed" => {
                    OperationOutcome::Succeeded
                }
                "PreparationFailed"
                | "DeploymentFailed"
                | "ValidationFailed"
                | "RollbackSignedOff"
                | "RollbackAborted"
                | "RollbackSignedOffWithIssues"
                | "SucceededFailed" => OperationOutcome::Failed,
                _ => OperationOutcome::Unknown,
            },
        }
    }
}

impl From<&str> for OperationStatus {
    fn from(word: &str) -> Self {
        Self::DOCUMENTED
            .into_iter()
            .find(|(_, documented)| *documented == word)
            .map_or_else(|| Self::Other(word.to_owned()), |(status, _)| status)
    }
}

impl fmt::Display for OperationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for OperationStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for OperationStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::from(word.as_ref()))
    }
}

impl JsonSchema for OperationStatus {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OperationStatus".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // The versioning page allows new words at any time.
        schemars::json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_words_round_trip_and_others_are_kept() {
        for (status, word) in OperationStatus::DOCUMENTED {
            assert_eq!(OperationStatus::from(word), status);
            assert_eq!(status.to_string(), word);
        }
        assert_eq!(
            OperationStatus::from("Frobnicating").outcome(),
            OperationOutcome::Unknown
        );
    }

    #[test]
    fn a_completed_rollback_is_a_failure() {
        assert_eq!(
            OperationStatus::RollbackCompleted.outcome(),
            OperationOutcome::Failed
        );
        assert_eq!(
            OperationStatus::RollbackInProgress.outcome(),
            OperationOutcome::Running
        );
    }
}
