//! Private keys as they are stored: sealed, so that the store alone signs nothing.

use std::fmt;

use lcs_types::{EncryptionKey, Randomness};

use crate::keys::{KeyError, PrivateKeyBytes};

/// What a private key is bound to beside its id, so that nothing else that is sealed with the same
/// key opens as one.
const PURPOSE: &[u8] = b"lcs signing key\0";

/// A private key, sealed with a key-encryption key and bound to its id: under another id it does
/// not open. A store can be given nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPrivateKey(Vec<u8>);

impl SealedPrivateKey {
    /// Seals a private key.
    pub fn seal(
        private: &PrivateKeyBytes,
        key_id: &str,
        with: &EncryptionKey,
        randomness: &dyn Randomness,
    ) -> Self {
        Self(with.seal(private.expose(), &bound_to(key_id), randomness))
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// [`KeyError::Sealed`] when it was sealed with another key or under another id, or is damaged.
    pub fn open(&self, key_id: &str, with: &EncryptionKey) -> Result<PrivateKeyBytes, KeyError> {
        let mut plain = with.open(&self.0, &bound_to(key_id)).map_err(|source| {
            let key_id = key_id.to_owned();
            KeyError::Sealed { key_id, source }
        })?;
        Ok(PrivateKeyBytes::new(std::mem::take(&mut *plain)))
    }

    /// A stored one.
    pub const fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes as they are stored.
    pub fn as_stored(&self) -> &[u8] {
        &self.0
    }
}

fn bound_to(key_id: &str) -> Vec<u8> {
    [PURPOSE, key_id.as_bytes()].concat()
}

impl fmt::Debug for SealedPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedPrivateKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::SeededRandomness;

    use super::*;

    #[test]
    fn a_sealed_key_opens_under_its_own_id_and_with_its_own_key_only() {
        let key = EncryptionKey::from_bytes([1; 32]);
        let private = PrivateKeyBytes::new(vec![7; 64]);
        let sealed = SealedPrivateKey::seal(&private, "one", &key, &SeededRandomness::new(1));
        assert_eq!(sealed.open("one", &key).unwrap(), private);
        let fails = |key_id, key| match sealed.open(key_id, key) {
            Err(KeyError::Sealed { key_id: named, .. }) => named == key_id,
            _ => false,
        };
        assert!(fails("other", &key));
        assert!(fails("one", &EncryptionKey::from_bytes([2; 32])));
        assert!(!sealed.as_stored().windows(8).any(|part| part == [7; 8]));
    }
}
