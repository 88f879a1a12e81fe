//! The key that seals the cache.
//!
//! What it protects depends on where it comes from. A key that the user brings (from a secret
//! store, a pipeline's secret file) protects the tokens against everybody who gets the disk but
//! not the key. A key file that is made here, in another directory than the cache, protects only
//! against copies of the cache alone, such as a backup of the state directory: whoever may read
//! the user's files has both. Neither protects against programs that run as the user.

use std::{fmt, fs, io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_types::Randomness;
use zeroize::Zeroizing;

use super::CacheError;

const LENGTH: usize = 32;

/// 32 secret bytes; overwritten on drop, and never printed.
#[derive(Clone)]
pub struct CacheKey(Zeroizing<[u8; LENGTH]>);

impl CacheKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads a key that the user made: 32 bytes, as they are or in base64 or hexadecimal.
    ///
    /// # Errors
    ///
    /// [`CacheError::Read`], [`CacheError::OpenKeyFile`] when others may read it,
    /// [`CacheError::NotAKey`].
    pub fn read(path: &Path) -> Result<Self, CacheError> {
        let read_error = |source| CacheError::Read {
            path: path.to_owned(),
            source,
        };
        let mode = super::file::mode(&fs::metadata(path).map_err(read_error)?);
        if mode & 0o077 != 0 {
            return Err(CacheError::OpenKeyFile {
                path: path.to_owned(),
                mode,
            });
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(read_error)?);
        Self::decode(&bytes).ok_or_else(|| CacheError::NotAKey {
            path: path.to_owned(),
        })
    }

    /// Reads the key file, or makes one, readable by its owner only, in a folder of the same kind.
    /// Of several processes that make it at once, all get the same key.
    ///
    /// # Errors
    ///
    /// As [`CacheKey::read`], and [`CacheError::Write`].
    pub fn load_or_create(path: &Path, randomness: &dyn Randomness) -> Result<Self, CacheError> {
        match Self::read(path) {
            Err(CacheError::Read { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound => {}
            result => return result,
        }
        let folder = super::file::private_folder(path)?;
        let write_error = |source| CacheError::Write {
            path: path.to_owned(),
            source,
        };
        let mut bytes = Zeroizing::new([0; LENGTH]);
        randomness.fill(bytes.as_mut());
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(write_error)?;
        let text = Zeroizing::new(STANDARD.encode(bytes.as_ref()));
        file.write_all(text.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(write_error)?;
        match file.persist_noclobber(path) {
            Ok(_) => Ok(Self(bytes)),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Self::read(path)
            }
            Err(error) => Err(write_error(error.error)),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let text = bytes.trim_ascii();
        if text.len() == 2 * LENGTH {
            return decode_hexadecimal(text);
        }
        if let Ok(decoded) = STANDARD.decode(text).map(Zeroizing::new) {
            return <[u8; LENGTH]>::try_from(decoded.as_slice())
                .ok()
                .map(Self::from_bytes);
        }
        <[u8; LENGTH]>::try_from(bytes).ok().map(Self::from_bytes)
    }
}

fn decode_hexadecimal(text: &[u8]) -> Option<CacheKey> {
    let mut key = Zeroizing::new([0; LENGTH]);
    for (byte, digits) in key.iter_mut().zip(text.chunks_exact(2)) {
        let digits = std::str::from_utf8(digits).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(CacheKey(key))
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_one_of_three_spellings() {
        let bytes: [u8; LENGTH] = std::array::from_fn(|at| u8::try_from(at + 128).unwrap());
        let hexadecimal = bytes.map(|byte| format!("{byte:02X}")).concat();
        for spelling in [
            bytes.to_vec(),
            format!("{}\n", STANDARD.encode(bytes)).into_bytes(),
            format!("{hexadecimal}\n").into_bytes(),
        ] {
            assert_eq!(CacheKey::decode(&spelling).unwrap().bytes(), &bytes);
        }
        for spelling in ["", "short", &"g".repeat(64), &STANDARD.encode([1; 31])] {
            assert!(
                CacheKey::decode(spelling.as_bytes()).is_none(),
                "{spelling}"
            );
        }
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(
            format!("{:?}", CacheKey::from_bytes([7; 32])),
            "CacheKey(…)"
        );
    }
}
