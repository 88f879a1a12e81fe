//! The passwords of the sample tenant, and the secrets of its authenticator apps: made at first start,
//! kept readable for their owner.
//!
//! Of passwords the directory keeps only hashes. These plain ones exist so that a person can sign in
//! to the sample; they open nothing else.

use std::{collections::BTreeMap, fs, path::Path};

use lcs_directory::totp::TotpSecret;
use lcs_types::{Randomness, UserPrincipalName};
use serde::{Deserialize, Serialize};

use crate::data_directory::{DataDirectoryError, io_error, write_private};

/// Without characters that look alike, and without those that form bodies must escape, so that a
/// script which forgets to escape is not a first obstacle.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
const LENGTH: usize = 20;

/// Passwords and secrets by sign-in name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credentials(BTreeMap<String, Credential>);

/// What one user signs in with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Credential {
    Password(String),
    WithSecondFactor {
        password: String,
        /// base32.
        totp_secret: String,
    },
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Credentials {
    /// Makes a password for each user, and an authenticator app's secret for those with a second
    /// factor.
    pub(crate) fn make<'user>(
        users: impl IntoIterator<Item = (&'user UserPrincipalName, bool)>,
        randomness: &dyn Randomness,
    ) -> Self {
        let credential = |has_second_factor| {
            let password = password(randomness);
            if has_second_factor {
                let secret = TotpSecret::random(randomness).base32();
                Credential::WithSecondFactor {
                    password,
                    totp_secret: secret.expose().to_owned(),
                }
            } else {
                Credential::Password(password)
            }
        };
        Self(
            users
                .into_iter()
                .map(|(name, has_second_factor)| (name.to_string(), credential(has_second_factor)))
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
        self.0
            .get(name.as_str())
            .map(|credential| match credential {
                Credential::Password(password) | Credential::WithSecondFactor { password, .. } => {
                    password.as_str()
                }
            })
    }

    /// The secret of a user's authenticator app, base32.
    pub fn totp_secret_of(&self, name: &UserPrincipalName) -> Option<&str> {
        match self.0.get(name.as_str())? {
            Credential::Password(_) => None,
            Credential::WithSecondFactor { totp_secret, .. } => Some(totp_secret),
        }
    }
}

/// About 116 bits.
pub(crate) fn password(randomness: &dyn Randomness) -> String {
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
        let ben: UserPrincipalName = "ben@contoso.com".parse().unwrap();
        let made = Credentials::make([(&name, false), (&ben, true)], &SystemRandomness);
        made.write(&path).unwrap();
        assert_eq!(Credentials::read(&path).unwrap(), Some(made.clone()));
        assert_eq!(made.password_of(&name).unwrap().len(), LENGTH);
        assert_eq!(made.totp_secret_of(&name), None);
        assert!(TotpSecret::from_base32(made.totp_secret_of(&ben).unwrap()).is_ok());
    }

    #[test]
    fn a_file_from_before_second_factors_is_read() {
        let old: Credentials = serde_json::from_str(r#"{"anna@contoso.com":"x"}"#).unwrap();
        assert_eq!(
            old.password_of(&"anna@contoso.com".parse().unwrap()),
            Some("x")
        );
    }

    #[test]
    fn a_password_does_not_print() {
        let name: UserPrincipalName = "anna@contoso.com".parse().unwrap();
        let made = Credentials::make([(&name, true)], &SystemRandomness);
        assert!(!format!("{made:?}").contains(made.totp_secret_of(&name).unwrap()));
        assert!(!format!("{made:?}").contains(made.password_of(&name).unwrap()));
    }
}
