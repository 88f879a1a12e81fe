//! `/box/fileasset/…`: the asset library. These endpoints have no envelope: an answer is the bare
//! object or list, a failure an object with `Message`.

use std::{fmt, str::FromStr};

use lcs_types::{AssetId, ParseIdError};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of file an asset is, by the number that LCS gives it (`ChecklistFileType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssetFileType {
    /// 1.
    Model,
    /// 2.
    BusinessProcessModel,
    /// 4.
    ProcessDataPackage,
    /// 10.
    SoftwareDeployablePackage,
    /// 12: electronic reporting.
    GerConfiguration,
    /// 15.
    DataPackage,
    /// 17.
    DatabaseBackup,
    /// 19.
    PowerBiReportModel,
    /// 24: in the shared library only.
    DownloadableVhd,
    /// 26.
    ECommercePackage,
    /// 27.
    NuGetPackage,
    /// 28.
    RetailSelfServicePackage,
    /// 29.
    CommerceCloudScaleUnitExtension,
    /// A number without a public name.
    Other(u32),
}

impl AssetFileType {
    /// The types with a name: number, word on our command line, and the library's heading.
    pub const NAMED: [(Self, u32, &'static str, &'static str); 13] = [
        (Self::Model, 1, "model", "Model"),
        (
            Self::BusinessProcessModel,
            2,
            "business-process-model",
            "BPM artifact",
        ),
        (
            Self::ProcessDataPackage,
            4,
            "process-data-package",
            "Process data package",
        ),
        (
            Self::SoftwareDeployablePackage,
            10,
            "software-deployable-package",
            "Software deployable package",
        ),
        (
            Self::GerConfiguration,
            12,
            "ger-configuration",
            "GER configuration",
        ),
        (Self::DataPackage, 15, "data-package", "Data package"),
        (
            Self::DatabaseBackup,
            17,
            "database-backup",
            "Database backup",
        ),
        (
            Self::PowerBiReportModel,
            19,
            "power-bi-report-model",
            "Power BI report model",
        ),
        (
            Self::DownloadableVhd,
            24,
            "downloadable-vhd",
            "Downloadable VHD",
        ),
        (
            Self::ECommercePackage,
            26,
            "e-commerce-package",
            "E-Commerce package",
        ),
        (Self::NuGetPackage, 27, "nuget-package", "NuGet package"),
        (
            Self::RetailSelfServicePackage,
            28,
            "retail-self-service-package",
            "Retail self-service package",
        ),
        (
            Self::CommerceCloudScaleUnitExtension,
            29,
            "commerce-scale-unit-extension",
            "Commerce Cloud Scale Unit extension",
        ),
    ];

    /// The number on the wire.
    pub fn number(self) -> u32 {
        match self {
            Self::Other(number) => number,
            named => Self::NAMED
                .iter()
                .find(|(each, ..)| *each == named)
                .map_or(0, |(_, number, ..)| *number),
        }
    }

    /// The type with this number.
    pub fn from_number(number: u32) -> Self {
        Self::NAMED
            .iter()
            .find(|(_, each, ..)| *each == number)
            .map_or(Self::Other(number), |(named, ..)| *named)
    }

    /// The heading of the asset library, or the number.
    pub fn heading(self) -> String {
        Self::NAMED
            .iter()
            .find(|(each, ..)| *each == self)
            .map_or_else(
                || format!("file type {}", self.number()),
                |(.., heading)| (*heading).to_owned(),
            )
    }
}

impl fmt::Display for AssetFileType {
    /// The word of the command line, or the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMED.iter().find(|(each, ..)| each == self) {
            Some((_, _, word, _)) => f.write_str(word),
            None => write!(f, "{}", self.number()),
        }
    }
}

impl FromStr for AssetFileType {
    type Err = ParseIdError;

    /// A word of [`AssetFileType::NAMED`], or any number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((named, ..)) = Self::NAMED.iter().find(|(_, _, word, _)| *word == text) {
            return Ok(*named);
        }
        text.parse()
            .map(Self::from_number)
            .map_err(|_| ParseIdError {
                kind: "asset file type",
                text: text.to_owned(),
            })
    }
}

impl Serialize for AssetFileType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.number())
    }
}

impl<'de> Deserialize<'de> for AssetFileType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(Self::from_number)
    }
}

impl JsonSchema for AssetFileType {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AssetFileType".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // An open set of numbers.
        schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
    }
}

/// The body of `CreateFileAsset`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CreateFileAsset {
    /// The display name.
    pub name: String,
    /// The name of the file, with its extension.
    pub file_name: String,
    /// May be absent.
    #[serde(default)]
    pub file_description: Option<String>,
    /// Every public client sends zero.
    #[serde(default)]
    pub size_byte: i64,
    /// What it is.
    pub file_type: AssetFileType,
}

/// An asset. Beside the fields that public clients read it has those of the portal's own asset
/// object, so everything but the id is optional.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(
    missing_docs,
    reason = "field names are those of the portal's asset object"
)]
pub struct FileAsset {
    pub id: AssetId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub file_name: Option<String>,
    #[serde(default)]
    pub file_description: Option<String>,
    /// The signed URL: to write after `CreateFileAsset`, to read in the project's list and from
    /// `GetFileAsset`, null in the shared list. Secret: do not log it.
    #[serde(default)]
    pub file_location: Option<String>,
    #[serde(default)]
    pub file_type: Option<AssetFileType>,
    #[serde(default)]
    pub version: Option<i64>,
    /// See [`super::listing_date`]; what "latest" is sorted by.
    #[serde(default)]
    pub modified_date: Option<String>,
    #[serde(default)]
    pub created_date: Option<String>,
    #[serde(default)]
    pub created_by_name: Option<String>,
    #[serde(default)]
    pub modified_by_name: Option<String>,
    /// In bytes; null until the upload is committed.
    #[serde(default)]
    pub size_byte: Option<u64>,
    #[serde(default)]
    pub display_size: Option<String>,
    /// `Project` or `Global`.
    #[serde(default)]
    pub scope: Option<String>,
    /// See [`AssetValidation::display_status`].
    #[serde(default)]
    pub validation_status: Option<String>,
    /// What validation found.
    #[serde(default)]
    pub validation_status_text: Option<String>,
}

impl fmt::Debug for FileAsset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileAsset")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("file_type", &self.file_type)
            .finish_non_exhaustive()
    }
}

/// The answer of `GetFileAssetValidationStatus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AssetValidation {
    /// The asset.
    pub id: AssetId,
    /// How far the validation is.
    pub display_status: ValidationStatus,
    /// What it found; ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_status_text: Option<String>,
}

/// How far the validation of an asset is. Any unknown word is a failure to public clients.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ValidationStatus {
    /// Not begun.
    Unknown,
    /// Running.
    Process,
    /// The asset is valid.
    Done,
    /// Any other word: it is not.
    Failed(String),
}

