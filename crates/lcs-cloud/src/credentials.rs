//! The passwords of the sample tenant: made at first start, kept readable for their owner.
//!
//! The directory keeps only hashes. These plain ones exist so that a person can sign in to the
//! sample; they open nothing else.

use std::{collections::BTreeMap, fs, path::Path};

use lcs_types::{Randomness, UserPrincipalName};
use serde::{Deserialize, Serialize};

use crate::data_directory::{DataDirectoryError, io_error, write_private};

/// Without characters that look alike, and without those that form bodies must escape, so that a
/// script which forgets to escape is not a first obstacle.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
const LENGTH: usize = 20;

/// Passwords by sign-in name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credentials(BTreeMap<String, String>);

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Credentials {
    /// Makes a password for each user.
    pub(crate) fn make<'user>(
        users: impl IntoIterator<Item = &'user UserPrincipalName>,
        randomness: &dyn Randomness,
    ) -> Self {
        Self(
            users
                .into_iter()
                .map(|name| (name.to_string(), password(randomness)))
                .collect(),
        )
    }

    /// Reads the file; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`DataDirectoryError`] when it cannot be read or understood.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, DataDirectoryError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io_error("read", path)(source)),
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| DataDirectoryError::Damaged {
                path: path.to_owned(),
                source,
            })
    }

    /// Writes the file, readable for its owner only.
    pub(crate) fn write(&self, path: &Path) -> Result<(), DataDirectoryError> {
        let mut text = serde_json::json!(self.0).to_string();
        text.push('\n');
        write_private(path, text.as_bytes())
    }

    /// The password of a user.
    pub fn password_of(&self, name: &UserPrincipalName) -> Option<&str> {
        self.0.get(name.as_str()).map(String::as_str)
    }
}

/// About 116 bits.
fn password(randomness: &dyn Randomness) -> String {
    let mut text = String::with_capacity(LENGTH);
    while text.len() < LENGTH {
        let mut byte = [0];
        randomness.fill(&mut byte);
        // Bytes past the last whole multiple of the alphabet would make its start likelier.
        let limit = 256 - 256 % ALPHABET.len();
        if usize::from(byte[0]) < limit {
            text.push(char::from(ALPHABET[usize::from(byte[0]) % ALPHABET.len()]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use lcs_types::SystemRandomness;

    use super::*;

    #[test]
    fn passwords_are_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials.json");
        let name: UserPrincipalName = "anna@contoso.com".parse().unwrap();
        assert_eq!(Credentials::read(&path).unwrap(), None);
        let made = Credentials::make([&name], &SystemRandomness);
        made.write(&path).unwrap();
        assert_eq!(Credentials::read(&path).unwrap(), Some(made.clone()));
        assert_eq!(made.password_of(&name).unwrap().len(), LENGTH);
    }

    #[test]
    fn a_password_does_not_print() {
        let name: UserPrincipalName = "anna@contoso.com".parse().unwrap();
        let made = Credentials::make([&name], &SystemRandomness);
        assert!(!format!("{made:?}").contains(made.password_of(&name).unwrap()));
    }
}
