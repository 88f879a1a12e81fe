//! The names of files in the store: a relative path of plain characters.

use std::{fmt, str::FromStr};

use lcs_types::AssetId;
use serde::{Deserialize, Serialize};

/// The container of every artifact, as the service names it.
const CONTAINER: &str = "product-ax7productname";

/// A text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the name of an artifact")]
pub struct ArtifactKeyError(pub String);

/// The name of a file in the store, for example `product-ax7productname/{guid}/AX7ProductName-…`.
///
/// Only letters, digits and `. _ - /` occur, and no segment starts with a dot, so a key can
/// neither leave the store's folder nor mean one of its own files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArtifactKey(String);

impl ArtifactKey {
    /// The key of a database backup, in the shape that the service uses: 12 stands for the
    /// product, 17 for the file type *database backup*.
    pub fn database_backup(asset: AssetId) -> Self {
        Self::asset(17, asset)
    }

    /// The key of an asset of any file type.
    pub fn asset(file_type: u32, asset: AssetId) -> Self {
        Self(format!(
            "{CONTAINER}/{asset}/AX7ProductName-12-{file_type}-{asset}-{asset}"
        ))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ArtifactKey {
    type Err = ArtifactKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if text.len() <= 512 && text.split('/').all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ArtifactKeyError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ArtifactKey {
    type Error = ArtifactKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ArtifactKey> for String {
    fn from(key: ArtifactKey) -> Self {
        key.0
    }
}

impl fmt::Display for ArtifactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_cannot_leave_the_folder() {
        for text in [
            "", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a/.b", "a\\b", "a b", "ä", "a%2fb",
        ] {
            assert!(text.parse::<ArtifactKey>().is_err(), "{text}");
        }
        assert!("a/B-1_2.bacpac".parse::<ArtifactKey>().is_ok());
    }

    proptest! {
        #[test]
        fn every_key_stays_below_any_folder(text in ".{0,40}") {
            if let Ok(key) = text.parse::<ArtifactKey>() {
                let below = std::path::Path::new(key.as_str());
                prop_assert!(below.components().all(|part| matches!(part, std::path::Component::Normal(_))));
            }
        }
    }
}