impl ValidationStatus {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unknown => "Unknown",
            Self::Process => "Process",
            Self::Done => "Done",
            Self::Failed(word) => word,
        }
    }
}

impl From<&str> for ValidationStatus {
    fn from(word: &str) -> Self {
        match word {
            "Unknown" => Self::Unknown,
            "Process" => Self::Process,
            "Done" => Self::Done,
            other => Self::Failed(other.to_owned()),
        }
    }
}

impl Serialize for ValidationStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ValidationStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}

impl JsonSchema for ValidationStatus {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ValidationStatus".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // Any word but three is a failure.
        schemars::json_schema!({ "type": "string" })
    }
}

/// The answer of `DeleteFileAsset`; public clients look at its status alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DeletedAsset {
    /// The asset that was deleted.
    pub id: AssetId,
}

/// A failure of the asset library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct BoxFailure {
    /// Human text.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_types_are_numbers_on_the_wire_and_words_on_the_command_line() {
        for (named, number, word, _) in AssetFileType::NAMED {
            assert_eq!(AssetFileType::from_number(number), named);
            assert_eq!(named.number(), number);
            assert_eq!(word.parse(), Ok(named));
            assert_eq!(number.to_string().parse(), Ok(named));
            assert_eq!(named.to_string(), word);
        }
        assert_eq!("14".parse(), Ok(AssetFileType::Other(14)));
        assert!("package".parse::<AssetFileType>().is_err());
        assert_eq!(serde_json::to_string(&AssetFileType::Model).unwrap(), "1");
    }

    #[test]
    fn a_published_upload_request_is_read() {
        let create: CreateFileAsset = serde_json::from_str(
            r#"{"Name":"Release 42","FileName":"Release42.zip","FileDescription":null,"SizeByte":0,"FileType":10}"#,
        )
        .unwrap();
        assert_eq!(create.file_type, AssetFileType::SoftwareDeployablePackage);
    }

    #[test]
    fn a_signature_does_not_show_in_debug_output() {
        let asset: FileAsset = serde_json::from_str(
            r#"{"Id":"0b0e8d1c-5d0a-4f6b-9a55-2d6c5f1f7a10","FileLocation":"https://a.example/x?sig=CANARY"}"#,
        )
        .unwrap();
        assert!(!format!("{asset:?}").contains("CANARY"));
    }

    #[test]
    fn any_other_word_is_a_failed_validation() {
        for word in ["Unknown", "Process", "Done", "Failed", "Rejected"] {
            let status: ValidationStatus = serde_json::from_value(word.into()).unwrap();
            assert_eq!(status.as_str(), word);
            assert_eq!(
                matches!(status, ValidationStatus::Failed(_)),
                ["Failed", "Rejected"].contains(&word)
            );
        }
    }
}
