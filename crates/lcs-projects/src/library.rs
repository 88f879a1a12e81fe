//! The asset library: what an asset is, what may be uploaded, and the port through which assets are
//! kept. Database backups that exports made are assets too, kept with their operation; see
//! [`Backup`].
//!
//! How the content of an asset is checked is not known here, and how it is stored neither.

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_types::{AssetId, ProjectId};
use lcs_wire::lcs::{AssetFileType, CreateFileAsset};

use crate::{
    model::{Backup, UserKey},
    store::StoreError,
};

/// A file of the asset library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// The project; `None` in the library that all projects share.
    pub project: Option<ProjectId>,
    /// The display name; not unique.
    pub name: String,
    /// The name of the file.
    pub file_name: String,
    /// For people.
    pub description: Option<String>,
    /// What it is.
    pub file_type: AssetFileType,
    /// The name of the file in the artifact store.
    pub artifact: String,
    /// How far it is.
    pub state: AssetState,
    /// Its length, once it was committed.
    pub size_bytes: Option<u64>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed its state.
    pub modified_at: Timestamp,
    /// Who created it; nobody did in the shared library.
    pub created_by: Option<UserKey>,
}

/// How far an asset is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetState {
    /// It waits for its bytes.
    Uploading,
    /// Its bytes are there and are being checked.
    Validating,
    /// They are what they should be.
    Valid,
    /// They are not.
    Invalid {
        /// What is wrong, for a person.
        finding: String,
    },
}

impl AssetState {
    /// The word in the store.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Uploading => "Uploading",
            Self::Validating => "Validating",
            Self::Valid => "Valid",
            Self::Invalid { .. } => "Invalid",
        }
    }

    /// What is wrong, if anything is.
    pub fn finding(&self) -> Option<&str> {
        match self {
            Self::Invalid { finding } => Some(finding),
            Self::Uploading | Self::Validating | Self::Valid => None,
        }
    }

    /// The state with this word and finding.
    pub fn from_stored(word: &str, finding: Option<String>) -> Option<Self> {
        match word {
            "Uploading" => Some(Self::Uploading),
            "Validating" => Some(Self::Validating),
            "Valid" => Some(Self::Valid),
            "Invalid" => Some(Self::Invalid {
                finding: finding.unwrap_or_default(),
            }),
            _ => None,
        }
    }
}

/// Why the library does not do what is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryRefusal {
    /// A name is empty, too long, or not printable.
    #[error("The {field} must have 1 to {MOST_CHARACTERS} printable characters.")]
    Name {
        /// Which name.
        field: &'static str,
    },
    /// The file's name leads elsewhere.
    #[error("The file name must not contain a slash or backslash.")]
    FileName,
    /// Database backups come from exports.
    #[error(
        "Database backups can't be uploaded through the API. Export a database, or use the portal."
    )]
    DatabaseBackup,
    /// The type is not one of the project library's.
    #[error("Files of type {number} can't be uploaded to a project's asset library.")]
    FileType {
        /// As asked.
        number: u32,
    },
    /// It does not exist in the project.
    #[error("The asset {asset} does not exist in this project.")]
    UnknownAsset {
        /// As asked.
        asset: String,
    },
    /// Nothing was uploaded.
    #[error("The asset '{name}' has no content yet. Upload the file to its location first.")]
    NothingUploaded {
        /// The asset.
        name: String,
    },
    /// It is in use.
    #[error("The asset '{name}' is being deployed and can't be deleted.")]
    InUse {
        /// The asset.
        name: String,
    },
}

/// The longest name.
pub const MOST_CHARACTERS: usize = 255;

