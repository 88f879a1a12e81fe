//! A key that seals what is kept on disk: XChaCha20-Poly1305.
//!
//! Where the key comes from and what it protects against is the business of its user: the token
//! cache of `lcs-signin`, the signing keys of `lcs-cloud`.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

use crate::{Randomness, Secret};

const LENGTH: usize = 32;
const NONCE: usize = 24;

/// 32 secret bytes; overwritten on drop, and never printed.
#[derive(Clone)]
pub struct EncryptionKey(Zeroizing<[u8; LENGTH]>);

/// What is sealed does not open: it was sealed with another key or for another purpose, or it is
/// damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is damaged or sealed with another key")]
pub struct SealBroken;

impl EncryptionKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key.
    pub fn random(randomness: &dyn Randomness) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        randomness.fill(bytes.as_mut());
        Self(bytes)
    }

    /// Reads the content of a key file: 32 bytes, as they are or in base64 or hexadecimal. `None`
    /// when it is no key.
    pub fn parse(content: &[u8]) -> Option<Self> {
        let text = content.trim_ascii();
        if text.len() == 2 * LENGTH {
            return parse_hexadecimal(text);
        }
        if let Ok(decoded) = STANDARD.decode(text).map(Zeroizing::new) {
            return <[u8; LENGTH]>::try_from(decoded.as_slice())
                .ok()
                .map(Self::from_bytes);
        }
        <[u8; LENGTH]>::try_from(content).ok().map(Self::from_bytes)
    }

    /// The key in base64, for a key file.
    pub fn to_base64(&self) -> Secret {
        Secret::new(STANDARD.encode(self.0.as_ref()))
    }

    /// Seals bytes: a random nonce of 24 bytes, the ciphertext, a tag of 16 bytes.
    ///
    /// `bound_to` is not kept but authenticated: what is sealed opens only with the same.
    ///
    /// # Panics
    ///
    /// Never: the cipher refuses only more than 256 GiB.
    pub fn seal(&self, plain: &[u8], bound_to: &[u8], randomness: &dyn Randomness) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        randomness.fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: bound_to,
        };
        let ciphertext = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("what is in memory is far below the cipher's limit of 256 GiB");
        [nonce.as_slice(), &ciphertext].concat()
    }

    /// Opens what [`EncryptionKey::seal`] sealed.
    ///
    /// # Errors
    ///
    /// [`SealBroken`] when key, `bound_to` or a single bit is another.
    pub fn open(&self, sealed: &[u8], bound_to: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(SealBroken)?;
        let payload = Payload {
            msg: ciphertext,
            aad: bound_to,
        };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| SealBroken)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let key: &[u8; LENGTH] = &self.0;
        XChaCha20Poly1305::new(key.into())
    }
}

fn parse_hexadecimal(text: &[u8]) -> Option<EncryptionKey> {
    let mut key = Zeroizing::new([0; LENGTH]);
    for (byte, digits) in key.iter_mut().zip(text.chunks_exact(2)) {
        let digits = std::str::from_utf8(digits).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(EncryptionKey(key))
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandomness;

    fn key(byte: u8) -> EncryptionKey {
        EncryptionKey::from_bytes([byte; LENGTH])
    }

    #[test]
    fn a_key_is_32_bytes_in_one_of_three_spellings() {
        let bytes: [u8; LENGTH] = std::array::from_fn(|at| u8::try_from(at + 128).unwrap());
        let hexadecimal = bytes.map(|byte| format!("{byte:02X}")).concat();
        let base64 = EncryptionKey::from_bytes(bytes).to_base64();
        for spelling in [
            bytes.to_vec(),
            format!("{}\n", base64.expose()).into_bytes(),
            format!("{hexadecimal}\n").into_bytes(),
        ] {
            assert_eq!(*EncryptionKey::parse(&spelling).unwrap().0, bytes);
        }
        for spelling in ["", "short", &"g".repeat(64), &STANDARD.encode([1; 31])] {
            assert!(
                EncryptionKey::parse(spelling.as_bytes()).is_none(),
                "{spelling}"
            );
        }
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_purpose_only() {
        let sealed = key(1).seal(b"plain", b"one", &SeededRandomness::new(1));
        assert_eq!(*key(1).open(&sealed, b"one").unwrap(), b"plain");
        assert_eq!(key(2).open(&sealed, b"one"), Err(SealBroken));
        assert_eq!(key(1).open(&sealed, b"other"), Err(SealBroken));
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let sealed = key(1).seal(b"plain", b"", &SeededRandomness::new(1));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key(1).open(&changed, b""), Err(SealBroken), "byte {at}");
            assert_eq!(key(1).open(&sealed[..at], b""), Err(SealBroken), "cut {at}");
        }
    }

    #[test]
    fn the_same_content_is_never_sealed_alike() {
        let randomness = SeededRandomness::new(1);
        assert_ne!(
            key(1).seal(b"plain", b"", &randomness),
            key(1).seal(b"plain", b"", &randomness)
        );
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(format!("{:?}", key(7)), "EncryptionKey(…)");
    }
}
