//! The key that the well-meaning sign with, and tokens as they, or others, put them together.

use std::sync::LazyLock;

use aws_lc_rs::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_tokens::{PrivateKeyBytes, SigningKey};
use serde_json::{Map, Value};

/// For tests alone; committed, so that what a fuzzer found is found again.
const KEY: &[u8] = include_bytes!("../fixtures/test-only-key.pkcs8");
/// The certificate of that key, DER.
pub(crate) const CERTIFICATE: &[u8] = include_bytes!("../fixtures/test-only-certificate.der");

static PAIR: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::from_pkcs8(KEY).expect("the fixture is an RSA key"));

/// The key as `lcs-tokens` knows it.
pub(crate) static SIGNING_KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    let private = PrivateKeyBytes::new(KEY.to_vec());
    SigningKey::restore(&private, CERTIFICATE.to_vec()).expect("the fixture is an RSA key")
});

/// How foreign bytes become a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Made {
    /// They are the text.
    Text(String),
    /// They are header and claims, and the right key signs them.
    Signed {
        header: Vec<u8>,
        claims: Vec<u8>,
        token: String,
    },
    /// They change a good token here and there.
    Damaged(String),
}

impl Made {
    /// The first byte says which: `c` – claims behind a good header; `h` – header, line break,
    /// claims; `d` – positions (two bytes) and what to put there (one byte); anything else is the
    /// beginning of a text. Nothing for a text that is no UTF-8.
    pub(crate) fn of(bytes: &[u8], header: &str, good: &str) -> Option<Self> {
        match bytes.split_first() {
            Some((b'c', claims)) => Some(Self::signed(header.as_bytes(), claims)),
            Some((b'h', rest)) => {
                let middle = rest.iter().position(|byte| *byte == b'\n')?;
                Some(Self::signed(&rest[..middle], &rest[middle + 1..]))
            }
            Some((b'd', damage)) => Some(Self::Damaged(damaged(good, damage)?)),
            _ => std::str::from_utf8(bytes)
                .ok()
                .map(|text| Self::Text(text.to_owned())),
        }
    }

    fn signed(header: &[u8], claims: &[u8]) -> Self {
        Self::Signed {
            header: header.to_vec(),
            claims: claims.to_vec(),
            token: sign(header, claims),
        }
    }

    /// The token.
    pub(crate) fn token(&self) -> &str {
        match self {
            Self::Text(token) | Self::Signed { token, .. } | Self::Damaged(token) => token,
        }
    }
}

/// Puts a token together and signs it with RS256, whatever its header says.
pub(crate) fn sign(header: &[u8], claims: &[u8]) -> String {
    let mut token = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let mut signature = vec![0; PAIR.public_modulus_len()];
    PAIR.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        token.as_bytes(),
        &mut signature,
    )
    .expect("the buffer is as long as the modulus");
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

/// A part as an object, as any reader of JSON has it.
pub(crate) fn object(part: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(part).expect("what was accepted is a JSON object")
}

fn damaged(good: &str, damage: &[u8]) -> Option<String> {
    let mut bytes = good.as_bytes().to_vec();
    for change in damage.chunks_exact(3) {
        let position = usize::from(u16::from_be_bytes([change[0], change[1]]));
        let position = position % bytes.len();
        bytes[position] = change[2];
    }
    String::from_utf8(bytes).ok()
}