/// Whether an asset like this may be uploaded. Which types may is known from public clients; that
/// database backups may not, from the maintainers of one.
///
/// # Errors
///
/// [`LibraryRefusal`] with the first rule that is broken.
pub fn check_upload(new: &CreateFileAsset) -> Result<(), LibraryRefusal> {
    for (field, name) in [("name", &new.name), ("file name", &new.file_name)] {
        let is_printable = !name.trim().is_empty() && !name.chars().any(char::is_control);
        if !is_printable || name.chars().count() > MOST_CHARACTERS {
            return Err(LibraryRefusal::Name { field });
        }
    }
    if new.file_name.contains(['/', '\\']) {
        return Err(LibraryRefusal::FileName);
    }
    match new.file_type {
        AssetFileType::DatabaseBackup => Err(LibraryRefusal::DatabaseBackup),
        AssetFileType::DownloadableVhd
        | AssetFileType::BusinessProcessModel
        | AssetFileType::Other(_) => Err(LibraryRefusal::FileType {
            number: new.file_type.number(),
        }),
        _ => Ok(()),
    }
}

/// Keeps assets. Every method is atomic; absence is `Ok(None)` or an empty list.
#[async_trait]
pub trait AssetStore: Send + Sync + std::fmt::Debug {
    /// Adds an asset; one that exists is left as it is.
    async fn add_asset(&self, asset: &Asset) -> Result<(), StoreError>;

    /// An asset of a project, or of the shared library.
    async fn asset(&self, project: ProjectId, id: AssetId) -> Result<Option<Asset>, StoreError>;

    /// The assets of a project (of the shared library for `None`) with this type, newest first.
    async fn assets(
        &self,
        project: Option<ProjectId>,
        file_type: AssetFileType,
    ) -> Result<Vec<Asset>, StoreError>;

    /// Moves an asset from one state to another; `false` when it was not in that state any more.
    async fn change_asset(
        &self,
        id: AssetId,
        from: &AssetState,
        to: &AssetState,
        size_bytes: Option<u64>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The assets that are being checked, oldest first.
    async fn assets_in_validation(&self) -> Result<Vec<Asset>, StoreError>;

    /// Removes an asset of a project; answers whether it was there.
    async fn remove_asset(&self, project: ProjectId, id: AssetId) -> Result<bool, StoreError>;

    /// Removes a backup of a project and answers it, if it was there.
    async fn remove_backup(
        &self,
        project: ProjectId,
        id: AssetId,
    ) -> Result<Option<Backup>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(file_type: AssetFileType) -> CreateFileAsset {
        CreateFileAsset {
            name: "Release 42".to_owned(),
            file_name: "Release42.zip".to_owned(),
            file_description: None,
            size_byte: 0,
            file_type,
        }
    }

    #[test]
    fn the_types_that_public_clients_upload_are_taken() {
        let refused = |number| check_upload(&new(AssetFileType::from_number(number))).is_err();
        for number in [1, 4, 10, 12, 15, 19, 26, 27, 28, 29] {
            assert!(!refused(number), "{number}");
        }
        for number in [2, 14, 17, 24, 99] {
            assert!(refused(number), "{number}");
        }
    }

    #[test]
    fn names_are_printable_and_lead_nowhere() {
        let package = AssetFileType::SoftwareDeployablePackage;
        for file_name in ["", " ", "a/b.zip", "a\\b.zip", "a\u{7}.zip"] {
            let asset = CreateFileAsset {
                file_name: file_name.to_owned(),
                ..new(package)
            };
            assert!(check_upload(&asset).is_err(), "{file_name:?}");
        }
        let long = CreateFileAsset {
            name: "ä".repeat(MOST_CHARACTERS + 1),
            ..new(package)
        };
        assert!(check_upload(&long).is_err());
    }

    #[test]
    fn states_come_back_from_the_store() {
        let finding = "no zip".to_owned();
        for state in [
            AssetState::Uploading,
            AssetState::Validating,
            AssetState::Valid,
            AssetState::Invalid { finding },
        ] {
            let finding = state.finding().map(str::to_owned);
            assert_eq!(
                AssetState::from_stored(state.as_str(), finding),
                Some(state)
            );
        }
    }
}
