//! The format of the cache file: a magic word, a version, a nonce, and the sealed contents.
//!
//! [`EncryptionKey`](lcs_types::EncryptionKey) seals; magic word and version are authenticated with
//! the contents, so a file of another version never opens by accident.

use lcs_types::Randomness;
use zeroize::Zeroizing;

use super::{CacheKey, Contents};

const MAGIC: &[u8; 8] = b"LCSTOKEN";
const VERSION: u8 = 1;
const HEADER: usize = MAGIC.len() + 1;

/// Seals the contents.
pub(super) fn seal(contents: &Contents, key: &CacheKey, randomness: &dyn Randomness) -> Vec<u8> {
    let plain = Zeroizing::new(
        serde_json::to_vec(contents).expect("entries are texts, ids and dates, all of them JSON"),
    );
    let mut file = MAGIC.to_vec();
    file.push(VERSION);
    let sealed = key.key().seal(&plain, &file, randomness);
    file.extend_from_slice(&sealed);
    file
}

/// Opens a file.
///
/// # Errors
///
/// What is wrong with it, for the user.
pub(super) fn open(file: &[u8], key: &CacheKey) -> Result<Contents, &'static str> {
    if file.len() < HEADER || &file[..MAGIC.len()] != MAGIC {
        return Err("it is not a token cache");
    }
    if file[MAGIC.len()] != VERSION {
        return Err("it was written by another version of lcs");
    }
    let (header, sealed) = file.split_at(HEADER);
    let plain = key
        .key()
        .open(sealed, header)
        .map_err(|_| "it is damaged or sealed with another key")?;
    serde_json::from_slice(&plain).map_err(|_| "its contents are not those of a token cache")
}

#[cfg(test)]
mod tests {
    use lcs_types::SeededRandomness;

    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        let (key, other) = (CacheKey::from_bytes([1; 32]), CacheKey::from_bytes([2; 32]));
        let file = seal(&Contents::default(), &key, &SeededRandomness::new(1));
        assert!(open(&file, &key).unwrap().entries.is_empty());
        assert!(open(&file, &other).is_err());
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let key = CacheKey::from_bytes([1; 32]);
        let file = seal(&Contents::default(), &key, &SeededRandomness::new(1));
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(open(&changed, &key).is_err(), "byte {at}");
            assert!(open(&file[..at], &key).is_err(), "cut at {at}");
        }
    }
}
