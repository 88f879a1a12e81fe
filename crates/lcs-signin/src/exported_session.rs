//! A session as one line of text, which goes from the machine where somebody signed in to a
//! pipeline that nobody sits at, and back when its refresh token was replaced.
//!
//! The line holds the refresh token: whoever has it acts as the user. Sealed with a key, it takes
//! both; without one it is to be kept like a password. Access tokens are not in it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use lcs_types::{ClientId, Randomness, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::cache::{CacheKey, exposed};

/// What a line starts with that opens by itself.
const OPEN: &str = "lcs-session-1.";
/// What a line starts with that opens with its key only.
const SEALED: &str = "lcs-session-sealed-1.";

/// Somebody's right to be signed in, without the tokens that were had with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedSession {
    /// Host and port of the authority.
    pub authority: String,
    /// The tenant segment.
    pub tenant: String,
    /// The application.
    pub client_id: ClientId,
    /// Who is signed in.
    pub account: String,
    /// When the refresh token was obtained.
    pub obtained_at: Timestamp,
    #[serde(serialize_with = "exposed")]
    pub(crate) refresh_token: Secret,
}

/// A text is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportedSessionError {
    /// It is something else, or cut off.
    #[error("it is no session, or not the whole of one")]
    NotASession,
    /// It is sealed, and there is no key.
    #[error("it is sealed, and the key is not given")]
    KeyMissing,
    /// It is sealed with another key, or damaged.
    #[error("it is sealed with another key, or damaged")]
    OtherKey,
}

impl ExportedSession {
    /// The line, sealed if there is a key.
    ///
    /// # Panics
    ///
    /// Never: all of it can be JSON.
    pub fn to_text(&self, key: Option<&CacheKey>, randomness: &dyn Randomness) -> Secret {
        let json = Zeroizing::new(
            serde_json::to_vec(self).expect("texts, ids and dates, all of them JSON"),
        );
        Secret::new(match key {
            Some(key) => {
                let sealed = key.key().seal(&json, SEALED.as_bytes(), randomness);
                format!("{SEALED}{}", URL_SAFE_NO_PAD.encode(sealed))
            }
            None => format!("{OPEN}{}", URL_SAFE_NO_PAD.encode(json.as_slice())),
        })
    }

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// [`ExportedSessionError`].
    pub fn parse(text: &Secret, key: Option<&CacheKey>) -> Result<Self, ExportedSessionError> {
        let text = text.expose().trim();
        let decoded = |encoded: &str| {
            let decoded = URL_SAFE_NO_PAD.decode(encoded);
            decoded
                .map(Zeroizing::new)
                .map_err(|_| ExportedSessionError::NotASession)
        };
        let json = if let Some(encoded) = text.strip_prefix(SEALED) {
            let sealed = decoded(encoded)?;
            let key = key.ok_or(ExportedSessionError::KeyMissing)?;
            key.key()
                .open(&sealed, SEALED.as_bytes())
                .map_err(|_| ExportedSessionError::OtherKey)?
        } else {
            let encoded = text.strip_prefix(OPEN);
            decoded(encoded.ok_or(ExportedSessionError::NotASession)?)?
        };
        serde_json::from_slice(&json).map_err(|_| ExportedSessionError::NotASession)
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::SeededRandomness;

    use super::*;

    fn session() -> ExportedSession {
        ExportedSession {
            authority: "login.microsoftonline.com:443".to_owned(),
            tenant: "contoso.com".to_owned(),
            client_id: ClientId::from_u128(1),
            account: "svc-lcs@contoso.com".to_owned(),
            obtained_at: Timestamp::from_second(1_700_000_000).unwrap(),
            refresh_token: Secret::new("refresh"),
        }
    }

    fn text(key: Option<&CacheKey>) -> Secret {
        session().to_text(key, &SeededRandomness::new(1))
    }

    #[test]
    fn a_session_comes_back_as_it_went() {
        let key = CacheKey::from_bytes([1; 32]);
        for key in [None, Some(&key)] {
            let back = ExportedSession::parse(&text(key), key).unwrap();
            assert_eq!(back, session());
        }
        // A line break of the pipe does not matter.
        let with_break = Secret::new(format!("{}\n", text(None).expose()));
        assert_eq!(
            ExportedSession::parse(&with_break, None).unwrap(),
            session()
        );
    }

    #[test]
    fn sealed_it_takes_the_key() {
        let (key, other) = (CacheKey::from_bytes([1; 32]), CacheKey::from_bytes([2; 32]));
        let sealed = text(Some(&key));
        let parse = |key| ExportedSession::parse(&sealed, key).unwrap_err();
        assert_eq!(parse(None), ExportedSessionError::KeyMissing);
        assert_eq!(parse(Some(&other)), ExportedSessionError::OtherKey);
    }

    #[test]
    fn every_cut_and_every_other_text_is_refused() {
        let key = CacheKey::from_bytes([1; 32]);
        for key in [None, Some(&key)] {
            let whole = text(key);
            for at in 0..whole.expose().len() {
                let cut = Secret::new(&whole.expose()[..at]);
                assert!(ExportedSession::parse(&cut, key).is_err(), "cut at {at}");
            }
        }
        assert!(ExportedSession::parse(&Secret::new("eyJ0.e30.x"), None).is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_text_comes_is_read_or_refused(text: String, prefixed: bool, sealed: bool) {
            let key = CacheKey::from_bytes([1; 32]);
            let start = if sealed { SEALED } else { OPEN };
            let text = if prefixed { format!("{start}{text}") } else { text };
            for key in [None, Some(&key)] {
                if let Ok(session) = ExportedSession::parse(&Secret::new(text.clone()), key) {
                    let again = session.to_text(None, &SeededRandomness::new(1));
                    proptest::prop_assert_eq!(ExportedSession::parse(&again, None), Ok(session));
                }
            }
        }
    }

    #[test]
    fn it_does_not_print_its_token() {
        assert!(!format!("{:?}", session()).contains("\"refresh\""));
    }
}
