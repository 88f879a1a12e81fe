//! A user's authenticator app: what both sides know, sealed, and how far it was used.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use lcs_types::{EncryptionKey, Randomness, SealBroken, TenantId, UserId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::totp::{TimeStep, TotpSecret};

/// What a secret is bound to beside its user, so that nothing else that is sealed with the same key
/// opens as one.
const PURPOSE: &[u8] = b"lcs totp secret\0";

/// An authenticator app that a user registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpEnrolment {
    /// What the app and the directory share.
    pub sealed_secret: SealedTotpSecret,
    /// The step of the last code that was accepted; it and all before it are used up.
    pub last_used_step: Option<TimeStep>,
    /// When the user registered it.
    pub enrolled_at: Timestamp,
}

/// A secret, sealed with the key-encryption key and bound to its user: as another user's it does not
/// open. A store can be given nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedTotpSecret(Vec<u8>);

/// A secret does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of an authenticator app does not open")]
pub struct TotpSecretSealed(#[source] pub SealBroken);

impl SealedTotpSecret {
    /// Seals the secret of this user.
    pub fn seal(
        secret: &TotpSecret,
        tenant: TenantId,
        user: UserId,
        with: &EncryptionKey,
        randomness: &dyn Randomness,
    ) -> Self {
        Self(with.seal(secret.bytes(), &bound_to(tenant, user), randomness))
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// [`TotpSecretSealed`] when it was sealed with another key or for another user, or is damaged.
    pub fn open(
        &self,
        tenant: TenantId,
        user: UserId,
        with: &EncryptionKey,
    ) -> Result<TotpSecret, TotpSecretSealed> {
        let plain = with.open(&self.0, &bound_to(tenant, user));
        let plain = plain.map_err(TotpSecretSealed)?;
        TotpSecret::from_bytes(&plain).ok_or(TotpSecretSealed(SealBroken))
    }
}

fn bound_to(tenant: TenantId, user: UserId) -> Vec<u8> {
    [
        PURPOSE,
        tenant.as_uuid().as_bytes().as_slice(),
        user.as_uuid().as_bytes().as_slice(),
    ]
    .concat()
}

impl fmt::Debug for SealedTotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedTotpSecret(…)")
    }
}

impl Serialize for SealedTotpSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedTotpSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::SeededRandomness;

    use super::*;

    const TENANT: TenantId = TenantId::from_u128(1);
    const USER: UserId = UserId::from_u128(2);

    fn key(byte: u8) -> EncryptionKey {
        EncryptionKey::from_bytes([byte; 32])
    }

    #[test]
    fn a_secret_opens_for_its_own_user_and_with_its_own_key_only() {
        let randomness = SeededRandomness::new(1);
        let secret = TotpSecret::random(&randomness);
        let sealed = SealedTotpSecret::seal(&secret, TENANT, USER, &key(1), &randomness);
        assert_eq!(sealed.open(TENANT, USER, &key(1)), Ok(secret));
        let broken = Err(TotpSecretSealed(SealBroken));
        assert_eq!(sealed.open(TENANT, USER, &key(2)), broken);
        assert_eq!(sealed.open(TENANT, UserId::from_u128(3), &key(1)), broken);
        assert_eq!(sealed.open(TenantId::from_u128(3), USER, &key(1)), broken);
    }

    #[test]
    fn an_enrolment_is_stored_and_read_back_and_its_secret_stands_nowhere() {
        let randomness = SeededRandomness::new(1);
        let secret = TotpSecret::random(&randomness);
        let text = secret.base32();
        let enrolment = TotpEnrolment {
            sealed_secret: SealedTotpSecret::seal(&secret, TENANT, USER, &key(1), &randomness),
            last_used_step: Some(TimeStep(7)),
            enrolled_at: Timestamp::UNIX_EPOCH,
        };
        let json = serde_json::to_string(&enrolment).unwrap();
        assert!(!json.contains(text.expose()));
        assert_eq!(
            serde_json::from_str::<TotpEnrolment>(&json).unwrap(),
            enrolment
        );
        assert!(format!("{enrolment:?}").contains("SealedTotpSecret(…)"));
    }
}
