//! Writing a token: a JSON web signature with RS256 (RFC 7515, RFC 7518 §3.3).
//!
//! By hand over a kept key pair: libraries that parse the key for every token take nearly twice
//! as long.

use aws_lc_rs::{rand::SystemRandom, signature::RSA_PKCS1_SHA256};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_types::Secret;
use serde::Serialize;

use crate::keys::SigningKey;

/// A token cannot be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The claims are no JSON.
    #[error("could not write the claims")]
    Claims(#[source] serde_json::Error),
    /// The crypto library refused.
    #[error("could not sign the token")]
    Sign,
}

#[derive(Serialize)]
struct Header<'key> {
    typ: &'static str,
    alg: &'static str,
    // Stands in version 1.0 tokens only.
    #[serde(skip_serializing_if = "Option::is_none")]
    x5t: Option<&'key str>,
    kid: &'key str,
}

/// Which header a token gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenVersion {
    /// With `x5t`.
    V1,
    /// Without.
    V2,
}

/// Signs the claims.
///
/// # Errors
///
/// [`MintError`] when the claims cannot be written or the key cannot sign.
pub fn mint(
    key: &SigningKey,
    version: TokenVersion,
    claims: &impl Serialize,
) -> Result<Secret, MintError> {
    let header = Header {
        typ: "JWT",
        alg: "RS256",
        x5t: (version == TokenVersion::V1).then(|| key.key_id()),
        kid: key.key_id(),
    };
    let mut token = String::with_capacity(2_048);
    encode(&header, &mut token)?;
    token.push('.');
    encode(claims, &mut token)?;
    let mut signature = vec![0; key.pair().public_modulus_len()];
    key.pair()
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            token.as_bytes(),
            &mut signature,
        )
        .map_err(|_| MintError::Sign)?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
    Ok(Secret::new(token))
}

fn encode(part: &impl Serialize, token: &mut String) -> Result<(), MintError> {
    let json = serde_json::to_vec(part).map_err(MintError::Claims)?;
    URL_SAFE_NO_PAD.encode_string(json, token);
    Ok(())
}
